"""The job in Quix Streams, with its state: ``python quix.py BOOTSTRAP INPUT OUTPUT GROUP SCHEMA FOLDER``.

Runs in an environment of its own (requirements/bench.txt): it needs another confluent-kafka than the platform.
"""

import sys
from pathlib import Path
from typing import Any

from job import Job
from quixstreams import Application, State


def main(bootstrap: str, read: str, write: str, group: str, schema: str, folder: str, _partitions: str) -> None:  # noqa: PLR0913, PLR0917 - as they are told
    job = Job(Path(schema))
    app = Application(
        broker_address=bootstrap, consumer_group=group, auto_offset_reset="earliest", state_dir=folder,
        auto_create_topics=True, loglevel="WARNING",
    )  # fmt: skip
    sightings = app.topic(read, key_deserializer="bytes", value_deserializer="bytes")
    alerts = app.topic(write, key_serializer="bytes", value_serializer="bytes")

    def relocated(value: bytes, state: State) -> Any:
        seen = job.read(value)
        place = seen["place"]
        before = state.get("place")
        state.set("place", place)
        return job.alert(seen, before) if before is not None and before != place else None

    frame = app.dataframe(sightings).apply(relocated, stateful=True)
    frame.filter(lambda alert: alert is not None).to_topic(alerts)
    app.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
