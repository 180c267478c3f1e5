"""The client over HTTP, against a real platform and one that breaks as networks do."""

import logging
import socket
from contextlib import closing

import pytest
from publishing import IDENTIFIERS, a_control, a_passage, ago
from test_publish import Server, serving

from relocation.client import Client, NotAccepted, Status, Unreachable, Withdrawal
from schemas.problems import Code
from tests.console.running import Up


def statuses(answers):
    return [str(answer.status) for answer in answers]


def test_events_are_published_and_answered_in_order(tmp_path):
    with Up(tmp_path / "data") as up, Client(http=up.url) as client:
        first, second = a_control(), a_control("case 2", place="GM0344", days_ago=0.1)
        answers = client.publish_many([first, second, a_control("case 3", place="GM9999"), first])
        assert statuses(answers) == ["accepted", "accepted", "rejected", "duplicate"]
        assert [answer.event_id for answer in answers[:2]] == [first.event_id, second.event_id]
        assert [(problem.code, problem.field) for problem in answers[2].problems] == [(Code.UNKNOWN_PLACE, "place")]
        assert client.publish(Withdrawal.of(second, recorded_at=ago(0))).status is Status.ACCEPTED
        assert statuses(client.receipts(answers)) == statuses(answers)
        assert client.publish(a_passage()).status is Status.ACCEPTED


@pytest.mark.parametrize("misfortune", [(503, [(b"retry-after", b"0")]), "ends early", "breaks"], ids=str)
def test_what_was_not_answered_is_sent_again(misfortune):
    events = [a_control(f"case {number}") for number in range(20)]
    server = Server([misfortune])
    with serving(server) as url, Client(http=url) as client:
        assert statuses(client.publish_many(events)) == ["accepted"] * 20
    assert server.requests == 2


def test_many_more_events_than_one_request_holds_are_all_answered():
    events = [a_control(f"case {number}") for number in range(2_500)]
    server = Server()
    with serving(server) as url, Client(http=url) as client:
        answers = client.publish_many(events)
    assert [answer.event_id for answer in answers] == [event.event_id for event in events]
    assert server.requests > 1


def test_nobody_there_is_said_once_the_patience_is_over():
    with closing(socket.socket()) as unheard:
        unheard.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unheard.getsockname()[1]}"
        with Client(http=nobody, patience_s=0.3) as client, pytest.raises(Unreachable, match="publish again later"):
            client.publish(a_control())


def test_a_server_that_refuses_whatever_is_sent_is_said():
    refusing = serving(Server([(403, [])]))
    with refusing as url, Client(http=url) as client, pytest.raises(NotAccepted, match="403"):
        client.publish(a_control())


def test_nothing_of_an_event_is_logged(caplog):
    caplog.set_level(logging.DEBUG)
    with serving(Server(["breaks"])) as url, Client(http=url) as client:
        client.publish(a_control())
    assert caplog.records
    assert not any(identifier in caplog.text for identifier in IDENTIFIERS)
