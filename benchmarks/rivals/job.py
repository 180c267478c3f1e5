"""The simple job that rivals do: is the latest place of a subject another than before? Then tell so.

Avro in, Avro out, decoded by fastavro. No windows, no late sightings, no corrections, nothing restored or repeated.
Needs nothing but fastavro, so that it runs beside any framework.
"""

import io
import json
from pathlib import Path
from typing import Any

import fastavro

FRAME_BYTES = 5
ALERT = {
    "type": "record",
    "name": "SimpleAlert",
    "fields": [
        {"name": "subject", "type": "string"},
        {"name": "from_place", "type": "string"},
        {"name": "to_place", "type": "string"},
        {"name": "at", "type": "long"},
        {"name": "event_id", "type": "string"},
    ],
}


class Job:
    """Decodes and tells; where the latest place is kept is the framework's affair."""

    def __init__(self, schema: Path) -> None:
        """``schema``: the file with the schema that sightings are written with."""
        self._schema = fastavro.parse_schema(json.loads(schema.read_text("utf-8")))
        self._alert = fastavro.parse_schema(ALERT)

    def read(self, value: bytes) -> dict[str, Any]:
        """A sighting."""
        body = io.BytesIO(value)
        body.seek(FRAME_BYTES)
        read: Any = fastavro.schemaless_reader(body, self._schema, None)
        return read

    def alert(self, seen: dict[str, Any], before: str) -> bytes:
        """That its subject was elsewhere before."""
        told = {
            "subject": seen["subject"], "from_place": before, "to_place": seen["place"], "at": 0,
            "event_id": str(seen["event_id"]),
        }  # fmt: skip
        written = io.BytesIO()
        fastavro.schemaless_writer(written, self._alert, told)
        return written.getvalue()
