"""Builders: alerts, sightings and a platform in memory, all made up, with the story in the arguments."""

import time
from contextlib import contextmanager
from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from alerts.console.telling import Telling
from alerts.console.words import words_of
from processors.cards import card_id
from processors.desk import Conflicted, Desk
from processors.places import Gazetteer
from processors.requests import no_such_alert
from processors.scope import scope_of
from schemas.actions import AlertState, Handling
from schemas.alerts import Alert, AlertStatus, Finding
from schemas.reports import EventKey
from schemas.sightings import Evidence, Sighting
from schemas.times import DAY_MS, HOUR_MS, parse_time
from schemas.views import AlertView, CardMember, CardView, Conflict, NoHistory, Refused, StayView, Timeline, Viewer
from streams.lists.faces import ListsAlerts
from streams.lists.projection import Heard, Projection
from streams.lists.reading import AlertReader

ME = Viewer()
NOW = parse_time("2026-03-09T20:00:00Z")
HAARLEM, UTRECHT, ZWOLLE, AMSTERDAM, GRONINGEN = "GM0392", "GM0344", "GM0193", "GM0363", "GM0014"
EVIDENCE_OF = {
    "control": Evidence.PRESENCE,
    "bvh_mutation": Evidence.PRESENCE,
    "ad": Evidence.OFFER,
    "vehicle": Evidence.PASSAGE,
}
PLACES = Gazetteer.load()


def an_id(name):
    return str(uuid5(NAMESPACE_URL, name))


def a_token(name="made-up woman 1"):
    return uuid5(NAMESPACE_URL, name).hex


def a_telling(language="nl", now=NOW):
    return Telling(words_of(language), PLACES, now)


def a_sighting(
    place=UTRECHT,
    days_ago=0.0,
    *,
    event_type="control",
    recorded_after=HOUR_MS,
    known_after=0,
    flagged=True,
    now=NOW,
    **more,
):
    occurred_at = now - int(days_ago * DAY_MS)
    recorded_at = occurred_at + recorded_after
    told = {
        "occurred_at": occurred_at,
        "evidence": EVIDENCE_OF[event_type],
        "event_id": an_id(f"{event_type} {place} {occurred_at}"),
        "source": "avim-voorbeeld",
        "type": event_type,
        "place": place,
        "flagged": flagged,
        "recorded_at": recorded_at,
        "known_at": recorded_at + known_after,
    }
    return Sighting(**(told | more))


def an_alert(
    left=None,
    arrival=None,
    *,
    revision=1,
    status=AlertStatus.RAISED,
    subject=None,
    kind="person",
    historical=False,
    known_at=None,
    alert_id=None,
    based_on=None,
    reason=None,
    superseded_by=None,
    **found,
):
    left = left or a_sighting(HAARLEM, days_ago=9)
    arrival = arrival or a_sighting(UTRECHT, days_ago=0.1)
    finding = {
        "from_place": left.place,
        "to_place": arrival.place,
        "from_last_seen": left.occurred_at,
        "arrived_at": arrival.occurred_at,
        "arrival_event_id": arrival.event_id,
        "evidence": arrival.evidence,
        "novelty": "first",
        "certainty": "confirmed",
        "implausible": False,
        "repeat": False,
        "attention": "tell",
        "cross_region": True,
        "cross_border": False,
    }
    subject = subject or a_token()
    return Alert(
        alert_id=alert_id or an_id(f"{subject}|{arrival.place}|{arrival.event_id}"),
        revision=revision,
        status=status,
        subject_kind=kind,
        subject=subject,
        finding=Finding(**(finding | found)),
        arrival_source=arrival.source,
        arrival_type=arrival.type,
        known_at=arrival.known_at if known_at is None else known_at,
        historical=historical,
        based_on=(left, arrival) if based_on is None else based_on,
        reason=reason,
        superseded_by=superseded_by,
    )


def an_arrival(name, place=UTRECHT, days_ago=0.1, **more):
    """A sighting of an event of its own."""
    return a_sighting(place, days_ago=days_ago, event_id=an_id(name), **more)


def a_view(alert=None, *, position=1, handling=Handling.NEW, owner=None):
    alert = alert or an_alert()
    state = AlertState(alert.alert_id, 1, handling, alert.known_at, owner)
    return AlertView(alert, alert.known_at, position, state, alert.status is not AlertStatus.WITHDRAWN)


class PlatformInMemory(ListsAlerts):
    """What the console asks of a platform and no more, over the tables that the real ones list from."""

    def __init__(self, now=NOW):
        self.now = now
        self.messages = []
        self.stays = {}
        self.silent = []
        self.zero = []
        self.met = ()
        self._projection = Projection(1, lambda code: PLACES.place(code).region)
        self._decided = 0

    def tell(self, *alerts):
        for alert in alerts:
            self._projection.hear_alert(Heard(0, len(self.messages)), alert)
            self.messages.append(alert)
            if not self.alert_handling(alert.alert_id, ME):
                self._decide(Desk.initial(alert))
        self._projection.commit()

    def _decide(self, state, action=None):
        self._projection.hear_state(Heard(0, self._decided), state, action and action.action_id)
        if action is not None:
            self._projection.hear_action(action)
        self._decided += 1
        self._projection.commit()

    @contextmanager
    def _lists(self):
        with self._projection.database.reading() as connection:
            yield AlertReader(connection)

    def _region_of(self, place):
        return PLACES.place(place).region

    def zero_signals(self, since, viewer):
        return self._counts_seen(self.zero, viewer)

    def silent_sources(self, now, viewer):
        if self.silent is None:
            raise NoHistory("there is no history here")
        return self.silent

    def act_on_alert(self, action, viewer):
        view = self.alert(action.alert_id, viewer)
        if view is None:
            raise Refused([no_such_alert()])
        match Desk.decide(view.state, action, self.now):
            case AlertState() as state:
                self._decide(state, action)
                return state
            case Conflicted(current):
                raise Conflict(current)
            case problem:
                raise Refused([problem])

    def act_on_alerts(self, actions, viewer):
        return [self._answer_to(action, viewer) for action in actions]

    def _answer_to(self, action, viewer):
        try:
            return self.act_on_alert(action, viewer)
        except (Conflict, Refused) as why:
            return why

    def alerts_end(self):
        return self._projection.alerts_end()

    def states_end(self):
        return self._projection.states_end()

    def alerts_after(self, position, limit, viewer):
        return self._projection.alerts_after(position, limit, scope_of(viewer))

    def states_after(self, position, limit, viewer):
        return self._projection.states_after(position, limit, scope_of(viewer))

    def left_since(self, alerts, states, viewer):
        return self._projection.left_since(alerts, states, scope_of(viewer))

    def has_come_to(self, position):
        return position <= self.alerts_end()

    def wait_for_news(self, news, timeout_s):
        deadline = time.monotonic() + timeout_s
        while self._projection.news() == news and time.monotonic() < deadline:
            time.sleep(0.02)
        return self._projection.news()

    def timeline(self, subject, viewer):
        sightings = sorted({s for m in self.messages if m.subject == subject for s in m.based_on})
        if not sightings:
            return None
        stays = self.stays.get(subject) or tuple(StayView(s.place, s.occurred_at, s.occurred_at) for s in sightings)
        return self._seen_part(Timeline(subject, "person", tuple(sightings), (), stays, NOW, False), viewer)

    def companions(self, subject, viewer):
        return self.met

    def readiness(self):
        return {"ready": True}


def a_member(alert=None, *, before=None, successor=None, **more):
    return CardMember(a_view(alert, **more), before, successor)


def a_card(*members, repeats=0):
    """The card of some alerts, or of one."""
    members = members or (a_member(),)
    first = members[0].view.alert
    event = EventKey(first.arrival_source, first.arrival_type, first.finding.arrival_event_id)
    return CardView(card_id(event), max(member.view.alert.known_at for member in members), members, repeats)


def withdrawn(alert, **changes):
    return replace(alert, status=AlertStatus.WITHDRAWN, revision=alert.revision + 1, **changes)
