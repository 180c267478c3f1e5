"""The real schema registry that tests share."""

import json
import uuid

import httpx


def test_it_keeps_schemas_under_confluents_api(schema_registry):
    subject = f"made-up-{uuid.uuid4()}"
    schema = json.dumps({"type": "record", "name": "MadeUp", "fields": [{"name": "place", "type": "string"}]})
    with httpx.Client(base_url=schema_registry.url) as client:
        registered = client.post(f"/subjects/{subject}/versions", json={"schema": schema}).raise_for_status()
        number = registered.json()["id"]
        assert subject in client.get("/subjects").raise_for_status().json()
        told = client.get(f"/schemas/ids/{number}").raise_for_status().json()
        assert json.loads(told["schema"]) == json.loads(schema)
