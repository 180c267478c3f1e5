"""Reading alerts from their tables, as every runtime's faces ask for it (``alerts.ports.Watching``)."""

from abc import abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager

from schemas.alerts import Alert
from schemas.views import AlertPage, AlertQuery, AlertView, CardPage, CardView, HandlingStep, ListChoices, Viewer
from streams.lists import alert_list, card_list
from streams.lists.reading import AlertReader


class ListsAlerts:
    """The part of the port that only reads these tables. Until there is sign-in all viewers see all."""

    @abstractmethod
    def _lists(self) -> AbstractContextManager[AlertReader]:
        """A reader over one moment's connection."""

    def alerts(self, query: AlertQuery, viewer: Viewer) -> AlertPage:  # noqa: ARG002 - the seam for scopes
        """One view per alert, newest ``known_at`` first. Raises Refused for a cursor that is none of ours."""
        with self._lists() as reader:
            return alert_list.page_of(reader.connection, query)

    def alert(self, alert_id: str, viewer: Viewer) -> AlertView | None:  # noqa: ARG002 - the seam for scopes
        """One alert as it stands."""
        with self._lists() as reader:
            return alert_list.view_of(reader.connection, alert_id)

    def alert_messages(self, alert_id: str, viewer: Viewer) -> list[Alert]:  # noqa: ARG002 - the seam for scopes
        """Every message of one alert, oldest first."""
        with self._lists() as reader:
            return reader.alert_messages(alert_id)

    def alert_handling(self, alert_id: str, viewer: Viewer) -> list[HandlingStep]:  # noqa: ARG002 - the seam for scopes
        """Every change of how an alert was handled, oldest first."""
        with self._lists() as reader:
            return reader.handling_of(alert_id)

    def cards(self, query: AlertQuery, viewer: Viewer) -> CardPage:  # noqa: ARG002 - the seam for scopes
        """The cards with an alert that the query finds, freshest first. Raises Refused for no cursor of ours."""
        with self._lists() as reader:
            return card_list.page_of(reader.connection, query)

    def cards_with(self, alert_ids: Sequence[str], viewer: Viewer) -> list[CardView]:  # noqa: ARG002 - the seam for scopes
        """The cards that these alerts lie on, each once."""
        with self._lists() as reader:
            return card_list.cards_with(reader.connection, alert_ids)

    def fitting_cards(self, query: AlertQuery, viewer: Viewer) -> list[str]:  # noqa: ARG002 - the seam for scopes
        """The ids of the cards that ``cards`` would answer with."""
        with self._lists() as reader:
            return card_list.fitting(reader.connection, query)

    def card_counts(self, queries: Sequence[AlertQuery], viewer: Viewer) -> list[int]:  # noqa: ARG002 - the seam for scopes
        """How many cards each query finds, up to 1,000."""
        with self._lists() as reader:
            return [card_list.count_of(reader.connection, query) for query in queries]

    def list_choices(self, viewer: Viewer) -> ListChoices:  # noqa: ARG002 - the seam for scopes
        """The owners and sources that occur."""
        with self._lists() as reader:
            return card_list.choices(reader.connection)
