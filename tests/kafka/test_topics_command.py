"""``relocation topics`` against real brokers."""

import uuid

import pytest
from click.testing import CliRunner
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
from made_up_topics import DEADLINE_S, named_topics, until

from infra.kafka.ports import free_ports
from relocation.command import cli
from relocation.exits import Failure
from relocation.topics import says_what_failed
from streams.kafka.topic_admin import TopicAdmin
from streams.topics import TOPICS

KEY, OTHER_KEY = "ab" * 32, "cd" * 32


@pytest.fixture
def prefix():
    return f"made-up-{uuid.uuid4().hex[:8]}."


@pytest.fixture
def run(kafka_broker, prefix, monkeypatch, tmp_path):
    """Runs ``relocation topics …`` with a prefix of one's own: exit code and what it said."""
    monkeypatch.chdir(tmp_path)
    return runner(kafka_broker.bootstrap, prefix, monkeypatch)


def runner(bootstrap, prefix, monkeypatch):
    settings = {"RELOCATION_KAFKA": bootstrap, "RELOCATION_KAFKA_PREFIX": prefix, "RELOCATION_TOKEN_KEY": KEY}

    def run(*words, **more):
        with monkeypatch.context() as patch:
            for name, value in (settings | more).items():
                patch.setenv(name, value)
            done = CliRunner().invoke(cli, ["topics", *words], standalone_mode=False)
        failed = getattr(done.exception, "exit_code", None)
        assert done.exception is None or failed is not None, done.exception
        return (failed, str(done.exception.message)) if failed else (done.return_value or 0, done.output)

    return run


def set_config(bootstrap, topic, **config):
    entries = [
        ConfigEntry(name.replace("_", "."), value, incremental_operation=AlterConfigOpType.SET)
        for name, value in config.items()
    ]
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=entries)
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for done in admin.incremental_alter_configs([resource]).values():
        done.result(DEADLINE_S)
    until(
        lambda: (
            {name.replace("_", "."): value for name, value in config.items()}.items()
            <= config_of(bootstrap, topic).items()
        )
    )


def config_of(bootstrap, topic):
    return TopicAdmin(bootstrap).found([topic])[topic].config


def test_create_makes_all_topics_and_check_finds_them_so(run, kafka_broker, prefix):
    code, said = run("check")
    assert code == 1
    assert all(f"{prefix}{topic.name}: topic is missing" in said for topic in TOPICS)
    assert run("create", "--partitions", "2")[0] == 0
    found = TopicAdmin(kafka_broker.bootstrap).found(f"{prefix}{topic.name}" for topic in TOPICS)
    assert {name: one.partitions for name, one in found.items()} == {
        f"{prefix}{topic.name}": topic.partitions(2) for topic in TOPICS
    }
    assert run("check") == (0, "all topics are as they should be\n")
    assert run("create") == (0, "all topics are as they should be\n")


def test_what_drifted_is_named_and_mended_but_never_lowered_unasked(run, kafka_broker, prefix):
    run("create", "--partitions", "1")
    set_config(kafka_broker.bootstrap, f"{prefix}alerts", retention_ms="86400000", segment_ms="1000000000000")
    set_config(kafka_broker.bootstrap, f"{prefix}receipts", retention_ms="-1")

    code, said = run("check")
    assert code == 1
    assert f"{prefix}alerts: retention.ms is 86400000 (24 hours), should be " in said
    assert f"{prefix}receipts: retention.ms is -1 (no end), should be 2505000000 (28.99 days): " in said
    assert said.count("\n") == 3

    code, said = run("create")
    assert code == 1
    assert f"{prefix}alerts: retention.ms was 86400000 (24 hours), is " in said
    assert f"{prefix}receipts: retention.ms is -1 (no end), should be 2505000000" in said
    assert config_of(kafka_broker.bootstrap, f"{prefix}receipts")["retention.ms"] == "-1"

    code, said = run("create", "--lower")
    assert (code, said.splitlines()[-1]) == (0, "all topics are as they should be")
    assert config_of(kafka_broker.bootstrap, f"{prefix}receipts")["retention.ms"] == "2505000000"


def test_a_difference_stands_in_the_table_and_diff_ends_with_0(run, kafka_broker, prefix):
    run("create", "--partitions", "1")
    set_config(kafka_broker.bootstrap, f"{prefix}control", cleanup_policy="delete")
    code, said = run("diff")
    assert code == 0
    assert [line.split() for line in said.splitlines()[1:]] == [
        [f"{prefix}control", "cleanup.policy", "delete", "compact", *["relocation", "topics", "create", "--lower"]]
    ]


def test_the_number_of_partitions_cannot_be_changed(run, kafka_broker, prefix):
    named_topics(kafka_broker.bootstrap, **{f"{prefix}alerts": 3})
    code, said = run("create", "--partitions", "2")
    assert code == 2
    assert "the topics have 3" in said
    assert run("create", "--lower")[0] == 0
    assert {one.partitions for one in TopicAdmin(kafka_broker.bootstrap).found([f"{prefix}receipts"]).values()} == {3}


def test_a_topic_with_another_number_of_partitions_is_named(run, kafka_broker, prefix):
    run("create", "--partitions", "1")
    admin = AdminClient({"bootstrap.servers": kafka_broker.bootstrap})
    admin.delete_topics([f"{prefix}alerts"])[f"{prefix}alerts"].result(DEADLINE_S)
    until(lambda: f"{prefix}alerts" not in admin.list_topics(timeout=DEADLINE_S).topics)
    code, said = run("check")
    assert (code, said) == (1, f"{prefix}alerts: topic is missing, should be there: relocation topics create\n")
    named_topics(kafka_broker.bootstrap, **{f"{prefix}alerts": 2})
    code, said = run("check")
    assert code == 1
    assert f"{prefix}alerts: partitions is 2, should be 1: keys lie by the number of partitions" in said


def test_with_a_registry_the_schemas_are_there_too(run, prefix, schema_registry):
    registry = {"RELOCATION_SCHEMA_REGISTRY": schema_registry.url}
    assert run("create", "--partitions", "1")[0] == 0
    code, said = run("check", **registry)
    assert code == 1
    assert f"{prefix}alerts: schema {prefix}alerts-value is missing or an earlier one" in said
    assert f"schema {prefix}alert-actions-relocation.AlertState is missing" in said
    assert run("create", **registry) == (0, "all topics are as they should be\n")
    assert run("check", **registry)[0] == 0


def test_a_policy_with_shorter_terms_has_topics_with_shorter_terms(run, tmp_path, prefix):
    from processors.policy_file import default_policy_text

    (tmp_path / "policy.toml").write_text(default_policy_text().replace("term_days = 1825", "term_days = 1000"))
    run("create", "--partitions", "1")
    code, said = run("check", RELOCATION_POLICY=str(tmp_path / "policy.toml"))
    assert code == 1
    assert f"{prefix}reports.control: retention.ms is 157680000000" in said
    assert "relocation topics create --lower" in said


def test_kafka_that_is_not_there_is_said_and_ends_it_with_3():
    [free_port] = free_ports(1)
    admin = TopicAdmin(f"127.0.0.1:{free_port}", timeout_s=1.0)
    with pytest.raises(Failure, match=r"^RELOCATION_KAFKA cannot be reached") as away:
        says_what_failed(admin.brokers)()
    assert away.value.exit_code == 3


def test_without_kafka_there_is_nothing_to_make(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert runner("", "", monkeypatch)("create")[0] == 2


def test_three_brokers_hold_three_copies_and_a_write_is_safe_on_two(kafka_cluster, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    run = runner(kafka_cluster.bootstrap, "", monkeypatch)
    assert run("create", "--partitions", "2")[0] == 0
    alerts = TopicAdmin(kafka_cluster.bootstrap).found(["alerts"])["alerts"]
    assert (alerts.replicas, alerts.config["min.insync.replicas"]) == (3, "2")
    assert run("check")[0] == 0


def test_the_first_process_decides_and_another_is_told_what_differs(run, tmp_path):
    run("create", "--partitions", "2")
    code, first = run("agree")
    assert code == 0
    assert "partitions: 2\n" in first
    assert run("agree") == (0, first)
    (tmp_path / "rules.toml").write_text("gap_days = 8\n")
    other = {"RELOCATION_RULES": str(tmp_path / "rules.toml")}
    code, said = run("agree", **other)
    assert code == 1
    assert said.startswith("rules: ")
    assert said.count("\n") == 1
    assert run("agree", "--force", **other)[0] == 0
    assert run("agree", **other)[0] == 0
    assert run("agree")[0] == 1


def test_another_token_key_is_not_forced_by_accident(run):
    run("create", "--partitions", "1")
    run("agree")
    code, said = run("agree", "--force", RELOCATION_TOKEN_KEY=OTHER_KEY)
    assert code == 2
    assert "nobody is known again" in said
    assert run("agree")[0] == 0
    assert run("agree", "--force", "--other-key", RELOCATION_TOKEN_KEY=OTHER_KEY)[0] == 0
    assert run("agree")[0] == 1


def test_without_topics_there_is_nothing_to_agree_in(run):
    code, said = run("agree")
    assert code == 2
    assert "run `relocation topics create`" in said
