"""The document at /api/openapi.json says what is so: every answer that is given is documented, in the form it has."""

import gzip
import json
from collections.abc import Iterator
from typing import Any, get_args

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.http import asked, models
from alerts.http.event_stream import MEDIA_TYPE
from processors.requests import CHOICES
from schemas.actions import Action, Handling
from schemas.alerts import AlertStatus
from tests.http.standin import KNOWN, StandIn, an_alert, asking

SECRET = "XR123456"
ALERT_ID = an_alert().alert_id


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    platform = StandIn()
    for _ in range(3):
        platform.raises()
    with asking(platform) as made:
        yield made


class Document(dict[str, Any]):
    """The document; too long to show whenever a test fails."""

    def __repr__(self) -> str:
        return "<openapi.json>"


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> Document:
    return Document(client.get("/api/openapi.json").json())


def test_the_words_of_actions_are_those_of_the_desk() -> None:
    assert list(get_args(asked.ActionWord)) == list(Action)
    assert list(get_args(asked.OutcomeWord)) == list(CHOICES)
    assert list(get_args(models.StatusWord)) == [*AlertStatus, "active", *Handling]
    assert list(get_args(models.HandlingWord)) == list(Handling)


def check(document: Document, path: str, answer: httpx.Response) -> None:
    """Fails unless the document knows this answer: its status, its type, its form."""
    operation = document["paths"][path][answer.request.method.lower()]
    documented = operation["responses"].get(str(answer.status_code))
    assert documented is not None, (
        f"{answer.request.method} {path} answers {answer.status_code}, which is not documented"
    )
    kind = answer.headers["content-type"].partition(";")[0]
    assert kind in documented["content"], f"{path}: {answer.status_code} comes as {kind}"
    reference = documented["content"][kind].get("schema", {}).get("$ref")
    if reference is not None:
        getattr(models, reference.rpartition("/")[2]).model_validate(answer.json())


def test_every_reference_leads_somewhere(document: Document) -> None:
    text = json.dumps(document)
    for part in text.split('"$ref": "#/components/schemas/')[1:]:
        assert part.partition('"')[0] in document["components"]["schemas"]


def test_every_operation_says_what_it_does_and_shows_its_errors(document: Document) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], path
            assert operation["description"], path
            assert "HTTPValidationError" not in json.dumps(operation)
            for status, response in operation["responses"].items():
                assert response["description"]
                if int(status) >= 400 and not (path == "/api/v1/events" and status == "422"):
                    assert "application/problem+json" in response["content"], (method, path, status)
            if method == "post":
                assert operation["requestBody"]["content"]["application/json"]


def test_examples_have_the_form_they_are_examples_of(document: Document) -> None:
    shown = 0
    for operations in document["paths"].values():
        for operation in operations.values():
            for response in operation["responses"].values():
                for content in response.get("content", {}).values():
                    if "example" in content and "$ref" in content.get("schema", {}):
                        name = content["schema"]["$ref"].rpartition("/")[2]
                        getattr(models, name).model_validate(content["example"])
                        shown += 1
    assert shown > 20


def test_the_stream_is_documented(document: Document) -> None:
    assert MEDIA_TYPE in document["paths"]["/api/v1/alerts/stream"]["get"]["responses"]["200"]["content"]
    models.StreamedAlertBody.model_json_schema()
    assert "StreamedAlertBody" in document["components"]["schemas"]


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/healthz", "/healthz"),
        ("/readyz", "/readyz"),
        ("/metrics", "/metrics"),
        ("/api/v1/alerts", "/api/v1/alerts"),
        ("/api/v1/alerts", "/api/v1/alerts?limit=x"),
        ("/api/v1/alerts/{alert_id}", f"/api/v1/alerts/{ALERT_ID}"),
        ("/api/v1/alerts/{alert_id}", f"/api/v1/alerts/{ALERT_ID[::-1]}"),
        ("/api/v1/alerts/{alert_id}", "/api/v1/alerts/x"),
        ("/api/v1/subjects/{token}/timeline", f"/api/v1/subjects/{KNOWN}/timeline"),
        ("/api/v1/subjects/{token}/timeline", f"/api/v1/subjects/{'b' * 32}/timeline"),
        ("/api/v1/subjects/{token}/timeline", "/api/v1/subjects/x/timeline"),
        ("/api/v1/alerts/stream", "/api/v1/alerts/stream?last_event_id=x"),
    ],
)
def test_answers_to_questions_are_documented(client: httpx.Client, document: Document, path: str, url: str) -> None:
    check(document, path, client.get(url))


POSTS = {
    "/api/v1/events": "/api/v1/events",
    "/api/v1/alerts/{alert_id}/actions": f"/api/v1/alerts/{ALERT_ID}/actions",
    "/api/v1/subjects/{token}/actions": f"/api/v1/subjects/{KNOWN}/actions",
    "/api/v1/subjects/lookup": "/api/v1/subjects/lookup",
}
GOOD: list[dict[str, Any]] = [
    {"event_id": "e1"},
    {"action_id": "a", "action": "comment", "expected": 1, "comment": "Gebeld."},
    {"action_id": "a", "action": "unfollow", "reason": "Klaar."},
    {"identifier": {"bvh_person": "P-VOORBEELD-1"}, "purpose": "Voorbeeld"},
]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.sampled_from([SECRET, "take", "follow", KNOWN])
)
KEYS = st.sampled_from([*(key for body in GOOD for key in body), "document", "number", "until", "event", SECRET])
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))
NEARLY = st.builds(
    lambda good, changed: {**good, **changed}, st.sampled_from(GOOD), st.dictionaries(KEYS, VALUES, max_size=3)
)
BODIES = st.one_of(
    NEARLY.map(lambda told: json.dumps(told).encode()),
    VALUES.map(lambda told: json.dumps(told).encode()),
    st.binary(max_size=200),
    st.sampled_from(
        [
            b"",
            b"[" * 60_000,
            b'{"a":' * 10_000,
            b"\xff\xfe",
            SECRET.encode(),
            b'{"a":1,"a":2}',
            b'"\\ud800"',
            b"1e999",
            b"9" * 5000,
        ]
    ),
    st.binary(max_size=50).map(gzip.compress),
)


@given(
    path=st.sampled_from(sorted(POSTS)),
    body=BODIES,
    headers=st.fixed_dictionaries(
        {"Content-Type": st.sampled_from(["application/json", "application/x-ndjson", "text/plain", SECRET])},
        optional={"Content-Encoding": st.sampled_from(["identity", "gzip", SECRET])},
    ),
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_sent_the_answer_is_documented_and_never_500_and_never_an_echo(
    client: httpx.Client, document: Document, path: str, body: bytes, headers: dict[str, str]
) -> None:
    answer = client.post(POSTS[path], content=body, headers=headers)
    assert answer.status_code < 500
    assert SECRET not in answer.text
    assert SECRET not in str(answer.headers)
    check(document, path, answer)


@given(
    path=st.text("abc/.%{}é🦦 -_", max_size=30),
    query=st.dictionaries(
        st.sampled_from(["limit", "since", "to", "cursor", SECRET]), st.text(max_size=20), max_size=3
    ),
    method=st.sampled_from(["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "POST"]),
    prefix=st.sampled_from(["/", "/api/v1/alerts", "/api/v1/alerts/", "/api/v1/subjects/", "/api/v1/events"]),
)
@settings(max_examples=200, deadline=None)
def test_whatever_is_asked_the_answer_is_json_and_never_500_and_never_an_echo(
    client: httpx.Client, path: str, query: dict[str, str], method: str, prefix: str
) -> None:
    url = httpx.URL(str(client.base_url)).copy_with(path=prefix + path, params=query)
    answer = client.request(method, url)
    assert answer.status_code < 500
    assert SECRET not in answer.text
    if answer.status_code >= 400 and answer.content:
        models.ProblemBody.model_validate(answer.json())
