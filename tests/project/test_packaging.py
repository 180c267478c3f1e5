"""`pip install .` gives all of it: the wheel holds every file that the packages need, and works away from the tree."""

import shutil
import subprocess
import sys
import zipfile

import pytest
from project_tree import PACKAGES, ROOT, files, name_of

BUILDS = ("pyproject.toml", "README.md", "LICENSE")
ONLY_FOR_DEVELOPMENT = {".po", ".pot"}
"""Sources of what is packaged in another form; they may be in the wheel, they need not."""


def run(*command, cwd, **environment):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env=environment or None)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of the tree as git knows it, built by the pinned setuptools without the network."""
    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheel")
    for path in files():
        if name_of(path) in BUILDS or name_of(path).split("/")[0] in PACKAGES:
            copy = tree / name_of(path)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", out, tree, cwd=out)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    where = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(where)
    return where


def test_the_wheel_holds_every_file_of_the_packages(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    needed = {name_of(path) for path in files() if name_of(path).split("/")[0] in PACKAGES}
    missing = sorted(name for name in needed - held if not name.endswith(tuple(ONLY_FOR_DEVELOPMENT)))
    assert missing == [], "add the suffix to [tool.setuptools.package-data] in pyproject.toml"


def test_the_wheel_holds_nothing_but_the_packages(wheel):
    strangers = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()} - set(PACKAGES)
    assert all(name.endswith(".dist-info") for name in strangers), strangers


def test_the_wheel_carries_its_licence_and_its_command(wheel):
    opened = zipfile.ZipFile(wheel)
    names = opened.namelist()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    entry_points = next(name for name in names if name.endswith("entry_points.txt"))
    assert "relocation = relocation.__main__:main" in opened.read(entry_points).decode()


def test_the_command_works_where_there_is_no_tree(installed, tmp_path):
    told = run(
        sys.executable, "-c",
        "import relocation.command as command; print(command.__file__); command.main(['--help'])",
        cwd=tmp_path, PYTHONPATH=str(installed), PATH="/usr/bin:/bin",
    )  # fmt: skip
    assert str(installed) in told.splitlines()[0]
    assert "Usage: relocation" in told


def test_reference_data_is_found_where_there_is_no_tree(installed, tmp_path):
    told = run(
        sys.executable, "-c",
        "from processors.places import Gazetteer; print(Gazetteer.load().place('GM0363').name)",
        cwd=tmp_path, PYTHONPATH=str(installed), PATH="/usr/bin:/bin",
    )  # fmt: skip
    assert told.strip() == "Amsterdam"


def test_the_tree_itself_was_left_alone(wheel):
    assert not (ROOT / "build" / "lib").exists()
