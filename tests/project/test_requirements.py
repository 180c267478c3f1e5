"""The pins: every one with hashes, nothing of where they come from, and in step with pyproject.toml."""

import ast
import re
import sys
import tomllib

import pytest
from project_tree import PACKAGES, ROOT, modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
FILES = {"client.txt": ("client",), "run.txt": ("embedded", "distributed"), "dev.txt": ("test", "dev")}
"""What is pinned for which extras."""
IMPORTED_BY_NAME_ONLY = {"chdb"}
"""The engine behind clickhouse-connect's ``interface="chdb"``."""
IMPORTED_AS = {"faust-streaming": "faust", "kafka-python": "kafka"}
PINNED = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)(?: ; ([^\\]+))? \\$", re.MULTILINE)
REMEDY = "run `make lock`"


def pins_of(name):
    return {(found[0], found[2].strip()): found[1] for found in PINNED.findall(text_of(name))}


def text_of(name):
    return (ROOT / "requirements" / name).read_text("utf-8")


def wanted(*extras):
    """The names of what is asked for, an extra that another one names included."""
    asked = [*PROJECT["dependencies"], *(one for extra in extras for one in PROJECT["optional-dependencies"][extra])]
    within = [extra for one in asked for extra in re.findall(rf"^{PROJECT['name']}\[(\w+)\]", one)]
    named = {re.split(r"[<>=~!\[ ;]", one)[0].lower().replace("_", "-") for one in asked} - {PROJECT["name"]}
    return named | (wanted(*within) if within else set())


@pytest.mark.parametrize(("name", "extras"), FILES.items())
def test_what_is_asked_for_is_pinned(name, extras):
    assert wanted(*extras) <= {pinned for pinned, _ in pins_of(name)}, REMEDY


@pytest.mark.parametrize("name", FILES)
def test_all_files_pin_the_same_versions(name):
    def versions(file):
        return {(pinned, version) for (pinned, _), version in pins_of(file).items()}

    assert versions(name) <= versions("dev.txt"), REMEDY


def test_what_publishes_needs_nothing_of_the_platform():
    heavy = {"chdb", "faust-streaming", "confluent-kafka", "fastapi", "numpy", "shapely", "click", "pydantic"}
    assert heavy.isdisjoint(pinned for pinned, _ in pins_of("client.txt"))


def test_every_pin_bears_a_hash():
    for name in (*FILES, "bench.txt"):
        for pin in re.split(r"(?m)^(?=[a-z0-9-]+==)", text_of(name)):
            assert not pin.strip() or "--hash=sha256:" in pin, f"{name}: {pin.splitlines()[0]}: {REMEDY}"


def test_requirements_name_no_place_to_download_from():
    for name in (*FILES, "build.in"):
        assert "://" not in text_of(name)
        assert "index-" + "url" not in text_of(name)
        assert "--find-links" not in text_of(name)


def test_what_the_packages_import_is_what_is_declared():
    third_party = {
        name.split(".")[0]
        for path in modules()
        for name in imports_of(path)
        if name.split(".")[0] not in {*sys.stdlib_module_names, *PACKAGES}
    }
    declared = {IMPORTED_AS.get(name, name.replace("-", "_")) for name in wanted(*FILES["run.txt"])}
    assert declared - IMPORTED_BY_NAME_ONLY == third_party, (
        "put what is imported in pyproject.toml, take out what is not, then " + REMEDY
    )


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
