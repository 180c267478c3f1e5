"""Tells the roles how far they are with what was moved: as if they had done it themselves."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from confluent_kafka import Consumer, KafkaException, TopicPartition

from streams.kafka.access import Bootstrap
from streams.kafka.clients import Unreachable, settings_of
from streams.kafka.failing import in_words
from streams.kafka.records import Partition

_PATIENCE_S = 30.0


class Place(NamedTuple):
    """How far a group is in a log, and what it notes with that."""

    offset: int
    noted: str


def hand_over(bootstrap: Bootstrap, group: str, places: Mapping[Partition, Place]) -> None:
    """Commit these for a group that has no members. Doing it again is harmless. Raises Unreachable."""
    consumer = Consumer(settings_of(bootstrap, **{"group.id": group, "enable.auto.commit": False}))
    try:
        committed = consumer.commit(offsets=_offsets(places), asynchronous=False)
    except KafkaException as failed:
        raise Unreachable(f"group {group}: {in_words(failed.args[0])}") from None
    finally:
        consumer.close()
    failing = [in_words(at.error) for at in committed or () if at.error is not None]
    if failing:
        raise Unreachable(f"group {group}: {failing[0]}")


def _offsets(places: Mapping[Partition, Place]) -> list[TopicPartition]:
    def offset(log: Partition, place: Place) -> TopicPartition:
        return TopicPartition(*log, place.offset, place.noted)

    return [offset(log, place) for log, place in _sorted(places.items())]


def _sorted(places: Iterable[tuple[Partition, Place]]) -> list[tuple[Partition, Place]]:
    return sorted(places)
