"""The history of a running ``up``, asked over its HTTP: one process holds the engine's folder, and that is it."""

from typing import Any

import httpx

from relocation.exits import FAILED, UNREACHABLE, UNUSABLE, Failure
from schemas.times import format_time
from schemas.views import AlertQuery, Viewer

_SECONDS = 60


class RemoteHistory:
    """The same questions as ``Historian`` answers; they raise Failure. The server decides who the viewer is."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/api/v1/history", timeout=_SECONDS, trust_env=False)

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def subject(self, token: str, viewer: Viewer, as_of: int | None = None) -> dict[str, Any]:  # noqa: ARG002
        """The sightings of a subject, now or as known at a time (UTC ms)."""
        return self._ask("GET", f"/subject/{token}", params=_given(as_of=_told(as_of)))

    def alerts(self, query: AlertQuery, viewer: Viewer, as_of: int | None = None) -> dict[str, Any]:  # noqa: ARG002
        """The alerts as they stand, or stood at a time (UTC ms)."""
        filters = _given(
            status=query.status,
            unit=query.unit,
            to=query.to,
            subject=query.subject,
            limit=query.limit,
            as_of=_told(as_of),
        )
        return self._ask("GET", "/alerts", params=filters)

    def stats(self, viewer: Viewer, place: str | None = None) -> dict[str, Any]:  # noqa: ARG002
        """Counts per place and month."""
        return self._ask("GET", "/stats", params=_given(place=place))

    def sql(self, select: str, viewer: Viewer) -> dict[str, Any]:  # noqa: ARG002
        """Rows of somebody's own SELECT."""
        return self._ask("POST", "/sql", json={"select": select})

    def status(self, viewer: Viewer) -> dict[str, Any]:  # noqa: ARG002
        """How far the history has come."""
        return self._ask("GET", "/status")

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            response = self._http.request(method, path, **more)
        except httpx.HTTPError:
            raise Failure("the running `up` does not answer: ask again later", UNREACHABLE) from None
        if response.status_code == httpx.codes.OK:
            answer: dict[str, Any] = response.json()
            return answer
        raise _failure(response)


def _failure(response: httpx.Response) -> Failure:
    try:
        told = response.json()
    except ValueError:
        told = {}
    lines = [f"{one['message']} {one.get('hint', '')}".strip() for one in told.get("errors", ())]
    asked_wrong = response.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    words = lines or [told.get("detail", f"the running `up` answered {response.status_code}")]
    return Failure("\n".join(words), UNUSABLE if asked_wrong else FAILED)


def _given(**parameters: Any) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}


def _told(at: int | None) -> str | None:
    return None if at is None else format_time(at)
