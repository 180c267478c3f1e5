"""Structured logs: one JSON object a line on stderr, words of ours only, never anything of an event."""

import json
import logging
import sys
from datetime import UTC, datetime
from functools import partial

import click

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """Time, level, logger, event and the fields given with ``extra``; of an exception its kind and place only."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            **_words_of(record),
        }
        told |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info is not None and record.exc_info[0] is not None:
            told["error"] = record.exc_info[0].__name__
        return json.dumps(told, ensure_ascii=False, default=str)


def _words_of(record: logging.LogRecord) -> dict[str, object]:
    """The event's name; or its fields, where the words are an object of JSON already."""
    message = record.getMessage()
    if message.startswith("{"):
        try:
            told: dict[str, object] = json.loads(message)
        except ValueError:
            return {"event": message}
        return told
    return {"event": message}


def log_to_stderr() -> None:
    """From now on, warnings and our own words go to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("relocation").setLevel(logging.INFO)


def in_words_of_ours() -> None:
    """Until the command at hand is over, what clients of brokers say by themselves is left out: it says what fails."""
    clients = logging.getLogger("relocation.kafka")
    click.get_current_context().call_on_close(partial(clients.setLevel, clients.level))
    clients.setLevel(logging.CRITICAL)
