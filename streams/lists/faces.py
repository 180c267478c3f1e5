"""Reading alerts from their tables, as every runtime's faces ask for it (``alerts.ports.Watching``)."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from processors.alias import Spoken
from processors.contacts import seen_part, stays_within
from processors.requests import no_such_alert
from processors.scope import scope_of
from processors.subject_requests import not_seen
from processors.zero_signals import counted
from schemas.actions import AlertAction, AlertState, SubjectAction
from schemas.alerts import Alert
from schemas.dossiers import Companion
from schemas.reports import EventKey
from schemas.views import (
    AlertPage,
    AlertQuery,
    AlertView,
    Called,
    CardPage,
    CardView,
    Chance,
    HandlingStep,
    ListChoices,
    Refused,
    Timeline,
    Track,
    Viewer,
)
from streams.lists import alert_list, called, card_list, records
from streams.lists.reading import AlertReader

SHARING_MAX = 500
"""Alerts of a subject whose evidence is looked at."""


class ListsAlerts:
    """The part of the port that only reads these tables. A viewer sees what ``processors.scope`` says."""

    @abstractmethod
    def _lists(self) -> AbstractContextManager[AlertReader]:
        """A reader over one moment's connection."""

    @abstractmethod
    def timeline(self, subject: str, viewer: Viewer) -> Timeline | None:
        """What the viewer may know of the subject, or None."""

    @abstractmethod
    def _region_of(self, place: str) -> str:
        """The police unit of a place, abroad its country code."""

    def alerts(self, query: AlertQuery, viewer: Viewer) -> AlertPage:
        """One view per alert, newest ``known_at`` first. Raises Refused for a cursor that is none of ours."""
        with self._lists() as reader:
            return alert_list.page_of(reader.connection, query, scope_of(viewer))

    def alert(self, alert_id: str, viewer: Viewer) -> AlertView | None:
        """One alert as it stands."""
        with self._lists() as reader:
            return alert_list.view_of(reader.connection, alert_id, scope_of(viewer))

    def alert_messages(self, alert_id: str, viewer: Viewer) -> list[Alert]:
        """Every message of one alert, oldest first."""
        with self._lists() as reader:
            return reader.alert_messages(alert_id) if _is_seen(reader, alert_id, viewer) else []

    def alert_handling(self, alert_id: str, viewer: Viewer) -> list[HandlingStep]:
        """Every change of how an alert was handled, oldest first."""
        with self._lists() as reader:
            return reader.handling_of(alert_id) if _is_seen(reader, alert_id, viewer) else []

    def cards(self, query: AlertQuery, viewer: Viewer) -> CardPage:
        """The cards with an alert that the query finds, freshest first. Raises Refused for no cursor of ours."""
        with self._lists() as reader:
            return card_list.page_of(reader.connection, query, scope_of(viewer))

    def cards_with(self, alert_ids: Sequence[str], viewer: Viewer) -> list[CardView]:
        """The cards that these alerts lie on, each once."""
        with self._lists() as reader:
            return card_list.cards_with(reader.connection, alert_ids, scope_of(viewer))

    def fitting_cards(self, query: AlertQuery, viewer: Viewer) -> list[str]:
        """The ids of the cards that ``cards`` would answer with."""
        with self._lists() as reader:
            return card_list.fitting(reader.connection, query, scope_of(viewer))

    def card_counts(self, queries: Sequence[AlertQuery], viewer: Viewer) -> list[int]:
        """How many cards each query finds, up to 1,000."""
        with self._lists() as reader:
            return [card_list.count_of(reader.connection, query, scope_of(viewer)) for query in queries]

    def called(self, spoken: Spoken, viewer: Viewer) -> list[Called]:
        """Subjects whose alias fits what was heard, the newest alert first."""
        with self._lists() as reader:
            return called.called(reader.connection, spoken, scope_of(viewer))

    def list_choices(self, viewer: Viewer) -> ListChoices:
        """The owners and sources that occur."""
        with self._lists() as reader:
            return card_list.choices(reader.connection, scope_of(viewer))

    def chances(self, alerts: Sequence[Alert], viewer: Viewer) -> dict[str, Chance]:  # noqa: ARG002 - who sees the alert sees this
        """By alert_id, how long the chance that each tells of may last."""
        with self._lists() as reader:
            return records.chances_of(reader.connection, alerts)

    def tracks(self, alert: Alert, viewer: Viewer) -> list[Track]:  # noqa: ARG002 - counts, not small ones, are for all
        """What came of others like it."""
        with self._lists() as reader:
            return records.tracks_of(reader.connection, alert, self._region_of(alert.finding.to_place))

    def _counts_seen(self, places: Iterable[str], viewer: Viewer) -> dict[str, int]:
        """How many there are per place that the viewer's unit is of, small counts left out."""
        scope = scope_of(viewer)
        return counted(place for place in places if scope is None or self._region_of(place) in scope)

    def hidden_among(self, alert_ids: Sequence[str], viewer: Viewer) -> set[str]:
        """Those of these alerts that the viewer does not see."""
        scope = scope_of(viewer)
        if scope is None:
            return set()
        with self._lists() as reader:
            return {
                alert_id for alert_id in set(alert_ids) if not alert_list.view_of(reader.connection, alert_id, scope)
            }

    def _answered_unseen(self, actions: Sequence[AlertAction], viewer: Viewer) -> dict[str, AlertState | Refused]:
        """By ``action_id``, the answers to requests about alerts that the viewer does not see.

        There is no such alert, unless the request was done when it was still seen and the answer got lost on its way.
        """
        hidden = self.hidden_among([action.alert_id for action in actions], viewer)
        unseen = [action for action in actions if action.alert_id in hidden]
        if not unseen:
            return {}
        with self._lists() as reader:
            return {one.action_id: reader.answer_to(one) or Refused([no_such_alert()]) for one in unseen}

    def _seen_part(self, timeline: Timeline | None, viewer: Viewer) -> Timeline | None:
        """What the viewer sees of a timeline."""
        scope = scope_of(viewer)
        if timeline is None or scope is None:
            return timeline
        page = self.alerts(AlertQuery(subject=timeline.subject, limit=SHARING_MAX), viewer)
        shared = frozenset(seen.event for view in page.items for seen in view.alert.based_on)
        return seen_part(timeline, scope, shared, self._region_of)

    def _events_seen(self, subject: str, viewer: Viewer) -> frozenset[EventKey] | None:
        """The events of the subject that the viewer sees; None: all."""
        if scope_of(viewer) is None:
            return None
        timeline = self.timeline(subject, viewer)
        return frozenset() if timeline is None else events_of(timeline)

    def _seen_of_companions(self, companions: tuple[Companion, ...], viewer: Viewer) -> tuple[Companion, ...]:
        """The same with those of their stays and passages that the viewer sees."""
        scope = scope_of(viewer)
        if scope is None:
            return companions
        return tuple(
            replace(
                one,
                stays=stays_within(one.stays, scope, self._region_of),
                transit=stays_within(one.transit, scope, self._region_of),
            )
            for one in companions
        )

    def _require_sighting(self, action: SubjectAction, viewer: Viewer) -> None:
        """Raises Refused for a strike of a sighting that is not of what the viewer sees."""
        if action.event is None:
            return
        seen = self._events_seen(action.subject, viewer)
        if seen is not None and action.event not in seen:
            raise Refused([not_seen().problem])


def events_of(timeline: Timeline) -> frozenset[EventKey]:
    """The events of its sightings, counting and struck."""
    return frozenset(seen.event for seen in (*timeline.sightings, *timeline.struck))


def _is_seen(reader: AlertReader, alert_id: str, viewer: Viewer) -> bool:
    scope = scope_of(viewer)
    return scope is None or alert_list.view_of(reader.connection, alert_id, scope) is not None
