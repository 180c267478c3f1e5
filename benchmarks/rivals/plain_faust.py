"""The job as a plain Faust agent with a table: ``python plain_faust.py BOOTSTRAP INPUT OUTPUT GROUP SCHEMA FOLDER``."""

import sys
from pathlib import Path

import faust
from job import Job


def main(bootstrap: str, read: str, write: str, group: str, schema: str, folder: str, partitions: str) -> None:  # noqa: PLR0913, PLR0917 - as they are told
    job = Job(Path(schema))
    app = faust.App(
        group, broker=f"kafka://{bootstrap}", key_serializer="raw", value_serializer="raw", web_enabled=False,
        store="memory://", datadir=folder, topic_partitions=int(partitions), consumer_auto_offset_reset="earliest",
    )  # fmt: skip
    sightings = app.topic(read, key_serializer="raw", value_serializer="raw")
    alerts = app.topic(write, key_serializer="raw", value_serializer="raw")
    last = app.Table("last", default=str, key_type=str, value_type=str)

    @app.agent(sightings)
    async def relocate(stream: faust.Stream) -> None:
        async for event in stream.events():
            seen = job.read(event.value)
            subject, place = seen["subject"], seen["place"]
            before = last[subject]
            if before and before != place:
                await alerts.send(
                    key=subject.encode(), value=job.alert(seen, before), partition=event.message.partition
                )
            last[subject] = place

    worker = faust.Worker(app, loglevel="WARN", quiet=True)
    worker.execute_from_commandline()


if __name__ == "__main__":
    main(*sys.argv[1:])
