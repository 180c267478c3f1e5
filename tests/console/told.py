"""Builders: alerts, sightings and a platform in memory, all made up, with the story in the arguments."""

import time
from dataclasses import dataclass, field, replace
from uuid import NAMESPACE_URL, uuid5

from alerts.console.telling import Telling
from alerts.console.words import words_of
from processors.cards import Cards
from processors.desk import Conflicted, Desk
from processors.places import Gazetteer
from schemas.actions import AlertState, Handling
from schemas.alerts import Alert, AlertStatus, Finding
from schemas.sightings import Evidence, Sighting
from schemas.times import DAY_MS, HOUR_MS, parse_time
from schemas.views import (
    AlertPage,
    AlertQuery,
    AlertView,
    CardMember,
    CardPage,
    CardView,
    Conflict,
    HandlingStep,
    ListChoices,
    Refused,
    StayView,
    Streamed,
    Timeline,
    Viewer,
)

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


def a_view(alert=None, *, position=1, handling=Handling.NEW, owner=None):
    alert = alert or an_alert()
    state = AlertState(alert.alert_id, 1, handling, alert.known_at, owner)
    return AlertView(alert, alert.known_at, position, state, alert.status is not AlertStatus.WITHDRAWN)


@dataclass
class PlatformInMemory:
    """Holds alert messages in the order told; what the console asks of a platform and no more."""

    messages: list[Alert] = field(default_factory=list)
    stays: dict[str, tuple[StayView, ...]] = field(default_factory=dict)
    steps: dict[str, list[HandlingStep]] = field(default_factory=dict)

    def tell(self, *alerts):
        self.messages.extend(alerts)

    def alerts(self, query: AlertQuery, viewer: Viewer) -> AlertPage:
        ids = dict.fromkeys(message.alert_id for message in self.messages)
        found = (self.alert(alert_id, viewer) for alert_id in ids)
        views = sorted((view for view in found if _fits(view, query)), key=lambda view: -view.alert.known_at)
        start = int(query.cursor or 0)
        more = start + query.limit < len(views)
        return AlertPage(tuple(views[start : start + query.limit]), str(start + query.limit) if more else None)

    def alert(self, alert_id, viewer):
        found = [(at, message) for at, message in enumerate(self.messages, 1) if message.alert_id == alert_id]
        if not found:
            return None
        position, alert = found[-1]
        state = self.alert_handling(alert_id, viewer)[-1].state
        return AlertView(alert, alert.known_at, position, state, alert.status is not AlertStatus.WITHDRAWN)

    def cards(self, query: AlertQuery, viewer: Viewer) -> CardPage:
        grouping = self._grouping()
        fitting = self.alerts(replace(query, limit=1000, cursor=None), viewer).items
        freshest = sorted({(at, card) for view in fitting for card, _, at in [grouping.where(view.alert.alert_id)]})[
            ::-1
        ]
        start = int(query.cursor or 0)
        more = start + query.limit < len(freshest)
        shown = tuple(self._card(card, grouping, viewer) for _, card in freshest[start : start + query.limit])
        return CardPage(shown, str(start + query.limit) if more else None)

    def _grouping(self):
        grouping = Cards(14 * DAY_MS)
        for message in self.messages:
            grouping.tell(message)
        return grouping

    def _card(self, card, grouping, viewer):
        lies = {message.alert_id: grouping.where(message.alert_id) for message in self.messages}
        own = [alert_id for alert_id, where in lies.items() if where.card == where.event == card]
        members = tuple(self._member(alert_id, viewer) for alert_id in own)
        repeats = {where.event for where in lies.values() if where.card == card} - {card}
        return CardView(card, lies[own[0]].at, members, len(repeats))

    def _member(self, alert_id, viewer):
        view = self.alert(alert_id, viewer)
        before = self.alert_messages(alert_id, viewer)[-2:-1]
        successor = self.alert(view.alert.superseded_by or "", viewer)
        return CardMember(view, before[0] if before else None, successor.alert if successor else None)

    def cards_with(self, alert_ids, viewer):
        grouping, known = self._grouping(), {message.alert_id for message in self.messages}
        found = dict.fromkeys(grouping.where(alert_id).card for alert_id in alert_ids if alert_id in known)
        return [self._card(card, grouping, viewer) for card in found]

    def fitting_cards(self, query, viewer):
        return [card.card_id for card in self.cards(query, viewer).items]

    def card_counts(self, queries, viewer):
        return [len(self.cards(replace(query, limit=1000, cursor=None), viewer).items) for query in queries]

    def list_choices(self, viewer):
        owners = {steps[-1].state.owner for steps in self.steps.values()} - {None}
        return ListChoices(tuple(sorted(owners)), tuple(sorted({m.arrival_source for m in self.messages})))

    def alert_handling(self, alert_id, viewer):
        first = HandlingStep(Desk.initial(next(m for m in self.messages if m.alert_id == alert_id)), None)
        return self.steps.setdefault(alert_id, [first])

    def act_on_alert(self, action, viewer):
        steps = self.alert_handling(action.alert_id, viewer)
        match Desk.decide(steps[-1].state, action, NOW):
            case AlertState() as state:
                steps.append(HandlingStep(state, action))
                return state
            case Conflicted(current):
                raise Conflict(current)
            case problem:
                raise Refused([problem])

    def act_on_alerts(self, actions, viewer):
        return [self._decided(action, viewer) for action in actions]

    def _decided(self, action, viewer):
        try:
            return self.act_on_alert(action, viewer)
        except (Conflict, Refused) as why:
            return why

    def states_end(self):
        return (sum(map(len, self.steps.values())),)

    def alert_messages(self, alert_id, viewer):
        return [message for message in self.messages if message.alert_id == alert_id]

    def alerts_after(self, position, limit, viewer):
        found = [Streamed((at,), at, alert) for at, alert in enumerate(self.messages, 1)]
        return found[position[0] : position[0] + limit]

    def alerts_end(self):
        return (len(self.messages),)

    def has_come_to(self, position):
        return position <= self.alerts_end()

    def wait_for_news(self, news, timeout_s):
        deadline = time.monotonic() + timeout_s
        while len(self.messages) == news and time.monotonic() < deadline:
            time.sleep(0.02)
        return len(self.messages)

    def timeline(self, subject, viewer):
        sightings = sorted({s for m in self.messages if m.subject == subject for s in m.based_on})
        if not sightings:
            return None
        stays = self.stays.get(subject) or tuple(StayView(s.place, s.occurred_at, s.occurred_at) for s in sightings)
        return Timeline(subject, "person", tuple(sightings), (), stays, NOW, False)

    def readiness(self):
        return {"ready": True}


def _fits(view, query):
    state, alert = view.state, view.alert
    put_aside = state.handling in ("snoozed", "closed") and alert.status is not AlertStatus.WITHDRAWN
    wanted = {
        "pushed": alert.pushed,
        "put_aside": put_aside,
        "closed": state.handling == "closed",
        "owner": state.owner,
        "unowned": state.owner is None,
        "cross_border": alert.finding.cross_border,
        "status": str(state.handling),
    }
    return (query.ids is None or alert.alert_id in query.ids) and all(
        getattr(query, name) in (None, so) for name, so in wanted.items()
    )


def withdrawn(alert, **changes):
    return replace(alert, status=AlertStatus.WITHDRAWN, revision=alert.revision + 1, **changes)
