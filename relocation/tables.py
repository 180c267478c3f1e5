"""Rows as a table, for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDE = 400


def print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """These columns of the rows on stdout; whole rows where whatever reads them is no terminal."""
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(_cell(row[column])) for column in columns))
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDE)
    console.print(table)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)
