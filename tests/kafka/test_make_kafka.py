"""`make kafka`: a broker and a registry for development, until Ctrl-C."""

import re
import signal
import subprocess
import sys

import httpx
from confluent_kafka.admin import AdminClient
from project_tree import ROOT

EXPORT = re.compile(r"export (\w+)=(\S+)")
DEADLINE_S = 60


def test_it_says_what_to_export_and_ends_with_ctrl_c(servers_from_jars):
    command = [sys.executable, "-m", "infra.kafka"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as serving:
        told = dict(EXPORT.match(serving.stdout.readline()).groups() for _ in range(2))
        kafka, registry = told["RELOCATION_KAFKA"], told["RELOCATION_SCHEMA_REGISTRY"]
        assert len(AdminClient({"bootstrap.servers": kafka}).list_topics(timeout=DEADLINE_S).brokers) == 1
        assert httpx.get(f"{registry}/subjects").json() == []
        serving.send_signal(signal.SIGINT)
        assert serving.wait(DEADLINE_S) == 0
    refused = {httpx.ConnectError}
    assert {type(answer_of(f"http://{kafka}")), type(answer_of(registry))} == refused


def answer_of(url):
    try:
        return httpx.get(url)
    except httpx.HTTPError as failed:
        return failed
