"""What is listed of alerts is the same by one process with a log of its own and by one that reads partitions."""

import random
from dataclasses import replace
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_events import a_control, a_history
from platforms import a_platform, published

from schemas.actions import AlertAction
from schemas.alerts import AlertStatus
from schemas.views import AlertQuery, CannotResume, Viewer
from streams.lists import alert_list, card_list
from streams.lists.projection import Heard, Projection
from streams.lists.reading import AlertReader

ME = Viewer()
PARTITIONS = 3
EVERYTHING = AlertQuery(limit=500)
A_MOVE_THEN_NOTHING = [("GM0363", -150), ("GM0344", -149), ("GM0344", 59)]
"""Places and days: the last sighting settles the alert."""


def partition_of(subject):
    return crc32(subject.encode()) % PARTITIONS


class Topics:
    """What a platform said, as it would lie in topics: by partition, in order."""

    def __init__(self, platform):
        self.alerts = [[] for _ in range(PARTITIONS)]
        self.states = [[] for _ in range(PARTITIONS)]
        self.actions = []
        home = {}
        for _, _, alert in platform.alerts_after((0,), 10_000, ME):
            home[alert.alert_id] = partition_of(alert.subject)
            self.alerts[home[alert.alert_id]].append((alert, None))
        for view in platform.alerts(EVERYTHING, ME).items:
            if not view.active and view.alert.status is not AlertStatus.WITHDRAWN:
                self.alerts[home[view.alert.alert_id]].append((view.alert, True))
            for step in platform.alert_handling(view.alert.alert_id, ME):
                asked = step.action and step.action.action_id
                self.states[home[view.alert.alert_id]].append((step.state, asked))
                self.actions += [step.action] if step.action else []

    def said(self):
        """Every message with where it lies, as (projection's method, arguments), by topic and partition."""
        told = [[("hear_action", (action,), {})] for action in self.actions]
        for partition, (alerts, states) in enumerate(zip(self.alerts, self.states, strict=True)):
            told.append(
                [
                    ("hear_alert", (Heard(partition, offset), alert), {"settled": settled})
                    for offset, (alert, settled) in enumerate(alerts)
                ]
            )
            told.append([("hear_state", (Heard(partition, offset), *state), {}) for offset, state in enumerate(states)])
        return told


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """The topics of a made-up history in which much was corrected, withdrawn and handled, and how it is listed."""
    with a_platform(tmp_path_factory.mktemp("history")) as platform:
        platform.publish(a_history(11, 300))
        published(platform, *(a_control(who="P-7001", place=place, day=day) for place, day in A_MOVE_THEN_NOTHING))
        for number, view in enumerate(platform.alerts(EVERYTHING, ME).items[:20]):
            if view.state.handling == "new":
                asked = AlertAction(f"a{number}", view.alert.alert_id, "take", view.state.version, by="made-up", at=0)
                platform.act_on_alert(asked, ME)
        listed = {
            view.alert.alert_id: (replace(view, position=0), platform.alert_handling(view.alert.alert_id, ME))
            for view in platform.alerts(EVERYTHING, ME).items
        }
        laid = [_lying(card) for card in platform.cards(AlertQuery(limit=200), ME).items]
        topics = Topics(platform)
        region_of = platform._parts.region_of
    assert any(not view.active and view.alert.status is not AlertStatus.WITHDRAWN for view, _ in listed.values())
    return topics, listed, laid, region_of


def _lying(card):
    """What a card says but for positions, which each log numbers by itself."""
    members = [replace(member, view=replace(member.view, position=0)) for member in card.members]
    return replace(card, members=tuple(members))


def interleaved(lists, chance):
    """One order of all messages that keeps that of each partition, with messages that come twice in between."""
    waiting = [list(each) for each in lists if each]
    while waiting:
        some = chance.choice(waiting)
        if chance.random() < 0.1:
            yield some[0]
        yield some.pop(0)
        waiting = [each for each in waiting if each]


def listed_by(projection):
    with projection.database.reading() as connection:
        page = alert_list.page_of(connection, EVERYTHING)
        reader = AlertReader(connection)
        return {
            view.alert.alert_id: (replace(view, position=0), reader.handling_of(view.alert.alert_id))
            for view in page.items
        }


def laid_by(projection):
    with projection.database.reading() as connection:
        return [_lying(card) for card in card_list.page_of(connection, AlertQuery(limit=200)).items]


@given(seed=st.integers())
@settings(max_examples=40)
def test_in_whatever_order_partitions_are_read_the_list_is_the_same(history, seed):
    topics, listed, laid, region_of = history
    chance = random.Random(seed)
    projection = Projection(PARTITIONS, region_of)
    for method, arguments, more in interleaved(topics.said(), chance):
        getattr(projection, method)(*arguments, **more)
        if chance.random() < 0.05:
            projection.commit()
    projection.commit()
    try:
        assert listed_by(projection) == {
            one: (replace(view, position=0), steps) for one, (view, steps) in listed.items()
        }
        assert laid_by(projection) == laid
        assert projection.alerts_end() == tuple(map(len, topics.alerts))
    finally:
        projection.close()


@given(seed=st.integers())
@settings(max_examples=40)
def test_a_listener_that_changes_replicas_hears_each_message_once(history, seed):
    topics, _, _, region_of = history
    chance = random.Random(seed)
    replicas = [Projection(PARTITIONS, region_of) for _ in range(2)]
    reading = [interleaved(topics.said(), chance) for _ in replicas]
    heard, position = [], (0,) * PARTITIONS
    everything = {(alert.alert_id, alert.revision) for each in topics.alerts for alert, _ in each}
    while len(heard) < len(everything):
        at = chance.randrange(2)
        for _ in range(chance.randint(0, 20)):
            method, arguments, more = next(reading[at], (None, (), {}))
            if method is not None:
                getattr(replicas[at], method)(*arguments, **more)
        replicas[at].commit()
        for one in replicas[at].alerts_after(position, chance.randint(1, 9)):
            heard.append((one.alert.alert_id, one.alert.revision))
            position = one.reached
    for replica in replicas:
        replica.close()
    assert len(set(heard)) == len(heard)
    assert set(heard) == everything


def test_positions_are_the_same_on_every_replica_and_pages_go_on_elsewhere(history):
    topics, _, _, region_of = history
    pages = []
    for seed in (1, 2):
        projection = Projection(PARTITIONS, region_of)
        for method, arguments, more in interleaved(topics.said(), random.Random(seed)):
            getattr(projection, method)(*arguments, **more)
        projection.commit()
        with projection.database.reading() as connection:
            first = alert_list.page_of(connection, AlertQuery(limit=5))
            cursor = pages[0][0].next if pages else first.next
            pages.append((first, alert_list.page_of(connection, AlertQuery(limit=5, cursor=cursor))))
        projection.close()
    assert pages[0] == pages[1]


def test_what_was_compacted_away_cannot_be_resumed_from(history):
    topics, _, _, region_of = history
    (first, _), (second, _) = topics.alerts[0][:2]
    projection = Projection(PARTITIONS, region_of)
    projection.begins((4, 0, 0), (0, 0, 0))
    projection.hear_alert(Heard(0, 4), first)
    projection.hear_alert(Heard(0, 9), second)
    projection.commit()
    assert projection.alerts_end() == (10, 0, 0)
    assert [one.reached for one in projection.alerts_after((9, 0, 0), 10)] == [(10, 0, 0)]
    for too_old in ((0, 0, 0), (4, 0, 0), (5, 0, 0)):
        with pytest.raises(CannotResume, match="too_old"):
            projection.alerts_after(too_old, 10)
    with pytest.raises(CannotResume, match="unknown"):
        projection.alerts_after((9, 0), 10)
    projection.close()


def test_the_first_message_of_a_revision_counts_and_a_repeat_says_only_whether_it_is_settled(history):
    topics, _, _, region_of = history
    said = next(alert for alert, _ in topics.alerts[0] if alert.status is AlertStatus.RAISED)
    of_a_zombie = replace(said, historical=not said.historical)
    projection = Projection(PARTITIONS, region_of)
    standing = []
    for offset, (alert, settled) in enumerate(
        [(said, None), (of_a_zombie, None), (said, True), (said, None), (said, False)]
    ):
        projection.hear_alert(Heard(0, offset), alert, settled=settled)
        projection.commit()
        with projection.database.reading() as connection:
            view = alert_list.view_of(connection, said.alert_id)
            assert view.alert == said
            standing.append(view.active)
    assert standing == [True, True, False, False, True]
    projection.close()
