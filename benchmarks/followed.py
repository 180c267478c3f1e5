"""How soon a vehicle is followed everywhere once a report that names it is accepted: ``python -m benchmarks.followed``.

Two gateways, an intake worker, register and relocation, each a process. A control that names a new vehicle is published
at the first gateway. From when that is accepted, passages of the vehicle are sent to every gateway and to
``intake.vehicle``, again and again; the first that is taken in says when it was followed there.
"""

import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable

import click
import httpx
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.made_up import now_ms
from benchmarks.on_kafka import Platform, Wrong, platforms, say_machine
from schemas.reports import EventType
from schemas.times import format_time
from streams.kafka.reader import Reader
from streams.kafka.records import Out
from streams.partitions import partition_of
from streams.topics import INTAKE, REPORTS

AIM_S = 2.0
EVERY_S = 0.02
"""So often a passage is sent: times are that much too long at most."""
WITHIN_S = 10.0


@click.command()
@click.option("--vehicles", default=60, show_default=True, help="Named one after the other.")
@click.option("--gateways", default=2, show_default=True)
def main(vehicles: int, gateways: int) -> None:
    """Print a row for each place at which passages are judged."""
    console = Console()
    with platforms() as on_broker:
        platform = on_broker("followed")
        for role in ("intake", "register", "relocation"):
            platform.worker(role)
        urls = [platform.served(f"gateway-{one}", "gateway", "--http", "127.0.0.1:0") for one in range(gateways)]
        places: dict[str, Callable[[bytes, str], None]] = {
            f"gateway {one + 1}": _over_http(url) for one, url in enumerate(urls)
        }
        places["intake worker"] = _over_kafka(platform)
        found = _found(platform, urls[0], places, vehicles)
    table = Table(
        "followed at", "median ms", "p99 ms", "worst ms", "aim", title="Report accepted until a passage is a hit"
    )
    for place, took in found.items():
        ms = np.array(took) * 1000
        table.add_row(
            place,
            f"{np.median(ms):.0f}",
            f"{np.percentile(ms, 99):.0f}",
            f"{ms.max():.0f}",
            f"p99 <= {AIM_S * 1000:.0f}",
        )
    console.print(table)
    console.print(f"{vehicles} vehicles; a passage every {EVERY_S * 1000:.0f} ms at each place.")
    say_machine(console)


def _found(
    platform: Platform, first: str, places: dict[str, Callable[[bytes, str], None]], vehicles: int
) -> dict[str, list[float]]:
    hits = _Hits(platform)
    found: dict[str, list[float]] = defaultdict(list)
    client = httpx.Client()
    for number in range(vehicles):
        plate = f"VZ-{number:03}-B"
        answer = client.post(f"{first}/api/v1/events", json=_control(plate)).raise_for_status()
        accepted = time.monotonic()
        if '"accepted"' not in answer.text:
            raise Wrong(f"the control was not accepted: {answer.text[:200]}")
        sending = {place: _Sending(place, send, plate) for place, send in places.items()}
        for one in sending.values():
            one.start()
        deadline = accepted + WITHIN_S
        while not all(hits.taken_of(one.sent) for one in sending.values()):
            if time.monotonic() > deadline:
                raise Wrong(f"a vehicle was not followed everywhere within {WITHIN_S:.0f} s")
            hits.read()
        for place, one in sending.items():
            one.end()
            found[place].append(min(hits.taken_of(one.sent)) - accepted)
    return found


class _Sending(threading.Thread):
    """Sends passages of one vehicle to one place until it is ended."""

    def __init__(self, place: str, send: Callable[[bytes, str], None], plate: str) -> None:
        super().__init__(name=place, daemon=True)
        self._send, self._plate = send, plate
        self._ending = threading.Event()
        self.sent: dict[str, float] = {}
        """When each was sent, by its id."""

    def run(self) -> None:
        import json

        while not self._ending.is_set():
            event_id = str(uuid.uuid4())
            raw = json.dumps(_passage(self._plate, event_id)).encode()
            self.sent[event_id] = time.monotonic()
            self._send(raw, event_id)
            self._ending.wait(EVERY_S)

    def end(self) -> None:
        self._ending.set()
        self.join()


class _Hits:
    """Passages that were taken in: they lie in ``reports.vehicle``."""

    def __init__(self, platform: Platform) -> None:
        self._reader = Reader(platform.bootstrap)
        self._reader.add(platform.ends([REPORTS[EventType.VEHICLE]]))
        self._taken: set[str] = set()

    def read(self) -> None:
        for record in self._reader.take(0.02):
            if record.key is not None:
                self._taken.add(record.key.decode().partition("/")[0])

    def taken_of(self, sent: dict[str, float]) -> list[float]:
        return [at for event_id, at in list(sent.items()) if event_id in self._taken]


def _over_http(url: str) -> Callable[[bytes, str], None]:
    client = httpx.Client(headers={"content-type": "application/json"})

    def send(raw: bytes, _event_id: str) -> None:
        client.post(f"{url}/api/v1/events", content=raw).raise_for_status()

    return send


def _over_kafka(platform: Platform) -> Callable[[bytes, str], None]:
    from streams.kafka.writer import Writer

    writer, name = Writer(platform.bootstrap, patience_s=10), platform.cluster.named(INTAKE[EventType.VEHICLE])
    partitions = platform.cluster.partitions

    def send(raw: bytes, event_id: str) -> None:
        key = event_id.encode()
        writer.write(
            [Out(name, partition_of(key, partitions), key, raw, (("content-type", b"application/json"),), now_ms())]
        )

    return send


def _basis(type_: str, event_id: str) -> dict[str, object]:
    at = format_time(now_ms() - 1000)
    return {
        "type": type_, "event_id": event_id, "source": "verzonnen", "occurred_at": at, "recorded_at": at,
        "place": {"municipality": "GM0363"},
    }  # fmt: skip


def _control(plate: str) -> dict[str, object]:
    who = {"role": "sex_worker", "identifiers": {"bvh_person": f"VERZONNEN-{plate}"}}
    car = {"country": "NL", "plate": plate}
    return _basis("control", str(uuid.uuid4())) | {"conducted_by": "police", "persons": [who], "vehicles": [car]}


def _passage(plate: str, event_id: str) -> dict[str, object]:
    return _basis("vehicle", event_id) | {"camera": "A0-L-1.0", "country": "NL", "plate": plate}


if __name__ == "__main__":
    main()
