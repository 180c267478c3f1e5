"""Made-up events as an integration would write them."""

from datetime import UTC, datetime, timedelta

from relocation.client import Control, Document, Passage, Person, Place, Vehicle, event_id_of

MADE_UP_DOCUMENT, MADE_UP_BVH, MADE_UP_PLATE, MADE_UP_PHONE = "XX9990001", "VERZONNEN-7", "VZ-999-X", "+31600000001"
IDENTIFIERS = (MADE_UP_DOCUMENT, MADE_UP_BVH, MADE_UP_PLATE, MADE_UP_PHONE)


def ago(days):
    return datetime.now(UTC) - timedelta(days=days)


def a_control(case="case 1", *, days_ago=1, place="GM0363", **more):
    """A control of one made-up woman."""
    fields = {
        "event_id": event_id_of("avim-made-up", case),
        "source": "avim-made-up",
        "occurred_at": ago(days_ago),
        "recorded_at": ago(days_ago),
        "place": place if isinstance(place, Place) else Place(municipality=place),
        "conducted_by": "police",
        "persons": [
            Person(role="sex_worker", bvh_person=MADE_UP_BVH, document=Document("RO", MADE_UP_DOCUMENT)),
        ],
        "vehicles": [Vehicle("NL", MADE_UP_PLATE)],
        "phones": [MADE_UP_PHONE],
    }
    return Control(**fields | more)


def a_passage(number=1):
    """A passage of a made-up car."""
    at = ago(0.1)
    return Passage(
        event_id=event_id_of("anpr-made-up", number),
        source="anpr-made-up",
        occurred_at=at,
        recorded_at=at,
        place=Place(lat=52.09, lon=5.12),
        camera="A0-L-1.0",
        country="NL",
        plate=MADE_UP_PLATE,
    )
