"""What the documents say: links lead somewhere, commands exist, settings are all told, chores are all listed."""

import re
import shlex
import subprocess
import sys

import pytest
from project_tree import ROOT, files, name_of

from relocation.command import cli
from relocation.settings import Settings

LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"```(?:sh|console|bash)\n(.*?)```", re.DOTALL)
SPANS = re.compile(r"`(relocation [^`]+)`")
VARIABLE = re.compile(r"RELOCATION_[A-Z][A-Z_]*[A-Z]")
NO_SETTINGS = {"RELOCATION_CONFIG", "RELOCATION_DEBUG", "RELOCATION_COMPLETE"}
"""Variables that say where settings are or how to look for a fault."""
DOCUMENTS = [path for path in files(".md") if "reference" not in path.parts]


def described():
    return pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)


def anchors_of(text):
    headings = re.findall(r"(?m)^#+ (.+)$", text)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def prose_of(document):
    return re.sub(r"```.*?```", "", document.read_text("utf-8"), flags=re.DOTALL)


def commands_of(document):
    """Every `relocation ...` of the document, in blocks and in the text, as words."""
    text = document.read_text("utf-8")
    blocks = "\n".join(FENCED.findall(text)).replace("\\\n", " ")
    in_blocks = re.findall(r"(?m)^\s*(?:[A-Z_]+=\S+(?:\([^)]*\))? +)*(relocation [^#|\n]*)", blocks)
    for command in [*in_blocks, *SPANS.findall(prose_of(document))]:
        yield command, shlex.split(command.replace("…", ""), comments=True)[1:]


@described()
def test_every_link_leads_somewhere(document):
    for link in LINK.findall(prose_of(document)):
        target, _, anchor = link.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        led_to = (document.parent / target).resolve() if target else document
        assert led_to.exists(), f"{name_of(document)} links to {link}"
        if anchor and led_to.suffix == ".md":
            assert anchor in anchors_of(led_to.read_text("utf-8")), f"{name_of(document)} links to {link}"


@described()
def test_every_command_in_a_document_exists_with_its_options(document):
    for told, words in commands_of(document):
        if not words or words[0].startswith("-"):
            continue
        command = cli.get_command(None, words[0])
        assert command is not None, f"{name_of(document)} says `{told}`; there is no such command"
        if len(words) > 1 and hasattr(command, "commands") and words[1] in command.commands:
            command = command.commands[words[1]]
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        unknown = {word for word in words if re.match(r"--[a-z]", word)} - known - {"--help"}
        assert not unknown, f"{name_of(document)} says `{told}`; it has no {', '.join(sorted(unknown))}"


@pytest.mark.parametrize("name", cli.list_commands(None))
def test_every_command_has_help_worth_reading(name):
    done = subprocess.run(
        [sys.executable, "-m", "relocation.command", name, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("Usage: relocation ")
    assert len(done.stdout.split("Options:")[0].splitlines()) > 2, "say in a sentence or more what it does"


def test_every_command_is_told_in_the_readme_or_the_changelog():
    told = (ROOT / "README.md").read_text("utf-8") + (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert [name for name in cli.list_commands(None) if not re.search(rf"\b{name}\b", told)] == []


def test_every_setting_is_documented_and_every_documented_setting_exists():
    documented = set(re.findall(r"(?m)^\| `(RELOCATION_[A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text("utf-8")))
    existing = {f"RELOCATION_{name.upper()}" for name in Settings.model_fields}
    assert documented == existing, "docs/settings.md has a row for each field of relocation.settings.Settings"


def test_no_document_names_a_variable_that_nobody_reads():
    existing = {f"RELOCATION_{name.upper()}" for name in Settings.model_fields}
    read = existing | {f"{name}_FILE" for name in existing} | NO_SETTINGS
    told = {(name_of(path), name) for path in DOCUMENTS for name in VARIABLE.findall(path.read_text("utf-8"))}
    assert sorted(one for one in told if one[1] not in read) == []


def test_the_chores_of_the_makefile_are_all_described():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    chores = set(re.findall(r"(?m)^([a-z-]+):.*## ", makefile))
    described_there = set(re.findall(r"(?m)^\| `make ([a-z-]+)` \|", (ROOT / "CONTRIBUTING.md").read_text("utf-8")))
    assert chores - {"help"} == described_there


def test_every_chore_named_in_a_document_exists():
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8")))
    for document in DOCUMENTS:
        named = set(re.findall(r"`make ([a-z-]+)`", document.read_text("utf-8")))
        assert named <= targets, f"{name_of(document)}: {sorted(named - targets)}"


def test_ci_runs_the_test_command_of_the_readme():
    assert "exec make test" in (ROOT / ".ci/run").read_text("utf-8")
    assert re.search(r"(?m)^make test\b", (ROOT / "README.md").read_text("utf-8"))


def test_every_folder_is_told_in_the_architecture():
    told = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    folders = {name_of(path).split("/")[0] for path in files() if "/" in name_of(path)}
    assert [folder for folder in sorted(folders) if not folder.startswith(".") and f"| `{folder}/` |" not in told] == []


def test_every_file_named_in_the_architecture_exists():
    told = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    known = {name_of(path) for path in files()}
    named = set(re.findall(r"`((?:\w+/)*\w+\.py)`", told))
    missing = sorted(name for name in named if not any(one == name or one.endswith("/" + name) for one in known))
    assert missing == [], "keep ARCHITECTURE.md true to the code"


def test_every_decision_is_listed_and_fits_on_a_page():
    listed = (ROOT / "docs/decisions/README.md").read_text("utf-8")
    for path in sorted((ROOT / "docs/decisions").glob("0*.md")):
        text = path.read_text("utf-8")
        assert f"({path.name})" in listed, f"docs/decisions/README.md does not list {path.name}"
        assert len(text.split()) <= 450, f"{path.name} is longer than a page"


@pytest.mark.parametrize(
    "word", ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "pypi" + ".org", "python" + "hosted", "npmjs" + ".org"]
)
def test_no_file_names_a_machine_or_a_place_to_download_from(word):
    naming = [
        name_of(path)
        for path in files(".py", ".md", ".toml", ".txt", ".in", ".yaml", ".yml", ".json", ".sh", ".service", "")
        if word in path.read_text("utf-8", errors="ignore")
    ]
    assert naming == []
