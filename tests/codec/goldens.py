"""The bytes that every version of a schema wrote, kept for good.

``python -m tests.codec.goldens`` writes what is missing.

Never change or remove a file of ``golden/``: bytes like them lie in logs.
"""

import json
from pathlib import Path

from schemas import avro
from schemas.avro import EVENT_KINDS, Kind
from tests.codec.messages import BARE, FULL, FULL_EVENTS

FOLDER = Path(__file__).parent / "golden"


def read(kind, body, writer):
    """What the bytes say, as plain JSON, in the words of today."""
    for type_, event_kind in EVENT_KINDS.items():
        if kind is event_kind:
            return avro.event_decoder_of(type_, writer)(body)
    return plain(avro.decoder_of(kind, writer)(body))


def plain(message):
    """A message as JSON has it: fields by name, tuples as lists."""
    if hasattr(message, "_asdict"):
        return {name: plain(value) for name, value in message._asdict().items()}
    if hasattr(message, "__dataclass_fields__"):
        return {name: plain(getattr(message, name)) for name in message.__dataclass_fields__}
    return [plain(value) for value in message] if isinstance(message, tuple) else message


def _bodies(kind):
    for type_, event_kind in EVENT_KINDS.items():
        if kind is event_kind:
            return [avro.encode_event(FULL_EVENTS[type_])]
    return [avro.encode(FULL[kind]), avro.encode(BARE[kind])]


def main():
    """Write the golden bytes of every present version that has none yet."""
    for kind in Kind:
        file = FOLDER / f"{kind}.{len(avro.versions_of(kind))}.json"
        if not file.exists():
            told = [{"bytes": body.hex(), "says": read(kind, body, avro.schema_of(kind))} for body in _bodies(kind)]
            file.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
