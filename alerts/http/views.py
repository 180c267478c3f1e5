"""The JSON of what the API tells: alerts in the black-box form of DESIGN section 8 and more, timelines, look-ups."""

from typing import Any

from processors.alias import alias_of
from schemas.alerts import Alert
from schemas.times import format_time
from schemas.views import AlertPage, AlertView, Timeline

LAST_CONTACTS = 5


def message_json(position: int, alert: Alert) -> dict[str, Any]:
    """One message of the alert stream."""
    return {**alert.as_json(), "alias": alias_of(alert.subject), "position": position, "pushed": alert.pushed}


def alert_json(view: AlertView) -> dict[str, Any]:
    """One alert as it stands."""
    return {
        **message_json(view.position, view.alert),
        "raised_at": format_time(view.raised_at),
        "active": view.active,
        "state": view.state.as_json(),
    }


def page_json(page: AlertPage) -> dict[str, Any]:
    """One page of alerts."""
    return {"items": [alert_json(view) for view in page.items], "next": page.next}


def timeline_json(timeline: Timeline) -> dict[str, Any]:
    """All that is known of a subject."""
    return {
        "subject": timeline.subject,
        "alias": alias_of(timeline.subject),
        "subject_kind": timeline.subject_kind,
        "followed": timeline.followed,
        "sightings": [sighting.as_json() for sighting in timeline.sightings],
        "struck": [sighting.as_json() for sighting in timeline.struck],
        "stays": [
            {
                "place": stay.place,
                "first_seen": format_time(stay.first_seen),
                "last_seen": format_time(stay.last_seen),
            }
            for stay in timeline.stays
        ],
        "complete_until": format_time(timeline.complete_until),
        **_contacts_json(timeline),
    }


def lookup_json(timeline: Timeline | None) -> dict[str, Any]:
    """Whether we have met her, and the last contacts, newest first."""
    if timeline is None:
        return {"known": False}
    newest_first = sorted(timeline.sightings, reverse=True)
    return {
        "known": True,
        "subject": timeline.subject,
        "alias": alias_of(timeline.subject),
        "subject_kind": timeline.subject_kind,
        "last_contacts": [sighting.as_json() for sighting in newest_first[:LAST_CONTACTS]],
        "complete_until": format_time(timeline.complete_until),
        **_contacts_json(timeline),
    }


def _contacts_json(timeline: Timeline) -> dict[str, Any]:
    """What the viewer does not see of it; who sees the whole country is told as ever."""
    told = [{"day": format_time(one.day)[:10], "unit": one.unit, "type": one.type} for one in timeline.contacts]
    return {"contacts": told} if told else {}
