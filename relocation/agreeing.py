"""What a process of the distributed platform makes sure of at its start: topics are there, and all agree."""

from relocation.exits import UNREACHABLE, UNUSABLE, Failure
from relocation.parts import hashes_of, tokeniser_of
from relocation.settings import Settings, kafka_of
from streams.kafka.agreement import Differing, Disagreed, agree, agreed
from streams.kafka.clients import Brokers, Unreachable
from streams.moving import mark
from streams.topic import named
from streams.topics import ALERTS

TOKEN_KEY = "token_key"  # noqa: S105 - the name of a setting
PARTITIONS = "partitions"
_SETTINGS = {
    TOKEN_KEY: "RELOCATION_TOKEN_KEY",
    "rules": "RELOCATION_RULES",
    "policy": "RELOCATION_POLICY",
    "signals": "RELOCATION_SIGNALS",
}


def agree_or_fail(settings: Settings, *, is_moving: bool = False) -> int:
    """Make sure that this process has what all others have; how many partitions there are. Raises Failure.

    While a move is not finished only that itself may go on (``is_moving``).
    """
    bootstrap = kafka_of(settings)
    try:
        own = own_of(settings, partitions_of(settings))
        agree(bootstrap, own, prefix=settings.kafka_prefix)
        moved_from = agreed(bootstrap, prefix=settings.kafka_prefix).get(mark.NAME)
    except Unreachable as away:
        raise unreachable(away) from None
    except Disagreed as disagreed:
        raise Failure("\n".join(map(told, disagreed.differing)), UNUSABLE) from None
    if moved_from is not None and not (is_moving or mark.Mark.read(moved_from).is_done):
        raise Failure("`relocation migrate` has begun and is not done: run it again, it goes on where it was", UNUSABLE)
    return int(own[PARTITIONS])


def own_of(settings: Settings, partitions: int) -> dict[str, str]:
    """What this process has of what all must share, by name; each value tells it apart and gives nothing away."""
    return {TOKEN_KEY: tokeniser_of(settings).check_value, **hashes_of(settings), PARTITIONS: str(partitions)}


def partitions_of(settings: Settings) -> int:
    """How many partitions the topics have. Raises Failure where there are no topics, and Unreachable."""
    name = named(settings.kafka_prefix, ALERTS)
    found = Brokers(kafka_of(settings)).partitions().get(name)
    if found is None:
        raise Failure(f"there is no topic {name}: run `relocation topics create`", UNUSABLE)
    return found


def unreachable(why: Unreachable) -> Failure:
    """The brokers do not answer."""
    return Failure(f"RELOCATION_KAFKA cannot be reached: {why}", UNREACHABLE)


def told(differing: Differing) -> str:
    """What differs, and what to do about it."""
    if differing.name == PARTITIONS:
        return (
            f"the topics have {differing.own} partitions, and {differing.agreed} were agreed on: "
            "see `relocation topics check`; only if all of them were made anew, `relocation topics agree --force`"
        )
    setting = _SETTINGS.get(differing.name, differing.name)
    other = f"{setting} is another here ({differing.own}) than the platform agreed on ({differing.agreed})"
    if differing.name == TOKEN_KEY:
        return f"{other}: with another key nobody is known again; give every process the same one"
    return f"{other}: give every process the same, or change it for all with `relocation topics agree --force`"
