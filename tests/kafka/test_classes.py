"""The classes of a broker that are kept are mapped by the Java that they were kept for, and by no other."""

import subprocess

import pytest

from infra.kafka.classes import kept, mapped
from infra.kafka.fetching import kafka_jars
from infra.kafka.java import java

pytestmark = pytest.mark.usefixtures("servers_from_jars")


def test_a_jvm_is_told_of_kept_classes_where_there_are_any_and_can_map_them():
    told = mapped()
    assert bool(told) == kept().exists()
    or_fail = ["-Xshare:on"] if told else []
    tool = ["-cp", f"{kafka_jars()}/*", "kafka.tools.StorageTool", "random-uuid"]
    done = subprocess.run([*java(64), *or_fail, *told, *tool], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_another_java_has_classes_of_its_own(monkeypatch, tmp_path):
    of_this = kept()
    (tmp_path / "java").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert kept() != of_this
