"""What every request passes: Host, Origin, headers, request ids, the log; nobody's secrets in any of it."""

import json
import logging
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import APIRouter
from starlette.responses import HTMLResponse

from alerts.http.options import HttpOptions, Limits
from tests.http.standin import KNOWN, StandIn, asking, serving

EVENTS = "/api/v1/events"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with asking(StandIn(), HttpOptions(allowed_origins=("https://console.example",))) as made:
        yield made


def port_of(client: httpx.Client) -> int | None:
    return client.base_url.port


# Who may ask


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:9999", "localhost", "LOCALHOST:1", "[::1]:80"])
def test_our_own_hosts_are_served(client: httpx.Client, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "a@127.0.0.1", "127.0.0.1:x", "", "[::1", "127.0.0.1/x"]
)
def test_another_host_is_misdirected(client: httpx.Client, host: str) -> None:
    for path in ("/healthz", "/api/openapi.json", "/nothing"):
        answer = client.get(path, headers={"Host": host})
        assert (answer.status_code, answer.headers["content-type"]) == (421, "application/problem+json")
        assert "evil" not in answer.text


def test_any_host_is_only_for_the_unprotected() -> None:
    with pytest.raises(ValueError, match="unprotected"):
        HttpOptions(allowed_hosts=("*",))
    with asking(StandIn(), HttpOptions(allowed_hosts=("*",), unprotected=True)) as client:
        answer = client.get("/readyz", headers={"Host": "evil.example"})
    assert answer.json()["unprotected"] is True


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "ftp://127.0.0.1"},
        {"Origin": "https://console.example.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"},
    ],
)
@pytest.mark.parametrize(
    "path",
    [EVENTS, f"/api/v1/subjects/{KNOWN}/actions", "/api/v1/subjects/lookup", "/api/v1/alerts/x/actions", "/healthz"],
)
def test_a_page_of_another_origin_changes_nothing(client: httpx.Client, path: str, headers: dict[str, str]) -> None:
    answer = client.post(path, content=b"{}", headers={**JSON, **headers})
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")


@pytest.mark.parametrize("site", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}])
def test_publishers_and_our_own_pages_may(client: httpx.Client, site: dict[str, str]) -> None:
    own = {"Origin": f"http://127.0.0.1:{port_of(client)}"}
    for headers in (site, {**site, **own}, {**site, "Origin": "https://console.example"}):
        answer = client.post(EVENTS, content=b'{"event_id":"e"}', headers={**JSON, **headers})
        assert answer.status_code == 200


# What every answer carries


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/api/openapi.json", "/metrics", "/api/v1/alerts?limit=x"])
def test_every_answer_carries_the_security_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert headers["request-id"]
    assert "server" not in headers
    assert not [name for name in headers if name.startswith("access-control")]


def test_a_page_may_load_its_own_scripts_and_nothing_else() -> None:
    router = APIRouter()

    @router.get("/page", response_class=HTMLResponse)
    async def page() -> str:
        return "<p>"

    with asking(StandIn(), HttpOptions(routers=(router,))) as client:
        policy = client.get("/page").headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_nobody_is_shown_documentation_pages_from_a_cdn(client: httpx.Client) -> None:
    assert [client.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404] * 3


# What is logged and measured


def test_the_log_tells_routes_and_never_what_was_sent(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with asking(StandIn()) as client:
        asked = [
            client.get(f"/api/v1/subjects/{KNOWN}/timeline"),
            client.get("/api/v1/subjects/XR123456/timeline"),
            client.get(f"/api/v1/alerts?subject={KNOWN}&XR123456=XR123456"),
            client.get("/XR123456"),
            client.request("XR123456", "/healthz"),
        ]
        client.post(EVENTS, content=b"XR123456", headers={"Content-Type": "XR123456"})
        client.post("/api/v1/subjects/lookup", json={"identifier": {"bvh_person": "XR123456"}, "purpose": "XR123456"})
        measures = client.get("/metrics").text
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "relocation.http"]
    told = {line["request_id"]: (line["method"], line["route"], line["status"]) for line in lines}
    # By their ids: the server of another test may still be writing its last line.
    assert [told[answer.headers["request-id"]] for answer in asked] == [
        ("GET", "/api/v1/subjects/{token}/timeline", 200),
        ("GET", "/api/v1/subjects/{token}/timeline", 422),
        ("GET", "/api/v1/alerts", 422),
        ("GET", "unmatched", 404),
        ("OTHER", "/healthz", 405),
    ]
    ours = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))
    )
    for text in (ours, measures):
        assert "XR123456" not in text
        assert KNOWN not in text


def test_a_request_has_an_id_that_its_log_line_and_its_problem_share(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with asking(StandIn()) as client:
        answer = client.get("/nothing", headers={"Request-Id": "mine"})
    request_id = answer.headers["request-id"]
    assert answer.json()["instance"] == f"urn:uuid:{request_id}"
    assert any(request_id in record.getMessage() for record in caplog.records)


def test_what_nobody_expected_is_500_without_a_trace_and_the_log_says_where(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(StandIn):
        def timeline(self, subject: str, viewer: Any) -> Any:
            raise KeyError(f"XR123456 {subject}")

    with asking(Broken()) as client:
        answer = client.get(f"/api/v1/subjects/{KNOWN}/timeline")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "Traceback" not in answer.text
    [failure] = [json.loads(r.getMessage()) for r in caplog.records if '"failure"' in r.getMessage()]
    assert failure["error"] == "KeyError"
    assert "timeline" in failure["frames"][-1]
    assert "XR123456" not in answer.text + caplog.text


def test_a_body_elsewhere_is_limited_too(client: httpx.Client) -> None:
    answer = client.post("/api/v1/subjects/lookup", content=iter([b"x" * 60_000] * 3), headers=JSON)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_a_body_that_does_not_come_is_given_up() -> None:
    with serving(StandIn(), HttpOptions(limits=Limits(stalled_s=0.2))) as url:
        for path in ("/api/v1/subjects/lookup", EVENTS):
            with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=10) as connection:
                connection.sendall(
                    f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                    "Content-Length: 50\r\n\r\n{".encode()
                )
                assert connection.recv(100).startswith((b"HTTP/1.1 408 ", b"HTTP/1.1 422 "))


@pytest.mark.parametrize(
    "sent", [b"XR123456\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nXR123456\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"]
)
def test_what_is_not_http_is_answered_as_any_other_error(
    client: httpx.Client, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", port_of(client)), timeout=10) as connection:
        connection.sendall(sent)
        head, _, body = b"".join(iter(lambda: connection.recv(4096), b"")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/problem+json" in head
    assert b"x-content-type-options: nosniff" in head
    assert json.loads(body)["status"] == 400
    assert "XR123456" not in caplog.text + body.decode()


def test_a_broken_chunk_cuts_the_answer_off_and_is_not_logged(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", port_of(client)), timeout=10) as connection:
        connection.sendall(
            b"POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\n"
            b'Transfer-Encoding: chunked\r\n\r\n13\r\n{"event_id": "c1"}\n\r\n'
        )
        received = connection.recv(4096)
        while b'"line":1' not in received:
            received += connection.recv(4096)
        connection.sendall(b"XR123456\r\n")
        rest = b"".join(iter(lambda: connection.recv(4096), b""))
    assert not rest.endswith(b"0\r\n\r\n")
    assert "XR123456" not in caplog.text
    assert client.get("/healthz").status_code == 200


def test_another_type_is_415_where_json_is_asked_for(client: httpx.Client) -> None:
    for headers in ({"Content-Type": "text/plain"}, {**JSON, "Content-Encoding": "gzip"}):
        assert client.post("/api/v1/subjects/lookup", content=b"{}", headers=headers).status_code == 415


def test_ready_is_said_and_so_is_not_ready() -> None:
    platform = StandIn()
    with asking(platform) as client:
        ready = client.get("/readyz")
        platform.ready = False
        failing = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "rules": "0" * 64, "unprotected": False})
    assert (failing.status_code, failing.json()["ready"], failing.headers["retry-after"]) == (503, False, "5")


def test_measures_are_told(client: httpx.Client) -> None:
    client.post(EVENTS, content=b'{"event_id":"m"}', headers=JSON)
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "relocation_http_events_total{status=" in answer.text
    assert 'route="/api/v1/events"' in answer.text
