"""Writes what the documents say of topics: the table in ``docs/topics.md``, and ``docs/asyncapi.json``.

Run from the root of the project: ``python -m docs.contracts``, or ``make contracts``.
"""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schemas import avro
from schemas.avro import Kind
from schemas.avro_ids import pinned_id
from streams.kafka import headers
from streams.kafka.shape import readable
from streams.topic import Cleanup, Topic
from streams.topics import INTAKE, TOPICS
from streams.ways import PUBLISHERS, WAYS

DOCS = Path(__file__).parent
ASYNCAPI, TOPICS_PAGE = DOCS / "asyncapi.json", DOCS / "topics.md"
BEGIN, END = "<!-- made by `make contracts` -->\n", "<!-- the end of it -->\n"
_AVRO = "application/vnd.apache.avro;version=1.9.0"
_CLEANUPS = {Cleanup.DELETE: "delete", Cleanup.COMPACT: "compact", Cleanup.BOTH: "compact, delete"}
_OURS = {
    headers.ORIGIN: "Where in intake.* it comes from: topic/partition/offset.",
    headers.CAUSE: "The position of the report that it follows from, on receipts.",
    headers.EPOCH: "Which life of a worker wrote it.",
    headers.HEARD: "On states: revision/offset of the alert and of the request that it knows of.",
    headers.ASKED: "On states: what one asks of the subject once it counts, as a message of subject-actions.",
    headers.SETTLED: "On an alert that is said again: 1 where it is settled, 0 where it is active again.",
    headers.SUCCESSOR: "On a withdrawn alert: the subject of superseded_by.",
    headers.ACTION: "The request that a state follows from, on alert-states.",
}


def main() -> None:
    """Write both anew."""
    ASYNCAPI.write_text(asyncapi_text(), "utf-8")
    TOPICS_PAGE.write_text(topics_page(TOPICS_PAGE.read_text("utf-8")), "utf-8")


# ------------------------------------------------------------------------------------------------------- docs/topics.md


def topics_page(text: str) -> str:
    """The page with its tables as the code has them now."""
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    return before + BEGIN + "\n" + "\n".join([*_table(), "", *_terms(), ""]) + "\n" + END + after


def _table() -> Iterator[str]:
    yield "| topic | what it holds | key | partitioned by | schema | written by | read by |"
    yield "|---|---|---|---|---|---|---|"
    for topic in TOPICS:
        way = WAYS[topic.name]
        schemas = ", ".join(f"`{kind}` {pinned_id(kind)}" for kind in kinds_of(topic))
        names = [", ".join(way.writers), ", ".join(way.readers)]
        cells = [f"`{topic.name}`", topic.about, topic.key, topic.partitioned_by, schemas, *names]
        yield f"| {' | '.join(cells)} |"


def _terms() -> Iterator[str]:
    yield "| topic | of people | gone after | cleanup | `retention.ms` | `segment.ms` | time of a record |"
    yield "|---|---|---|---|---|---|---|"
    for topic in TOPICS:
        lasting = topic.lasting
        gone = "a newer one of its key" if lasting.term_ms is None else _in_words(lasting.term_ms)
        spans = [readable("retention.ms", str(lasting.retention_ms)), readable("segment.ms", str(lasting.segment_ms))]
        cells = [f"`{topic.name}`", topic.held, gone, _CLEANUPS[topic.cleanup], *spans, topic.stamp]
        yield f"| {' | '.join(cells)} |"


def _in_words(ms: int) -> str:
    return readable("retention.ms", str(ms)).partition(" (")[2].rstrip(")")


# --------------------------------------------------------------------------------------------------- docs/asyncapi.json


def asyncapi_text() -> str:
    """The AsyncAPI document."""
    return json.dumps(asyncapi(), indent=1, ensure_ascii=False) + "\n"


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3.0 of the whole platform: what publishers send and are told, and what its roles tell one another."""
    project = tomllib.loads((DOCS.parent / "pyproject.toml").read_text("utf-8"))["project"]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": project["name"],
            "version": project["version"],
            "description": "Topics, messages and roles of the distributed platform. Names are without the prefix that "
            "RELOCATION_KAFKA_PREFIX may put before them. Values are Avro in the Confluent wire format.",
            "license": {"name": project["license"]},
        },
        "defaultContentType": headers.CONTENT_TYPE.decode(),
        "servers": {
            "kafka": {
                "host": "broker:9092",
                "protocol": "kafka",
                "description": "The brokers that RELOCATION_KAFKA names.",
            }
        },
        "channels": {_id(topic.name): _channel(topic) for topic in TOPICS},
        "operations": dict(_operations()),
        "components": {
            "messages": {str(kind): _message(kind) for kind in Kind},
            "messageTraits": {"cloud_event": {"headers": _headers()}},
        },
    }


def kinds_of(topic: Topic) -> list[Kind]:
    """The schemas of a topic's values."""
    return [kind for kind in (topic.kind, topic.also) if kind is not None]


def _id(name: str) -> str:
    return name.replace(".", "_").replace("-", "_")


def _channel(topic: Topic) -> dict[str, Any]:
    messages = {str(kind): {"$ref": f"#/components/messages/{kind}"} for kind in kinds_of(topic)}
    where = f"Key: {topic.key}. Partitioned by: {topic.partitioned_by}."
    return {
        "address": topic.name,
        "description": f"{topic.about} {where} Of people: {topic.held}.",
        "messages": messages,
        "bindings": {"kafka": _binding(topic)},
    }


def _binding(topic: Topic) -> dict[str, Any]:
    told = topic.config
    configuration: dict[str, Any] = {
        "cleanup.policy": str(topic.cleanup).split(","),
        "retention.ms": int(told["retention.ms"]),
        "retention.bytes": int(told["retention.bytes"]),
        "max.message.bytes": int(told["max.message.bytes"]),
    }
    if "delete.retention.ms" in told:
        configuration["delete.retention.ms"] = int(told["delete.retention.ms"])
    single = {"partitions": 1} if topic.is_single else {}
    return {"topic": topic.name, **single, "topicConfiguration": configuration, "bindingVersion": "0.5.0"}


def _operations() -> Iterator[tuple[str, dict[str, Any]]]:
    """What each role does. What publishers do is theirs: the platform does the other half of it."""
    for topic in TOPICS:
        way = WAYS[topic.name]
        for verb, action, roles in (("sends", "send", way.writers), ("receives", "receive", way.readers)):
            for role in roles:
                if role != PUBLISHERS:
                    yield f"{role}_{verb}_{_id(topic.name)}", _operation(topic, action, role)


def _operation(topic: Topic, action: str, role: str) -> dict[str, Any]:
    channel = f"#/channels/{_id(topic.name)}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "tags": [{"name": role}],
        "messages": [{"$ref": f"{channel}/messages/{kind}"} for kind in kinds_of(topic)],
    }


def _message(kind: Kind) -> dict[str, Any]:
    schema = avro.schema_of(kind)
    told = {
        "name": str(kind),
        "title": schema["name"],
        "summary": schema["doc"],
        "payload": {"schemaFormat": _AVRO, "schema": schema},
        "bindings": {"kafka": {"key": {"type": "string"}, "schemaIdLocation": "payload", "bindingVersion": "0.5.0"}},
        "x-schema-id": pinned_id(kind),
    }
    if kind in {topic.kind for topic in INTAKE.values()}:
        return told
    return {**told, "traits": [{"$ref": "#/components/messageTraits/cloud_event"}]}


def _headers() -> dict[str, Any]:
    required = ["ce_specversion", "ce_id", "ce_source", "ce_type"]
    told = {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "description": "The same for the same message, also when it is written twice."},
        "ce_source": {"type": "string", "description": "/relocation/ and the role that wrote it."},
        "ce_type": {"type": "string", "description": "relocation. and the name of the message."},
        "content-type": {"type": "string", "const": headers.CONTENT_TYPE.decode()},
    }
    ours = {name: {"type": "string", "description": about} for name, about in _OURS.items()}
    return {"type": "object", "required": required, "properties": {**told, **ours}}


if __name__ == "__main__":
    main()
