"""``relocation topics``: the topics of the distributed platform, made and kept as they should be."""

from collections.abc import Callable
from contextlib import closing
from functools import wraps
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from relocation.agreeing import TOKEN_KEY, own_of, partitions_of, unreachable
from relocation.exits import DONE, FAILED, UNREACHABLE, UNUSABLE, Failure
from relocation.logs import in_words_of_ours
from relocation.parts import policy_of
from relocation.settings import Settings, kafka_of, settings_of
from streams.kafka.agreement import Disagreed, agree, agreed, force
from streams.kafka.clients import Unreachable
from streams.kafka.registry import Incompatible, Registry, RegistryAway
from streams.kafka.shape import CREATE, Difference, Wanted, differences, partitions_in, readable, wanted_of
from streams.kafka.subjects import register, schema_differences
from streams.kafka.topic_admin import NotAllowed, TopicAdmin, wait_until
from streams.topic import named
from streams.topics import topics_for

_MADE = "topic"


def says_what_failed(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same, ending with an exit code of ours and what to do when brokers or the registry did not do it."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except Unreachable as away:
            raise unreachable(away) from None
        except RegistryAway as away:
            raise Failure(str(away), UNREACHABLE) from None
        except (NotAllowed, Incompatible) as refused:
            raise Failure(str(refused), FAILED) from None

    return run


@click.group()
def topics() -> None:
    """Make the topics of the distributed platform, and check that they are as they should be.

    Which topics there are, and how long each keeps what, is in docs/topics.md. Needs RELOCATION_KAFKA.
    """
    in_words_of_ours()


_PARTITIONS = click.option(
    "--partitions",
    type=click.IntRange(1, 1000),
    metavar="N",
    help="Of every topic but `control` [default: as there are, else 12]. It cannot be changed later.",
)
_REPLICATION = click.option(
    "--replication",
    type=click.IntRange(1, 9),
    metavar="N",
    help="Copies of every partition [default: 3, or as many as there are brokers].",
)


@topics.command()
@_PARTITIONS
@_REPLICATION
@click.option("--lower", is_flag=True, help="Also lower what is higher than it should be: what is too old then goes.")
@says_what_failed
def create(partitions: int | None, replication: int | None, *, lower: bool) -> int:
    """Make the topics that are missing, and mend the settings of those that are there.

    It may be run again at any time. With RELOCATION_SCHEMA_REGISTRY it registers the schemas, too. Nothing is lowered
    unless --lower says so; what is left to do is listed, and then it ends with 1.
    """
    settings = settings_of()
    admin = TopicAdmin(kafka_of(settings))
    wanted, left = _asked(settings, admin, partitions, replication)
    _refuse_other_partitions(partitions, wanted, admin)
    missing = [each.topic for each in left if each.what == _MADE]
    changes = [each for each in left if each.mend.startswith(CREATE) and each.what != _MADE]
    mended = [each for each in changes if each.mend == CREATE or lower]
    admin.create(wanted, missing)
    admin.alter(mended)
    _register(settings, wanted)
    _wait(admin, wanted, missing, {(each.topic, each.what) for each in left if each.topic in missing or each in mended})
    for name in missing:
        click.echo(f"{name}: made, partitions: {wanted.names[name].partitions(wanted.partitions)}")
    for each in mended:
        click.echo(
            f"{each.topic}: {each.what} was {readable(each.what, each.found)}, is {readable(each.what, each.wanted)}"
        )
    return _ended(_all_differences(settings, admin, wanted))


@topics.command()
@_PARTITIONS
@_REPLICATION
@says_what_failed
def check(partitions: int | None, replication: int | None) -> int:
    """Say every difference between how topics are and how they should be, and what mends it; then end with 1."""
    settings = settings_of()
    admin = TopicAdmin(kafka_of(settings))
    wanted, _ = _asked(settings, admin, partitions, replication)
    return _ended(_all_differences(settings, admin, wanted))


@topics.command()
@_PARTITIONS
@_REPLICATION
@says_what_failed
def diff(partitions: int | None, replication: int | None) -> None:
    """Show the same differences as a table; it ends with 0 whatever there is."""
    settings = settings_of()
    admin = TopicAdmin(kafka_of(settings))
    wanted, _ = _asked(settings, admin, partitions, replication)
    table = Table("topic", "what", "is", "should be", "mend it with", box=None, pad_edge=False)
    for each in _all_differences(settings, admin, wanted):
        found, should = readable(each.what, each.found), readable(each.what, each.wanted)
        table.add_row(each.topic, each.what, found, should, each.mend)
    Console(width=None if click.get_text_stream("stdout").isatty() else 200).print(table)


@topics.command(name="agree")
@click.option("--force", "forced", is_flag=True, help="What this process has is what all have to have from now on.")
@click.option("--other-key", is_flag=True, help="With --force: even another token key. Nobody is known again with it.")
@says_what_failed
def agree_command(*, forced: bool, other_key: bool) -> int:
    """Compare this process's token key, rules, policy and signals with what the platform agreed on.

    Every process does so at its start, and the first one decides. --force decides anew, for processes that start later:
    stop the others first.
    """
    settings = settings_of()
    bootstrap, prefix = kafka_of(settings), settings.kafka_prefix
    own = own_of(settings, partitions_of(settings))
    if forced:
        known = agreed(bootstrap, prefix=prefix).get(TOKEN_KEY, own[TOKEN_KEY])
        if known != own[TOKEN_KEY] and not other_key:
            raise Failure("RELOCATION_TOKEN_KEY is another: with it nobody is known again (--other-key)", UNUSABLE)
        force(bootstrap, own, prefix=prefix)
    try:
        agree(bootstrap, own, prefix=prefix)
    except Disagreed as disagreed:
        for each in disagreed.differing:
            click.echo(f"{each.name}: {each.agreed} was agreed on, here it is {each.own}")
        return FAILED
    for name, value in own.items():
        click.echo(f"{name}: {value}")
    return DONE


def _asked(
    settings: Settings, admin: TopicAdmin, partitions: int | None, replication: int | None
) -> tuple[Wanted, list[Difference]]:
    names = {named(settings.kafka_prefix, topic): topic for topic in topics_for(policy_of(settings))}
    found = admin.found(names)
    wanted = wanted_of(names, found, admin.brokers(), partitions, replication)
    return wanted, differences(wanted, found)


def _refuse_other_partitions(partitions: int | None, wanted: Wanted, admin: TopicAdmin) -> None:
    there = partitions_in(wanted.names, admin.found(wanted.names))
    if partitions is not None and there not in (None, partitions):
        raise Failure(
            f"--partitions {partitions}: the topics have {there}, and keys lie by that number: it cannot change; "
            "leave it out, or begin anew with another RELOCATION_KAFKA_PREFIX",
            UNUSABLE,
        )


def _register(settings: Settings, wanted: Wanted) -> None:
    if settings.schema_registry is not None:
        with closing(Registry(settings.schema_registry.get_secret_value())) as registry:
            register(registry, wanted.names)


def _wait(admin: TopicAdmin, wanted: Wanted, made: list[str], asked: set[tuple[str, str]]) -> None:
    """Until brokers show all that was asked of them, and lead what was made."""

    def is_done() -> bool:
        now = {(each.topic, each.what) for each in differences(wanted, admin.found(wanted.names))}
        return not asked & now and admin.leads(made)

    if asked and not wait_until(is_done):
        raise Unreachable("it took what was asked and does not show it yet; run it again")


def _all_differences(settings: Settings, admin: TopicAdmin, wanted: Wanted) -> list[Difference]:
    found = differences(wanted, admin.found(wanted.names))
    if settings.schema_registry is not None:
        with closing(Registry(settings.schema_registry.get_secret_value())) as registry:
            found += schema_differences(registry, wanted.names)
    return found


def _ended(left: list[Difference]) -> int:
    for each in left:
        click.echo(str(each))
    if left:
        return FAILED
    click.echo("all topics are as they should be")
    return DONE
