"""A schema registry that speaks Confluent's API: Confluent's own, Karapace, or Apicurio under ``/apis/ccompat/v7``."""

import json
from collections.abc import Mapping
from typing import Any

import httpx

COMPATIBILITY = "FULL_TRANSITIVE"
_MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"
_CONTENT = {"Content-Type": _MEDIA_TYPE}
_TIMEOUT_S = 5.0
_SCHEMA_BYTES_MAX = 512 * 1024
_WORDS_MAX = 500
_NONE, _REFUSED = (400, 404), (409, 422)
"""Statuses that say: there is no such thing; the schema is none, or does not go with the others."""


class RegistryAway(Exception):
    """It did not answer, or not as a registry does. Says where it should be, and nothing of who asked."""


class Incompatible(Exception):
    """It refuses a schema: what is there already could not be read with it, or the other way round."""


class Registry:
    """Asks one registry. Every call may block for 5 seconds, may be repeated, and raises RegistryAway."""

    def __init__(self, url: str) -> None:
        """``url`` may hold a name and a password; neither is ever shown."""
        asked = httpx.URL(url.rstrip("/"))
        self._where = str(asked.copy_with(userinfo=b""))
        self._client = httpx.Client(base_url=asked, timeout=_TIMEOUT_S, headers={"Accept": _MEDIA_TYPE})

    def schema(self, schema_id: int) -> Any:
        """The schema with this id, as JSON has it; None if there is none that is Avro."""
        answer = self._ask("GET", f"/schemas/ids/{schema_id}")
        if answer is None or answer.get("schemaType", "AVRO") != "AVRO":
            return None
        text = answer.get("schema")
        if not isinstance(text, str) or len(text) > _SCHEMA_BYTES_MAX:
            return None
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None

    def found(self, subject: str, schema: Mapping[str, Any]) -> int | None:
        """The id of this schema under a subject; None where it was never registered."""
        answer = self._ask("POST", f"/subjects/{subject}", {"schema": json.dumps(schema)})
        return None if answer is None else self._id_in(answer)

    def register(self, subject: str, schema: Mapping[str, Any]) -> int:
        """Make sure that a subject has this schema, and takes only what goes with all it has. Raises Incompatible."""
        answer = self._ask("POST", f"/subjects/{subject}/versions", {"schema": json.dumps(schema)})
        if answer is None:
            raise self._away("it does not take schemas")
        self._ask("PUT", f"/config/{subject}", {"compatibility": COMPATIBILITY})
        return self._id_in(answer)

    def compatibility(self, subject: str) -> str | None:
        """What a subject asks of new schemas; None where it asks nothing of its own."""
        answer = self._ask("GET", f"/config/{subject}")
        told = None if answer is None else answer.get("compatibilityLevel")
        return told if isinstance(told, str) else None

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _id_in(self, answer: Mapping[str, Any]) -> int:
        found = answer.get("id")
        if type(found) is not int or not 0 < found < 2**31:
            raise self._away("it gives no id")
        return found

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
        """Its answer; None where there is no such thing."""
        try:
            answer = self._client.request(method, path, json=body, headers=None if body is None else _CONTENT)
            if answer.status_code in _REFUSED:
                raise Incompatible(f"the schema registry at {self._where} refuses the schema{_words_of(answer)}")
            if answer.status_code in _NONE:
                return None
            told = answer.raise_for_status().json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise self._away(_kind_of(error)) from None
        if not isinstance(told, dict):
            raise self._away("it answers in another form")
        return told

    def _away(self, why: str) -> RegistryAway:
        return RegistryAway(f"the schema registry at {self._where} cannot be used: {why}")


def _words_of(answer: httpx.Response) -> str:
    """What it says is wrong: a schema names nobody."""
    try:
        said = answer.json().get("message")
    except (ValueError, AttributeError):
        return ""
    return f": {said[:_WORDS_MAX]}" if isinstance(said, str) else ""


def _kind_of(error: Exception) -> str:
    return (
        f"it answers {error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else type(error).__name__
    )


def subject_of(topic: str, schema: Mapping[str, Any], *, is_first: bool) -> str:
    """The subject of the values of a topic; a further schema of it is told apart by its record (as Confluent does)."""
    return f"{topic}-value" if is_first else f"{topic}-{schema['namespace']}.{schema['name']}"
