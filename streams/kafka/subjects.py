"""The schemas of all topics in a registry: what is missing there, and registering it."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas import avro
from streams.kafka.registry import COMPATIBILITY, Registry, subject_of
from streams.kafka.shape import CREATE, Difference
from streams.topic import Topic


def subjects(names: Mapping[str, Topic]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Full name, subject and present schema of everything that topics hold."""
    for name, topic in names.items():
        yield name, *_subject(name, topic.kind, is_first=True)
        if topic.also is not None:
            yield name, *_subject(name, topic.also, is_first=False)


def register(registry: Registry, names: Mapping[str, Topic]) -> None:
    """Make sure that the registry has them all. Raises RegistryAway, and Incompatible where it refuses one."""
    for _, subject, schema in subjects(names):
        registry.register(subject, schema)


def schema_differences(registry: Registry, names: Mapping[str, Topic]) -> list[Difference]:
    """What is not as it should be there. Raises RegistryAway."""
    found = []
    for name, subject, schema in subjects(names):
        if registry.found(subject, schema) is None:
            found.append(Difference(name, f"schema {subject}", "missing or an earlier one", "the present one", CREATE))
        elif (told := registry.compatibility(subject)) != COMPATIBILITY:
            found.append(Difference(name, f"compatibility of {subject}", told or "unset", COMPATIBILITY, CREATE))
    return found


def _subject(name: str, kind: avro.Kind, *, is_first: bool) -> tuple[str, Mapping[str, Any]]:
    schema = avro.schema_of(kind)
    return subject_of(name, schema, is_first=is_first), schema
