"""Reads the reference data that is packaged with the project (``processors/reference``)."""

import csv
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

_REFERENCE = files("processors.reference")


def text_of(file: str) -> str:
    """The whole file, which is UTF-8."""
    return _REFERENCE.joinpath(file).read_text(encoding="utf-8")


def json_of(file: str) -> Any:
    """The parsed file."""
    return json.loads(text_of(file))


def rows_of(file: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file, by the names of its first line."""
    return csv.DictReader(text_of(file).splitlines())
