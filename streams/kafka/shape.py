"""How topics are, how they should be, and each difference in words, with what mends it. It asks and changes nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemas.times import DAY_MS, HOUR_MS, MINUTE_MS
from streams.topic import Topic

CREATE = "relocation topics create"
LOWER = "relocation topics create --lower"
PARTITIONS_DEFAULT = 12
_REPLICAS = 3
"""As many as there are brokers, up to this."""
_SPANS = ((365 * DAY_MS, "years"), (DAY_MS, "days"), (HOUR_MS, "hours"), (MINUTE_MS, "minutes"))


@dataclass(frozen=True, slots=True)
class Found:
    """How a topic is."""

    partitions: int
    replicas: int
    """Of the partition that has the fewest."""
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the topics of a cluster should be."""

    names: Mapping[str, Topic]
    """By full name."""
    partitions: int
    replicas: int

    def config(self, topic: Topic) -> dict[str, str]:
        """All of a topic's settings. With three copies a write is safe on two, and goes on while one is away."""
        return {**topic.config, "min.insync.replicas": "2" if self.replicas >= _REPLICAS else "1"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be."""

    topic: str
    what: str
    """A setting of Kafka's; or topic, partitions, replicas, schema."""
    found: str
    wanted: str
    mend: str
    """The command, or what to do where no command can."""

    def __str__(self) -> str:
        found, wanted = readable(self.what, self.found), readable(self.what, self.wanted)
        return f"{self.topic}: {self.what} is {found}, should be {wanted}: {self.mend}"


def wanted_of(
    names: Mapping[str, Topic], found: Mapping[str, Found], brokers: int, partitions: int | None, replicas: int | None
) -> Wanted:
    """What should be there. Unless it is said: as many partitions as topics have already, a copy on three brokers."""
    return Wanted(
        names, partitions or partitions_in(names, found) or PARTITIONS_DEFAULT, replicas or min(_REPLICAS, brokers)
    )


def partitions_in(names: Mapping[str, Topic], found: Mapping[str, Found]) -> int | None:
    """How many partitions most of the topics have; None where there are no topics."""
    there = Counter(found[name].partitions for name, topic in names.items() if name in found and not topic.is_single)
    return there.most_common(1)[0][0] if there else None


def differences(wanted: Wanted, found: Mapping[str, Found]) -> list[Difference]:
    """Everything that is not as it should be, topic by topic in the table's order."""
    return [
        difference
        for name, topic in wanted.names.items()
        for difference in (_of_topic(wanted, name, topic, found[name]) if name in found else [_missing(name)])
    ]


def readable(what: str, value: str) -> str:
    """A value with its span of time in words."""
    if not what.endswith(".ms") or not value.lstrip("-").isdigit():
        return value
    ms = int(value)
    if ms < 0:
        return f"{value} (no end)"
    size, unit = next(((size, unit) for size, unit in _SPANS if ms >= 2 * size), (1_000, "seconds"))
    return f"{value} ({ms / size:.4g} {unit})"


def _missing(name: str) -> Difference:
    return Difference(name, "topic", "missing", "there", CREATE)


def _of_topic(wanted: Wanted, name: str, topic: Topic, found: Found) -> Iterator[Difference]:
    partitions = topic.partitions(wanted.partitions)
    if found.partitions != partitions:
        yield Difference(name, "partitions", str(found.partitions), str(partitions), _partitions_mend(name))
    if found.replicas < wanted.replicas:
        mend = "move its partitions with kafka-reassign-partitions.sh"
        yield Difference(name, "replicas", str(found.replicas), str(wanted.replicas), mend)
    for what, value in wanted.config(topic).items():
        is_ = found.config.get(what, "unset")
        if _normal(is_) != _normal(value):
            yield Difference(name, what, is_, value, LOWER if lowers(what, is_, value) else CREATE)


def _partitions_mend(name: str) -> str:
    return (
        "keys lie by the number of partitions, so it cannot be changed where messages are; "
        f"an empty topic: kafka-topics.sh --delete --topic {name}, then {CREATE}"
    )


def lowers(what: str, found: str, wanted: str) -> bool:
    """Whether setting it so can take away what is there, or what it protects: that is never done unasked."""
    if what == "cleanup.policy":
        return not set(wanted.split(",")) <= set(found.split(","))
    if what == "message.timestamp.type" or not _is_number(found) or not _is_number(wanted):
        return False
    return _amount(wanted) < _amount(found) and what not in ("segment.ms", "max.compaction.lag.ms")


def _normal(value: str) -> str:
    return ",".join(sorted(part.strip() for part in value.split(",")))


def _is_number(value: str) -> bool:
    return value.lstrip("-").isdigit()


def _amount(value: str) -> float:
    return float("inf") if int(value) < 0 else int(value)
