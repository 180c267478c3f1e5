"""The pins: every one with hashes, nothing of where they come from, and in step with pyproject.toml."""

import ast
import re
import sys
import tomllib

from project_tree import PACKAGES, ROOT, modules

IMPORTED_BY_NAME_ONLY = {"chdb"}
"""The engine behind clickhouse-connect's ``interface="chdb"``."""
PINNED = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)(?: ; ([^\\]+))? \\$", re.MULTILINE)
REMEDY = "run `make lock`"


def pins_of(name):
    return {(found[0], found[2].strip()): found[1] for found in PINNED.findall(text_of(name))}


def text_of(name):
    return (ROOT / "requirements" / name).read_text("utf-8")


def wanted(*extras):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"], *(one for extra in extras for one in project["optional-dependencies"][extra])]
    return {re.split(r"[<>=~!\[ ;]", one)[0].lower().replace("_", "-") for one in asked}


def test_what_runs_is_pinned():
    assert wanted() <= {name for name, _ in pins_of("run.txt")}, REMEDY


def test_what_development_needs_is_pinned():
    assert wanted("test", "dev") <= {name for name, _ in pins_of("dev.txt")}, REMEDY


def test_both_files_pin_the_same_versions():
    run, dev = pins_of("run.txt"), pins_of("dev.txt")
    differing = sorted(name for (name, where), version in run.items() if dev.get((name, where)) != version)
    assert differing == [], REMEDY


def test_every_pin_bears_a_hash():
    for name in ("run.txt", "dev.txt"):
        for pin in re.split(r"(?m)^(?=[a-z0-9-]+==)", text_of(name)):
            assert not pin.strip() or "--hash=sha256:" in pin, f"{name}: {pin.splitlines()[0]}: {REMEDY}"


def test_requirements_name_no_place_to_download_from():
    for name in ("run.txt", "dev.txt", "build.in"):
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
    declared = {name.replace("-", "_") for name in wanted()} - IMPORTED_BY_NAME_ONLY
    assert declared == third_party, "put what is imported in pyproject.toml, take out what is not, then " + REMEDY


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
