"""The topics page and the AsyncAPI document say what the code does."""

import json
import re

import pytest
from project_tree import ROOT

from docs import contracts
from schemas import avro
from schemas.avro import Kind
from streams.kafka import headers
from streams.topics import INTAKE, TOPICS
from streams.ways import PUBLISHERS, ROLES, WAYS

MEND = "run `make contracts`"
PAGE = (ROOT / "docs/topics.md").read_text("utf-8")
ASYNCAPI = json.loads((ROOT / "docs/asyncapi.json").read_text("utf-8"))


def led_to(reference):
    """What a reference within the document stands for."""
    found = ASYNCAPI
    assert reference.startswith("#/")
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return found


def references(part):
    if isinstance(part, dict):
        for name, value in part.items():
            yield from [value] if name == "$ref" else references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def test_the_topics_page_is_as_the_code_has_it():
    assert contracts.topics_page(PAGE) == PAGE, MEND


def test_the_asyncapi_document_is_as_the_code_has_it():
    assert contracts.asyncapi_text() == (ROOT / "docs/asyncapi.json").read_text("utf-8"), MEND


def test_every_reference_of_the_document_leads_somewhere():
    found = list(references(ASYNCAPI))
    assert found
    for reference in found:
        assert isinstance(led_to(reference), dict), reference


def test_the_document_has_what_asyncapi_asks_for():
    assert ASYNCAPI["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(ASYNCAPI["info"])
    for name in (*ASYNCAPI["channels"], *ASYNCAPI["operations"], *ASYNCAPI["components"]["messages"]):
        assert re.fullmatch(r"[A-Za-z0-9_-]+", name)
    for operation in ASYNCAPI["operations"].values():
        assert operation["action"] in ("send", "receive")
        offered = led_to(operation["channel"]["$ref"])["messages"]
        for message in operation["messages"]:
            assert led_to(message["$ref"]) in offered.values()


def test_the_document_has_every_topic_and_no_other():
    assert [channel["address"] for channel in ASYNCAPI["channels"].values()] == [topic.name for topic in TOPICS]


@pytest.mark.parametrize("kind", Kind)
def test_the_document_has_every_schema_as_it_is(kind):
    assert ASYNCAPI["components"]["messages"][kind]["payload"]["schema"] == avro.schema_of(kind)


def test_every_schema_lies_in_some_topic():
    assert {kind for topic in TOPICS for kind in contracts.kinds_of(topic)} == set(Kind)


def test_every_header_of_ours_is_explained():
    ours = {value for name, value in vars(headers).items() if name.isupper() and str(value).startswith("relocation_")}
    told = set(ASYNCAPI["components"]["messageTraits"]["cloud_event"]["headers"]["properties"])
    assert ours <= told
    design = (ROOT / "docs/distributed.md").read_text("utf-8")
    assert {name for name in told if name.startswith("relocation_")} == set(
        re.findall(r"`(relocation_[a-z]+)`", design)
    )


def test_every_topic_has_somebody_who_writes_it_and_somebody_who_reads_it():
    assert set(WAYS) == {topic.name for topic in TOPICS}
    for name, way in WAYS.items():
        assert way.writers, name
        assert way.readers, name
        assert {*way.writers, *way.readers} <= {PUBLISHERS, *ROLES}, name


def test_identifiers_in_the_clear_go_to_intake_and_nobody_else():
    assert {WAYS[topic.name] for topic in INTAKE.values()} == {((PUBLISHERS,), ("intake",))}
