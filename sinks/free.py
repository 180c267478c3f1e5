"""Free questions: which SELECTs somebody may put to the history, and what they see of its tables.

The engine's own parser says what a question names; read-only mode alone would still let it read files of the machine.
"""

import re
from collections.abc import Mapping

from schemas.problems import Code, Problem
from schemas.views import Refused
from sinks.store import Store, StoreFailed

_TERMED = (
    "events",
    "sightings",
    "alerts",
    "alert_states",
    "actions",
    "subject_states",
    "receipts",
    "dead_letters",
)
"""Tables with rows that have legal terms."""
READABLE = (*_TERMED, "feed", "migrations")

_FORBIDDEN = re.compile(
    r"file|catboost\w*|dict\w+|join(get|has)\w*|getsetting\w*|getserversetting\w*|\w*executable\w*|sleep\w*"
    r"|filesystem\w*|hostname|fqdn|getmacro|showcertificate|throwif|naivebayes\w*|llm\w*|ai\w*",
    re.IGNORECASE,
)
"""Functions that read what is no table of ours, or that only hold up the engine."""
_NODE = re.compile(r"^ *(?P<kind>\w+)(?: (?P<name>\S+))?")
_TABLE = re.compile(r"^ *TABLE id: \d+,.*?table_name: (?P<database>[^,.]*)\.(?P<name>[^,]*)")
_NOTHING = "system.one"
"""What a SELECT without FROM reads."""
_HINT = "Write one SELECT over these tables: " + ", ".join(READABLE) + "."


def filters_at(now: int) -> Mapping[str, str]:
    """What a free question sees of each table: what is open to any question at the time (UTC ms)."""
    return dict.fromkeys(_TERMED, f"open_until > fromUnixTimestamp64Milli({now})")


def require_select(store: Store, sql: str) -> None:
    """Raises Refused unless it is one SELECT, without settings, over our tables and harmless functions only."""
    if ";" in sql:
        raise _refusal("more than one statement, or a semicolon")
    _require_harmless(_explained(store, "AST", sql))
    _require_ours(_explained(store, "QUERY TREE", sql))


def _explained(store: Store, form: str, sql: str) -> list[str]:
    """The lines of the tree. The question is parsed as the inside of another, so that it cannot be anything else."""
    try:
        _, rows = store.ask_freely(f"EXPLAIN {form} SELECT * FROM (\n{sql}\n)", {})  # noqa: S608 - that is its point
    except StoreFailed as failed:
        if not failed.refused:
            raise
        raise _refusal("something that is no SELECT, or names that are not known") from None
    return [str(line) for (line,) in rows]


def _require_harmless(tree: list[str]) -> None:
    """Of the syntax tree, in which nothing is looked up or worked out yet."""
    for line, above in zip(tree, ["", *tree], strict=False):
        match = _NODE.match(line)
        kind, name = (match["kind"], match["name"] or "") if match else ("", "")
        if kind == "Function" and (_FORBIDDEN.fullmatch(name) or above.lstrip().startswith("TableExpression")):
            raise _refusal("a function that is not allowed here")
        if kind == "Set":
            raise _refusal("settings of its own")


def _require_ours(tree: list[str]) -> None:
    """Of the query tree, in which every name has been looked up: aliases are gone, tables bear their database."""
    for line in tree:
        match = _TABLE.search(line)
        if match is not None and match["name"] not in READABLE and match.expand(r"\g<database>.\g<name>") != _NOTHING:
            raise _refusal("a table that is not ours")


def _refusal(what: str) -> Refused:
    return Refused([Problem(Code.INVALID_VALUE, f"The question holds {what}.", "sql", _HINT)])
