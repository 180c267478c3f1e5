"""``relocation migrate``: what the embedded platform knows, to Kafka, where the distributed one goes on with it."""

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import click
from pydantic import SecretStr

from processors.archive import KeeperReader
from processors.keeper import Keeper
from relocation.agreeing import agree_or_fail, unreachable
from relocation.clock import now_ms
from relocation.exits import FAILED, UNUSABLE, Failure
from relocation.logs import in_words_of_ours
from relocation.opening import damage_told
from relocation.parts import gazetteer, policy_of, rules_of, tokeniser_of
from relocation.progress import progress_bar
from relocation.settings import Settings, kafka_of, settings_of
from streams.embedded.folder import DataFolder
from streams.embedded.reading import LogReader
from streams.kafka.agreement import agree, agreed, force
from streams.kafka.clients import Unreachable
from streams.kafka.registry import Registry
from streams.kafka.topic_admin import NotAllowed
from streams.kafka.wire import Wire
from streams.kafka.writer import NotWritten
from streams.moving import mark as marks
from streams.moving.mark import Mark
from streams.moving.moving import Heart, NotEmpty, NotWhole, Target, hold_compaction, move, require_empty


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the embedded log (RELOCATION_DATA).")
def migrate(data: Path | None) -> None:
    """Carry what the log of a data folder holds to Kafka, so that the distributed platform goes on where `up` stopped.

    \b
    Before:   stop `relocation up`; relocation topics create; no gateway, worker or sink runs yet
    After:    start them with the same token key (token.key in the folder, unless RELOCATION_TOKEN_KEY was set), rules,
              policy and signals; do not start `up` over the folder again. Once the sink has stored everything,
              relocation topics create --lower: until then topics keep every version of what was moved

    Reports, alerts, how they are handled, what was asked, whom to follow, receipts and dead letters go over, each with
    the time at which it became known. Active alerts, handling and answers as of any time stay what they were; nothing
    is said anew. Stopped at any moment, run it again: it goes on where it was. The folder is only read.
    """
    in_words_of_ours()
    settings = settings_of(data=data)
    bootstrap = kafka_of(settings)
    with damage_told():
        folder = DataFolder(settings.data)
        folder.require_log()
        with folder.held():
            keyed = _keyed(settings, folder)
            partitions = agree_or_fail(keyed, is_moving=True)
            registry = keyed.schema_registry and Registry(keyed.schema_registry.get_secret_value())
            wire = Wire(registry or None, prefix=keyed.kafka_prefix)
            _migrate(keyed, folder, Target(bootstrap, keyed.kafka_prefix, partitions, wire))


def _keyed(settings: Settings, folder: DataFolder) -> Settings:
    """The settings with the key that the folder's tokens were made with. Raises Failure for another one."""
    keyed = settings.model_copy(update={"token_key": SecretStr(folder.token_key(settings.key).hex())})
    with closing(LogReader(folder.log)) as reader:
        if reader.meta("token_key_check") != tokeniser_of(keyed).check_value:
            raise Failure("RELOCATION_TOKEN_KEY is not the key that the tokens of this folder were made with", UNUSABLE)
    return keyed


def _migrate(settings: Settings, folder: DataFolder, target: Target) -> None:
    try:
        mark = _begun(folder, target)
        if mark.is_done:
            click.echo("everything in this folder was moved before", err=True)
            return
        hold_compaction(target)
        with progress_bar() as tell:
            moved = move(folder.log, target, heart_of(settings), mark, tell)
        force(target.bootstrap, {marks.NAME: mark._replace(is_done=True).value}, prefix=target.prefix)
    except Unreachable as away:
        raise unreachable(away) from None
    except NotAllowed as refused:
        raise Failure(str(refused), FAILED) from None
    except NotWritten as failed:
        raise Failure(
            f"Kafka did not take all of it ({failed}): run it again, it goes on where it was", FAILED
        ) from None
    except NotWhole as disturbed:
        told = f"{disturbed}: somebody else wrote here meanwhile; stop them, make the topics anew, and run it again"
        raise Failure(told, FAILED) from None
    _show(moved)


def _begun(folder: DataFolder, target: Target) -> Mark:
    """The mark of this move, written now if it begins now. Raises Failure where the topics are not for it."""
    with closing(LogReader(folder.log)) as reader:
        source = marks.source_of(reader)
    told = agreed(target.bootstrap, prefix=target.prefix).get(marks.NAME)
    if told is None:
        try:
            require_empty(target)
        except NotEmpty as filled:
            raise Failure(
                f"these topics already hold a platform's data: {filled}; name others with RELOCATION_KAFKA_PREFIX",
                FAILED,
            ) from None
        agree(target.bootstrap, {marks.NAME: Mark(source, now_ms()).value}, prefix=target.prefix)
        told = agreed(target.bootstrap, prefix=target.prefix)[marks.NAME]
    mark = Mark.read(told)
    if mark.source != source:
        raise Failure(
            "these topics hold, or are to hold, what another folder held, or this one at another moment; "
            "make them anew, or name others with RELOCATION_KAFKA_PREFIX",
            FAILED,
        )
    return mark


def heart_of(settings: Settings) -> Heart:
    """What the roles are made of. Raises Failure."""
    rules, policy = rules_of(settings), policy_of(settings)

    def keeper() -> Keeper:
        return Keeper(rules, gazetteer(), _READS_NOTHING)

    return Heart(make_keeper=keeper, term_of=policy.term_ms)


def _nothing(_body: bytes) -> NoReturn:
    raise AssertionError("a keeper that only takes new records reads none back")


_READS_NOTHING = KeeperReader(sighting=_nothing, alert=_nothing, alert_head=_nothing)


def _show(moved: Counter[str]) -> None:
    for topic, count in sorted(moved.items()):
        if count:
            click.echo(f"{topic}: {count}", err=True)
