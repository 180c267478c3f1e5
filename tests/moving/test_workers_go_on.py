"""Real workers go on where the embedded platform stopped."""

import uuid

import pytest
from made_up_events import KEY, a_control, line_of
from made_up_topics import until
from moved import PARTITIONS, TOPIC, an_environment, ends_of, exported, fill, make_topics, records_in, relocation
from stack import served

from processors.intake import Admitted
from relocation.clock import now_ms
from relocation.parts import intake_of
from relocation.settings import load_settings
from schemas.actions import AlertAction, Handling
from streams.kafka.wire import Wire
from streams.kafka.writer import Writer
from streams.moving.packing import Packing

QUIET = {"action-answers"}
"""Where a desk that begins may tell again what it answered in the last days."""


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """A filled folder."""
    return fill(tmp_path_factory.mktemp("working") / "data", events=120)


class Moved:
    """What lies in the topics, and what a gateway would write there."""

    def __init__(self, kafka, prefix):
        self.kafka, self.prefix = kafka, prefix
        self.wire = Wire(prefix=prefix)
        self.packing = Packing(self.wire, partitions=PARTITIONS, prefix=prefix)

    def messages(self, topic):
        decode = self.wire.decoder(TOPIC[topic])
        return [decode(record.value) for record in records_in(self.kafka, self.prefix, topic).get(topic, ())]

    def report(self, event):
        judged = intake_of(load_settings(token_key=KEY)).judge(line_of(event), known_at=now_ms(), is_followed=None)
        assert isinstance(judged, Admitted)
        self.write(self.packing.report(judged.report))
        return judged.report

    def write(self, out):
        Writer(self.kafka, patience_s=30).write([out])


@pytest.mark.timeout(400)
def test_workers_say_nothing_of_what_was_moved_and_go_on_with_what_comes(kafka_broker, before):
    kafka, prefix = kafka_broker.bootstrap, f"made-up-{uuid.uuid4().hex[:8]}."
    make_topics(kafka, prefix)
    assert relocation(kafka, prefix, "migrate", "--data", before).returncode == 0
    moved, then = Moved(kafka, prefix), ends_of(kafka, prefix)
    told_before = [one.alert_id for one in moved.messages("alerts")]
    states = {state["alert_id"]: state for state in exported("", "", before, "states")}
    open_alerts = [alert_id for alert_id, state in states.items() if state["handling"] == "new"]

    with served(an_environment(kafka, prefix), "worker"):
        first = moved.report(a_control(who="P-NOBODY-MET", day=50, place="GM0363"))
        until(lambda: any(one.event_id == first.event_id for one in moved.messages("receipts")), "a receipt")
        now = ends_of(kafka, prefix)
        grown = {topic for (topic, number), end in now.items() if end != then[topic, number]} - QUIET
        assert grown == {"reports.control", "events.control", "sightings.presence", "receipts"}

        moved.report(a_control(who="P-NOBODY-MET", day=55, place="GM0344"))
        known = set(told_before)
        raised = until(lambda: [one for one in moved.messages("alerts") if one.alert_id not in known], "an alert")
        assert [(one.finding.from_place, one.finding.to_place) for one in raised] == [("GM0363", "GM0344")]

        chosen = open_alerts[0]
        subject = next(one.subject for one in moved.messages("alerts") if one.alert_id == chosen)
        version = states[chosen]["version"]
        request = AlertAction(str(uuid.uuid4()), chosen, "acknowledge", version, "made-up", now_ms())
        moved.write(moved.packing.alert_action(request, subject))
        [answer] = until(
            lambda: [one for one in moved.messages("action-answers") if one.action_id == request.action_id], "an answer"
        )
    told = [one.alert_id for one in moved.messages("alerts")]
    assert sorted(one for one in told if one in known) == sorted(told_before), "nothing is said anew"
    assert (answer.state.version, answer.state.handling) == (version + 1, Handling.ACKNOWLEDGED)
