"""What the OpenAPI document shows beside the models: the errors of every path, and examples, all made up."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from alerts.http import problems
from alerts.http.models import EventAnswer, ProblemBody, StreamedAlertBody

PROBLEM_REF = {"$ref": "#/components/schemas/ProblemBody"}

_ERRORS = {
    400: "The request cannot be read.",
    403: "A page of another origin, or something you may not do.",
    404: "There is no such thing.",
    408: "The body did not come.",
    409: "Somebody else was first; `current` is what is so now.",
    413: "The body, or the one event in it, is larger than 64 KiB.",
    415: "The body is of a type or encoding that is not taken here.",
    421: "The host name is not served here.",
    422: "Fields or parameters are wrong; `errors` says which, and what to send instead.",
    429: "Too many publish bodies are open; `Retry-After` says when to come back.",
    500: "Something went wrong on our side.",
    503: "It cannot be done just now; nothing was lost. `Retry-After` says when to come back.",
}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a path that can answer with these errors, beside those that every path can."""
    return {status: _error(status) for status in sorted({421, 500, *statuses})}


def _error(status: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": _ERRORS[status],
        "content": {problems.MEDIA_TYPE: {"schema": PROBLEM_REF, "example": _example(status)}},
    }
    if status in (429, 503):
        told["headers"] = _RETRY_AFTER
    return told


def _example(status: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": problems.title(status),
        "status": status,
        "detail": _ERRORS[status],
        "instance": "urn:uuid:5b2f6f0e-3f7e-4a53-9a4e-1d8f6a5c7b90",
    }
    if status == 422:
        told["errors"] = [
            {
                "code": "invalid_value",
                "field": "limit",
                "message": "This must be a whole number.",
                "hint": "a whole number from 1 to 200",
            }
        ]
    if status == 409:
        told["current"] = STATE_EXAMPLE
    return told


STATE_EXAMPLE = {
    "alert_id": "0d6d2f9e-95a5-5d2c-8c57-0a8b3f5f2a10",
    "version": 2,
    "handling": "taken",
    "changed_at": "2026-03-05T09:12:44.000Z",
    "owner": "local",
    "unit": "midden-nederland",
    "offered_to": None,
    "outcome": None,
    "snoozed_until": None,
    "unowned_since": None,
    "comments": [],
}
CONTROL_EXAMPLE = {
    "type": "control",
    "event_id": "7b0e8a5c-2f5b-4d0e-9c1b-6a1f0c3d2e11",
    "source": "avim-voorbeeld",
    "occurred_at": "2026-03-01T20:15:00Z",
    "recorded_at": "2026-03-01T23:40:00Z",
    "place": {"municipality": "GM0363"},
    "conducted_by": "police",
    "licensed": False,
    "indicators": ["no_own_documents"],
    "persons": [{"role": "sex_worker", "identifiers": {"bvh_person": "P-VOORBEELD-1"}, "nationality": "RO"}],
}
BVH_EXAMPLE = {
    "type": "bvh_mutation",
    "event_id": "7b0e8a5c-2f5b-4d0e-9c1b-6a1f0c3d2e12",
    "source": "bvh",
    "mutation": "PL0000-2026000001-1",
    "occurred_at": "2026-03-05T02:00:00Z",
    "recorded_at": "2026-03-05T02:30:00Z",
    "place": {"name": "Utrecht"},
    "incident_class": "F70",
    "persons": [{"role": "sex_worker", "identifiers": {"bvh_person": "P-VOORBEELD-1"}}],
}
AD_EXAMPLE = {
    "type": "ad",
    "event_id": "7b0e8a5c-2f5b-4d0e-9c1b-6a1f0c3d2e13",
    "source": "crawler-voorbeeld",
    "site": "advertenties.example",
    "ad": "ad-1",
    "occurred_at": "2026-03-06T09:00:00Z",
    "recorded_at": "2026-03-06T09:30:00Z",
    "place": {"postcode": "3511"},
    "police_involved": True,
    "phones": ["+31612345600"],
}
VEHICLE_EXAMPLE = {
    "type": "vehicle",
    "event_id": "7b0e8a5c-2f5b-4d0e-9c1b-6a1f0c3d2e14",
    "source": "anpr-voorbeeld",
    "camera": "A2-R-000.0",
    "occurred_at": "2026-03-06T11:00:00Z",
    "recorded_at": "2026-03-06T11:00:05Z",
    "place": {"lat": 52.09, "lon": 5.12},
    "country": "RO",
    "plate": "B 101 XYZ",
}
WITHDRAWAL_EXAMPLE = {
    "type": "control",
    "event_id": "7b0e8a5c-2f5b-4d0e-9c1b-6a1f0c3d2e11",
    "source": "avim-voorbeeld",
    "recorded_at": "2026-03-02T08:00:00Z",
    "revision": 1,
    "withdrawn": True,
}

_EVENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "One event; what it holds depends on its `type`. Unknown fields are refused, `null` is absent.",
    "required": ["type", "event_id", "source", "recorded_at"],
    "properties": {
        "type": {"enum": ["control", "bvh_mutation", "ad", "vehicle"]},
        "event_id": {"type": "string", "format": "uuid"},
        "source": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,62}$"},
        "occurred_at": {"type": "string", "format": "date-time"},
        "recorded_at": {"type": "string", "format": "date-time"},
        "revision": {"type": "integer", "minimum": 0, "maximum": 2147483647, "default": 0},
        "withdrawn": {"type": "boolean", "default": False},
        "place": {
            "type": "object",
            "description": "`municipality`, `name`, `postcode`, `lat` and `lon`, `country` and `city`, or `country`.",
        },
    },
}


def event_body() -> dict[str, Any]:
    """The `requestBody` of publishing."""
    examples = {
        "control": {"value": CONTROL_EXAMPLE},
        "bvh_mutation": {"value": BVH_EXAMPLE},
        "ad": {"value": AD_EXAMPLE},
        "vehicle": {"value": VEHICLE_EXAMPLE},
        "withdrawal": {"summary": "Takes an event back.", "value": WITHDRAWAL_EXAMPLE},
    }
    return {
        "required": True,
        "description": "One event as `application/json`, or any number as `application/x-ndjson`, one a line of at "
        "most 64 KiB. `Content-Encoding: gzip` is taken.",
        "content": {
            "application/json": {"schema": _EVENT_SCHEMA, "examples": examples},
            "application/x-ndjson": {"schema": {"type": "string", "description": "An event a line."}},
        },
    }


ANSWER_EXAMPLE = {"line": 1, "event_id": CONTROL_EXAMPLE["event_id"], "status": "accepted"}
REJECTED_EXAMPLE = {
    "line": 1,
    "event_id": CONTROL_EXAMPLE["event_id"],
    "status": "rejected",
    "errors": [
        {
            "code": "unknown_place",
            "field": "place.name",
            "message": "No municipality or town has this name.",
            "hint": "Send `municipality` with a CBS code.",
        }
    ],
}


def event_responses() -> dict[int | str, dict[str, Any]]:
    """The `responses` of publishing."""
    answered = errors(403, 413, 415, 429, 503)
    answered[200] = {
        "description": "What became of the event, or of each line in order. The answer to lines begins while the body "
        "still arrives; one that ends early ends after the last line that is durable: send the rest again.",
        "model": EventAnswer,
        "content": {
            "application/json": {"example": ANSWER_EXAMPLE},
            "application/x-ndjson": {"schema": {"type": "string", "description": "An EventAnswer a line."}},
        },
    }
    answered[422] = {
        "description": "The one event was rejected.",
        "model": EventAnswer,
        "content": {"application/json": {"example": REJECTED_EXAMPLE}},
    }
    return answered


def describe(app: FastAPI) -> None:
    """Have the app's document carry the models that only errors refer to."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=app.description,
                routes=app.routes,
            )
            defined = document.setdefault("components", {}).setdefault("schemas", {})
            for model in (ProblemBody, StreamedAlertBody):
                told = model.model_json_schema(ref_template="#/components/schemas/{model}")
                defined.update({**told.pop("$defs", {}), model.__name__: told} | defined)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
