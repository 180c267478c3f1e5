"""Messages as they lie in topics: Avro in the Confluent wire format, with a schema registry or without.

Without one the ids of schemas are those that come with the program (``schemas.avro_ids``), and those are understood
everywhere. With one its ids are written, so that others can read along; what it knows and we do not is asked once. When
it is away, what is known goes on.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from schemas import avro
from schemas.avro import EVENT_KINDS, Kind
from schemas.avro_ids import pinned, pinned_id
from schemas.reports import EventType
from schemas.undecodable import Reason, Undecodable
from streams.kafka.registry import Incompatible, Registry, RegistryAway, subject_of
from streams.topic import Topic, named
from streams.topics import INTAKE

LOG = logging.getLogger("relocation.kafka")

Decode = Callable[[bytes], Any]
Encode = Callable[[Any], bytes]

_HEADER_BYTES = 5
_FOREIGN_MAX = 1_000
"""So many ids that are not ours are remembered, good or bad."""
_ID_MAX = 2**31 - 1
_ASK_AGAIN_S = 60.0
"""An id that the registry did not know may be known after so long."""
_TYPE_OF_EVENT = {kind: type_ for type_, kind in EVENT_KINDS.items()}


class Unresolved(Exception):
    """A message has the id of a schema that only the registry knows, which is away: wait, and read it again."""


class Wire:
    """Encodes and decodes the values of topics; ``encoder`` and ``decoder`` are for loops. Safe to use from threads."""

    def __init__(self, registry: Registry | None = None, *, prefix: str = "") -> None:
        """``prefix``: before every topic's name, and so in its subject, too."""
        self._registry = registry
        self._prefix = prefix
        self._foreign = _Foreign(registry)
        self._encoders: dict[tuple[str, Kind], Encode] = {}

    def encode(self, topic: Topic, message: Any) -> bytes:
        """A message as it lies in a topic. Raises ValueError for one that does not belong there, or is too large."""
        return self.encoder(topic, avro.kind_of(message))(message)

    def encoder(self, topic: Topic, kind: Kind | None = None) -> Encode:
        """``encode`` for one topic and kind (by default its first), looked up once."""
        kind = topic.kind if kind is None else kind
        if kind not in (topic.kind, topic.also):
            raise ValueError(f"{topic.name} holds no {kind}")
        encode = self._encoders.get((topic.name, kind))
        if encode is None:
            encode = self._encoders[topic.name, kind] = _encoder(kind, self._id_of(topic, kind))
        return encode

    def decode(self, topic: Topic, value: bytes) -> Any:
        """The message of a value. Raises Undecodable, or Unresolved where waiting helps; nothing else."""
        return self.decoder(topic)(value)

    def decoder(self, topic: Topic) -> Decode:
        """``decode`` for one topic, looked up once. Of ``intake.<type>`` it gives the JSON form of events."""
        readers: dict[bytes, Decode] = {}

        def decode_one(value: bytes) -> Any:
            header = value[:_HEADER_BYTES]
            read = readers.get(header)
            if read is None:
                schema_id, _ = avro.unframe(value)
                read = _remember(readers, header, self._reader_of(topic, schema_id))
            return read(value[_HEADER_BYTES:])

        return decode_one

    def read_intake(self, type_: EventType, value: bytes) -> bytes:
        """An event of ``intake.<type>`` as JSON for ``Intake.judge``, whether it is Avro or JSON there.

        Raises Undecodable, for an event of another type too, and Unresolved.
        """
        if value[:1] == b"{":
            _refuse_other_type(type_, value)
            return value
        return json.dumps(self.decode(INTAKE[type_], value), ensure_ascii=False).encode()

    def _id_of(self, topic: Topic, kind: Kind) -> int:
        if self._registry is None:
            return pinned_id(kind)
        schema = avro.schema_of(kind)
        subject = subject_of(named(self._prefix, topic), schema, is_first=kind is topic.kind)
        try:
            found = self._registry.found(subject, schema)
            return self._registry.register(subject, schema) if found is None else found
        except (RegistryAway, Incompatible) as why:
            LOG.warning("a schema keeps the id that comes with the program", extra={"kind": kind, "reason": str(why)})
            return pinned_id(kind)

    def _reader_of(self, topic: Topic, schema_id: int) -> Decode:
        if schema_id not in pinned():
            writer = self._foreign.schema(schema_id)
            return _reader(_kind_of(topic, writer), writer)
        kind, version = pinned()[schema_id]
        if kind not in (topic.kind, topic.also):
            return _incompatible
        return _reader(kind, avro.versions_of(kind)[version - 1])


def _encoder(kind: Kind, schema_id: int) -> Encode:
    """Events come in their JSON form."""
    header, write = avro.frame(schema_id, b""), avro.encode_event if kind in _TYPE_OF_EVENT else avro.encoder(kind)

    def encode_one(message: Any) -> bytes:
        return header + write(message)

    return encode_one


class _Foreign:
    """Schemas that only the registry knows; each is asked for once."""

    def __init__(self, registry: Registry | None) -> None:
        self._registry = registry
        self._known: dict[int, Any] = {}
        self._unknown_since: dict[int, float] = {}

    def schema(self, schema_id: int) -> Any:
        """Raises Undecodable for an id that nobody gave, Unresolved while nobody can be asked."""
        if schema_id in self._known:
            return self._known[schema_id]
        now = time.monotonic()
        if (
            self._registry is None
            or schema_id > _ID_MAX
            or now - self._unknown_since.get(schema_id, -_ASK_AGAIN_S) < _ASK_AGAIN_S
        ):
            raise Undecodable(Reason.UNKNOWN_SCHEMA)
        try:
            found = self._registry.schema(schema_id)
        except RegistryAway as away:
            raise Unresolved(f"a message has schema {schema_id}, which is not known yet, and {away}") from None
        if found is None:
            _remember(self._unknown_since, schema_id, now)
            raise Undecodable(Reason.UNKNOWN_SCHEMA)
        return _remember(self._known, schema_id, found)


def _remember(known: dict[Any, Any], key: Any, value: Any) -> Any:
    if len(known) >= _FOREIGN_MAX:
        known.clear()
    known[key] = value
    return value


def _kind_of(topic: Topic, writer: Any) -> Kind:
    """Which of a topic's kinds a writer meant: told by the name of the record where there are two."""
    if topic.also is not None and isinstance(writer, dict):
        name = str(writer.get("name")).rpartition(".")[2]
        if name == avro.schema_of(topic.also)["name"]:
            return topic.also
    return topic.kind


def _reader(kind: Kind, writer: Mapping[str, Any]) -> Decode:
    """What reads a kind written with a schema; where that cannot be it raises Undecodable of whatever it is given."""
    type_ = _TYPE_OF_EVENT.get(kind)
    if _without_docs(writer) == _without_docs(avro.schema_of(kind)):
        return avro.decoder(kind) if type_ is None else avro.event_decoder(type_)
    try:
        return avro.decoder_of(kind, writer) if type_ is None else avro.event_decoder_of(type_, writer)
    except Exception:  # noqa: BLE001 - whatever it is, it is no schema that we could read with
        return _incompatible


def _incompatible(body: bytes) -> Any:  # noqa: ARG001 - a Decode like the others
    raise Undecodable(Reason.INCOMPATIBLE)


def _without_docs(part: Any) -> Any:
    """A schema without its documentation, which a registry may leave out or order anew."""
    if isinstance(part, dict):
        return {name: _without_docs(value) for name, value in part.items() if name != "doc"}
    return [_without_docs(value) for value in part] if isinstance(part, list) else part


def _refuse_other_type(type_: EventType, value: bytes) -> None:
    """What is wrong with it otherwise is for intake to say."""
    if len(value) > avro.EVENT_MAX_BYTES:
        return
    try:
        told = json.loads(value).get("type")
    except (ValueError, RecursionError):
        return
    if told in tuple(EventType) and told != type_:
        raise Undecodable(Reason.INVALID, "type")
