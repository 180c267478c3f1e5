"""From facts to drawings: the journey of one subject as it bears on an alert, and the newest relocations together."""

from collections.abc import Iterable
from itertools import pairwise

from alerts.console.atlas import Spot, spot_of
from alerts.console.journey import Drawing, Stop, draw
from alerts.console.telling import Telling
from schemas.alerts import Alert, AlertStatus
from schemas.views import AlertView, StayView, Timeline

STAYS_DRAWN = 6
"""Older ones are in the chart of stays; more arcs than this hide each other."""
RELOCATIONS_DRAWN = 12


def journey_of(alert: Alert, timeline: Timeline | None, telling: Telling) -> Drawing:
    """The last stays of the subject, the leg of this alert warm; that leg alone where nothing else is known."""
    found = alert.finding
    arrival = StayView(found.to_place, found.arrived_at, found.arrived_at)
    left = StayView(found.from_place, found.from_last_seen, found.from_last_seen)
    stays = sorted(timeline.stays, key=lambda stay: stay.first_seen) if timeline else []
    legs = list(pairwise(stays))[-STAYS_DRAWN + 1 :]
    if not any(_is_leg(leg, alert) for leg in legs):
        legs.append((left, arrival))
    return draw(
        [(_stop(start, telling), _stop(end, telling, latest=_is_leg((start, end), alert))) for start, end in legs],
        _summary([alert], telling),
    )


def journey_of_stays(stays: tuple[StayView, ...], telling: Telling) -> Drawing:
    """A subject's last stays without an alert in mind, the last leg warm; a single stay is a stop alone."""
    in_order = sorted(stays, key=lambda stay: stay.first_seen)[-STAYS_DRAWN:]
    legs = list(pairwise(in_order)) or [(stay, stay) for stay in in_order]
    return draw(
        [
            (_stop(start, telling), _stop(end, telling, latest=at == len(legs)))
            for at, (start, end) in enumerate(legs, 1)
        ],
        telling.words.say("Kaart van Nederland") + "".join(f"; {telling.place(stay.place)}" for stay in in_order),
    )


def flows_of(views: Iterable[AlertView], telling: Telling) -> Drawing:
    """The newest relocations that still hold, the newest of all warm."""
    alerts = [view.alert for view in views if view.alert.status is not AlertStatus.WITHDRAWN][:RELOCATIONS_DRAWN]
    legs = [
        (_named(alert.finding.from_place, telling), _named(alert.finding.to_place, telling, latest=alert is alerts[0]))
        for alert in alerts
    ]
    return draw(legs[::-1], _summary(alerts, telling))


def _named(code: str, telling: Telling, *, latest: bool = False) -> Stop:
    return Stop(code, _spot(code, telling), telling.place(code), latest)


def _is_leg(leg: tuple[StayView, StayView], alert: Alert) -> bool:
    start, end = leg
    found = alert.finding
    return (start.place, end.place, end.first_seen) == (found.from_place, found.to_place, found.arrived_at)


def _stop(stay: StayView, telling: Telling, *, latest: bool = False) -> Stop:
    days = telling.words.short_days(stay.first_seen, stay.last_seen, telling.now)
    return Stop(stay.place, _spot(stay.place, telling), f"{telling.place(stay.place)} · {days}", latest)


def _spot(code: str, telling: Telling) -> Spot:
    place = telling.places.place(code)
    return spot_of(place.lat, place.lon)


def _summary(alerts: list[Alert], telling: Telling) -> str:
    return telling.words.say("Kaart van Nederland") + "".join(
        telling.words.say(
            "; %(from_place)s naar %(to_place)s",
            from_place=telling.place(alert.finding.from_place),
            to_place=telling.place(alert.finding.to_place),
        )
        for alert in alerts
    )
