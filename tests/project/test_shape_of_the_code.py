"""How the code is laid out: what the folders promise, a machine keeps."""

import ast
import subprocess
import sys

import pytest
from project_tree import ROOT, files, modules, name_of

IMPURE = {
    "aiokafka", "asyncio", "chdb", "click", "clickhouse_connect", "concurrent", "confluent_kafka", "fastapi",
    "faust", "http", "httpx", "kafka", "logging", "multiprocessing", "os", "prometheus_client", "pydantic",
    "queue", "random", "rich", "secrets", "select", "selectors", "shutil", "signal", "socket", "sqlite3", "ssl",
    "starlette", "subprocess", "tempfile", "threading", "time", "urllib", "uvicorn",
}  # fmt: skip
CLOCKS = {
    "now",
    "utcnow",
    "today",
    "time",
    "time_ns",
    "monotonic",
    "perf_counter",
    "uuid1",
    "uuid4",
    "getenv",
    "urandom",
}
CALLED_IN_THE_HEART = {"open", "input", "print", "eval", "exec"}


def parsed(path):
    return ast.parse(path.read_text("utf-8"), str(path))


def imports_of(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def of_the_heart():
    return [path for path in modules() if name_of(path).split("/")[0] in ("schemas", "processors")]


def test_every_module_says_in_its_docstring_what_lives_there():
    silent = [name_of(path) for path in modules() if not ast.get_docstring(parsed(path))]
    assert silent == [], "begin each of these files with a sentence that says what lives in it"


def test_a_package_is_one_sentence_and_re_exports_nothing():
    for path in modules():
        if path.name == "__init__.py":
            body = parsed(path).body
            assert len(body) == 1, f"{name_of(path)}: one docstring and nothing else"


def test_the_heart_imports_nothing_that_reaches_outside():
    reaching = [
        f"{name_of(path)}: {name}"
        for path in of_the_heart()
        for name in imports_of(parsed(path))
        if name.split(".")[0] in IMPURE
    ]
    assert reaching == [], "the heart is handed what it needs; move this to a runtime"


def test_the_heart_asks_no_clock_and_rolls_no_dice():
    asked = [
        f"{name_of(path)}:{node.lineno} {node.attr}"
        for path in of_the_heart()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS and isinstance(node.value, ast.Name | ast.Attribute)
        if (node.value.id if isinstance(node.value, ast.Name) else node.value.attr)
        in ("datetime", "date", "time", "uuid", "os")
    ]
    assert asked == [], "time arrives as a message or an argument, ids are worked out"


def test_the_heart_opens_and_prints_nothing():
    called = [
        f"{name_of(path)}:{node.lineno} {node.func.id}"
        for path in of_the_heart()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLED_IN_THE_HEART
    ]
    assert called == [], "packaged data is read through processors.packaged; nothing else is read or written"


def test_imports_run_one_way():
    found = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-1000:]


@pytest.mark.parametrize("word", ["utils", "helpers", "manager", "common", "misc"])
def test_no_file_is_named_for_what_it_is_not(word):
    named = [name_of(path) for path in modules() if word in path.stem.split("_")]
    assert named == [], "name the file for the noun that lives in it"


def test_nothing_is_left_to_do_in_the_code():
    marks = ("TO" + "DO", "FIX" + "ME", "X" * 3)
    left = [f"{name_of(path)}: {mark}" for path in files(".py") for mark in marks if mark in path.read_text("utf-8")]
    assert left == [], "do it, or open an issue"


def test_tests_mock_nothing():
    mock = "unittest" + ".mock"
    mocking = [name_of(path) for path in files(".py") if mock in path.read_text("utf-8")]
    assert mocking == [], "a fake is product code that passes the real thing's suite"
