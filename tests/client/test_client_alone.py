"""``pip install '.[client]'`` in an environment that has nothing else: enough to publish, and not more than that."""

import json
import re
import subprocess
import sys
import venv
from importlib.metadata import distribution

import pytest
from project_tree import ROOT
from test_packaging import wheel  # noqa: F401 - a fixture

from tests.console.running import Up

PINNED = re.compile(r"(?m)^([a-z0-9-]+)==([^ \\]+)(?: ; python_full_version < '([0-9.]+)')? \\$")
PUBLISHES = """
import sys
from publishing import a_control
from relocation.client import Client
with Client(http=sys.argv[1]) as client:
    answers = client.publish_many([a_control(), a_control("2", place="GM0344", days_ago=0.1)])
    print([str(answer.status) for answer in answers])
"""


def pins():
    for name, version, below in PINNED.findall((ROOT / "requirements/client.txt").read_text("utf-8")):
        if not below or sys.version_info < tuple(map(int, below.split("."))):
            yield name, version


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):  # noqa: F811
    """The interpreter of a new environment: what client.txt pins, taken from ours, and the wheel put in by pip.

    Pip may ask nobody, so it fails when the extra needs anything that is not pinned.
    """
    folder = tmp_path_factory.mktemp("alone")
    venv.create(folder, with_pip=False, symlinks=True)
    interpreter = folder / "bin" / "python"
    [site] = (folder / "lib").glob("python3.*/site-packages")
    for name, version in pins():
        held = distribution(name)
        assert held.version == version, f"{name}: run `make setup`"
        for each in held.files:
            if ".." not in each.parts and "__pycache__" not in each.parts:
                copy = site / each
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.symlink_to(held.locate_file(each))
    install = ("--quiet", "--no-index", "--disable-pip-version-check", f"{wheel}[client]")
    done(sys.executable, "-m", "pip", "--python", interpreter, "install", *install)
    return interpreter


def done(*command, **more):
    ended = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    assert ended.returncode == 0, ended.stderr[-2000:]
    return ended.stdout


def test_it_has_none_of_the_platform(python):
    listed = json.loads(done(sys.executable, "-m", "pip", "--python", python, "list", "--format", "json"))
    assert {each["name"].replace("_", "-") for each in listed} == {"relocation-alerts", *(name for name, _ in pins())}


def test_it_publishes(python, tmp_path):
    (tmp_path / "publishing.py").write_text((ROOT / "tests/client/publishing.py").read_text("utf-8"), "utf-8")
    with Up(tmp_path / "data") as up:
        told = done(python, "-c", PUBLISHES, up.url, cwd=tmp_path)
    assert told.strip() == "['accepted', 'accepted']"


def test_both_ways_can_be_imported(python, tmp_path):
    done(python, "-c", "import relocation.integration.over_http, relocation.integration.over_kafka", cwd=tmp_path)


def test_the_command_says_what_it_would_need(python, tmp_path):
    ended = subprocess.run(
        [python.parent / "relocation", "up"], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert ended.returncode == 2
    assert "relocation-alerts[embedded]" in ended.stderr
    assert "Traceback" not in ended.stderr
