"""The glossary and the schemas say the same words: nothing unexplained, nothing explained that is not there."""

import dataclasses
import enum
import importlib
import re

import pytest
from project_tree import ROOT, files, name_of

from schemas import avro, views
from schemas.avro import EVENT_KINDS, REPORT_KINDS, Kind

GLOSSARY = ROOT / "docs/glossary.md"
TEXT = GLOSSARY.read_text("utf-8")
MEND = "mend docs/glossary.md"


def rows_of(heading):
    """The rows of the tables below a heading, without their head: cells without mark-up."""
    section = re.search(rf"(?ms)^#+ {heading}\n(.*?)(?=^#+ |\Z)", TEXT)
    assert section is not None, f"docs/glossary.md has no part {heading}"
    lines = re.findall(r"(?m)^\| (?!-)(.*) \|$", section.group(1))[1:]
    return [[re.sub(r"\*\*|`", "", cell).strip() for cell in line.split(" | ")] for line in lines]


def explained(heading):
    words = [row[0] for row in rows_of(heading)]
    assert len(words) == len(set(words)), f"{heading}: a word is explained twice"
    return words


def test_the_words_are_those_of_the_design():
    design = (ROOT / "docs/DESIGN.md").read_text("utf-8")
    section = re.search(r"(?ms)^## 2\. Words.*?(?=^## )", design).group(0)
    words = {word for bold in re.findall(r"\*\*([^*]+)\*\*", section) for word in bold.split(" / ")}
    assert set(explained("Words")) == words, MEND


def _field_names(type_):
    """Every name of a field within an Avro type."""
    if isinstance(type_, list):
        return {name for branch in type_ for name in _field_names(branch)}
    if not isinstance(type_, dict):
        return set()
    own = {field["name"] for field in type_.get("fields", ())}
    inner = [field["type"] for field in type_.get("fields", ())] + [type_.get("items")]
    return own | {name for part in inner for name in _field_names(part)}


def _group(kind):
    if kind in EVENT_KINDS.values():
        return "events"
    return "reports" if kind in REPORT_KINDS.values() else kind.replace("_", " ")


def existing_fields():
    """By name: where a field occurs."""
    found = {}
    for kind in Kind:
        for name in _field_names(avro.schema_of(kind)):
            found.setdefault(name, set()).add(_group(kind))
    for view in vars(views).values():
        if dataclasses.is_dataclass(view) and view.__module__ == views.__name__:
            for field in dataclasses.fields(view):
                found.setdefault(field.name, set()).add("views")
    return found


def test_every_field_of_every_message_is_explained_and_no_other():
    assert set(explained("Fields")) == set(existing_fields()), MEND


def test_every_field_is_said_to_be_where_it_is():
    said = {row[0]: set(row[2].split(", ")) for row in rows_of("Fields")}
    assert said == existing_fields(), MEND


def test_the_fields_are_easy_to_find():
    assert explained("Fields") == sorted(explained("Fields"))


def vocabularies():
    """The enums of the contracts: closed lists of words that fields hold."""
    for path in files(".py"):
        if name_of(path).startswith("schemas/"):
            module = importlib.import_module(name_of(path).removesuffix(".py").replace("/", "."))
            for name, found in vars(module).items():
                if isinstance(found, enum.EnumType) and found.__module__ == module.__name__ and found is not Kind:
                    yield name, found


VOCABULARIES = dict(vocabularies())


@pytest.mark.parametrize("name", VOCABULARIES)
def test_every_value_is_explained_and_no_other(name):
    assert explained(name) == [member.name.lower() for member in VOCABULARIES[name]], MEND


def test_no_vocabulary_is_explained_that_is_not_there():
    section = TEXT[TEXT.index("## Values") : TEXT.index("## What the console says")]
    assert set(re.findall(r"(?m)^### (\w+)$", section)) == set(VOCABULARIES), MEND


def test_a_meaning_that_names_a_vocabulary_names_one_that_is_there():
    named = {name for row in rows_of("Fields") for name in re.findall(r"\((?:an )?([A-Z][a-z]+[A-Za-z]*)\)", row[3])}
    assert named <= set(VOCABULARIES), MEND


def test_what_the_console_is_said_to_say_it_says():
    told = "\n".join(path.read_text("utf-8").lower() for path in files(".po") if "/console/" in name_of(path))
    missing = [word for word in explained("What the console says") if not word.endswith("*") and word not in told]
    assert missing == [], "put a star behind what the console does not say yet"


def test_nothing_is_left_without_a_meaning():
    for line in re.findall(r"(?m)^\| (?!-)(.*) \|$", TEXT):
        assert all(cell.strip() for cell in line.split(" | ")), line
