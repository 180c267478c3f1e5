"""The detector to beat: it alerts whenever a report places a subject elsewhere than the one that arrived before."""

from typing import Any

from relocation.simulation import tokens
from relocation.simulation.drafts import Draft, Shown
from relocation.simulation.moments import written_time


class LatestPlaceDiffers:
    """The latest place per token. It is spared what form and legal gate refuse, and keeps only followed plates."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._latest: dict[str, tuple[str, int]] = {}
        self._followed: set[str] = set()
        self.alerts: list[dict[str, Any]] = []

    def see(self, draft: Draft) -> None:
        """Take in the next event in order of arrival."""
        if draft.broken or draft.withdrawn or draft.facts.get("online") is False:
            return
        for person in draft.persons:
            token = self._person(person)
            if token is not None:
                self._place("person", token, draft)
        for plate in draft.cars:
            token = plate.token(self._key)
            if draft.type != "vehicle":
                self._followed.add(token)
            if token in self._followed:
                self._place("vehicle", token, draft)
        for phone in draft.phones:
            self._place("phone", tokens.of_phone(self._key, phone), draft)
        for photo in draft.photos:
            self._place("photo", tokens.of_photo(self._key, photo), draft)

    def _person(self, shown: Shown) -> str | None:
        if shown.bvh:
            return tokens.of_bvh(self._key, shown.bvh)
        named = shown.document or shown.name
        return None if named is None else named.token(self._key)

    def _place(self, kind: str, token: str, draft: Draft) -> None:
        place = draft.spot.code
        before = self._latest.get(token)
        self._latest[token] = (place, draft.occurred_at)
        if before is None or before[0] == place:
            return
        self.alerts.append(
            {
                "subject_kind": kind,
                "subject": token,
                "from": before[0],
                "to": place,
                "from_last_seen": written_time(before[1]),
                "arrived_at": written_time(draft.occurred_at),
            }
        )
