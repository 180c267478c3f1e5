"""What to type to see a first alert: two made-up controls of one made-up woman, in two municipalities."""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from schemas.times import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, format_time


def first_publish(base_url: str, now: int) -> str:
    """A command for a shell; its times are just before ``now`` (UTC ms), so that it is news and not history."""
    minute = now - now % MINUTE_MS
    lines = [_control("Haarlem", minute - 9 * DAY_MS), _control("Utrecht", minute - HOUR_MS)]
    body = "\n".join(json.dumps(line, separators=(",", ":")) for line in lines)
    return (
        f"curl -H 'Content-Type: application/x-ndjson' --data-binary @- \\\n"
        f"  {base_url.rstrip('/')}/api/v1/events <<'EINDE'\n{body}\nEINDE"
    )


def _control(place: str, occurred_at: int) -> dict[str, Any]:
    return {
        "type": "control",
        "event_id": str(uuid5(NAMESPACE_URL, f"voorbeeld:{place}:{occurred_at}")),
        "source": "voorbeeld",
        "occurred_at": _time(occurred_at),
        "recorded_at": _time(occurred_at + MINUTE_MS),
        "place": {"name": place},
        "conducted_by": "police",
        "licensed": False,
        "persons": [{"role": "sex_worker", "identifiers": {"bvh_person": "VERZONNEN-1"}}],
    }


def _time(at: int) -> str:
    return format_time(at - at % SECOND_MS).replace(".000Z", "Z")
