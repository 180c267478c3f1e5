"""The notifier over a real platform and real receivers: what arrives, once it arrives, and after what went wrong."""

import threading
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from made_up_events import a_control, a_withdrawal
from platforms import a_platform, published
from prometheus_client import CollectorRegistry
from receivers import taking_mails, taking_webhooks

from alerts.addresses import Address
from alerts.console.words import HERE
from alerts.notifying.channels import Channel, Channels, QuietHours, Relay, Security, Way
from alerts.notifying.not_sent import NotSent
from alerts.notifying.notifier import Notifier, Surroundings
from alerts.notifying.outbox import TOLD_KEPT_MS, Outbox
from alerts.notifying.senders import send
from processors.places import Gazetteer
from relocation.clock import now_ms
from schemas.actions import AlertAction
from schemas.times import DAY_MS, SECOND_MS
from schemas.views import AlertQuery, CannotResume, Viewer
from tests.certificates import a_certificate

PLACES = Gazetteer.load()
AMSTERDAM, UTRECHT, ZWOLLE = "GM0363", "GM0344", "GM0193"
CONSOLE = "https://alerts.example"
WHO = "MADE-UP-4711"
WITHIN_S = 30


class Clock:
    """As it is, and as much later as the test says."""

    def __init__(self):
        self.later_s = 0

    def __call__(self):
        return now_ms() + self.later_s * 1000


@pytest.fixture
def platform(tmp_path):
    with a_platform(tmp_path / "data") as running:
        yield running


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def hooks():
    with taking_webhooks() as hooks:
        yield hooks


@pytest.fixture
def notifying(platform, tmp_path, clock):
    """Notifiers over the platform, one after the other over the same outbox."""

    @contextmanager
    def run(*channels, **around):
        surroundings = Surroundings(**{"platform": platform, "places": PLACES, "now": clock, **around})
        outbox = Outbox(tmp_path / "notified.sqlite")
        notifier = Notifier(Channels(channels, CONSOLE), outbox, surroundings, CollectorRegistry())
        try:
            yield notifier
        finally:
            notifier.close()

    return run


def until(is_so, within_s=WITHIN_S):
    """Wait for it, but not for ever."""
    time_is_up = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < time_is_up, "it did not come to be so in time"
        time.sleep(0.02)


def a_webhook(hooks, **more):
    return Channel("duty", Way.WEBHOOK, url=hooks.url, **{"group_s": 0, **more})


def move(platform, who=WHO, to=UTRECHT, day=59):
    """She was in Amsterdam, and is elsewhere now."""
    arrival = a_control(who=who, place=to, day=day)
    published(platform, a_control(who=who, place=AMSTERDAM, day=55), arrival)
    return arrival


def alert_of(platform):
    return platform.alerts(AlertQuery(), Viewer()).items[0].alert


def test_nobody_is_told_of_what_was_before_the_first_time(platform, notifying, hooks):
    move(platform)
    with notifying(a_webhook(hooks)) as notifier:
        notifier.turn()
        notifier.turn()
    assert hooks.came == []


def test_a_relocation_is_told_with_its_key_and_without_an_identifier_or_a_token(platform, notifying, hooks):
    with notifying(a_webhook(hooks)) as notifier:
        notifier.turn()
        move(platform)
        notifier.turn()
        notifier.turn()
    alert = alert_of(platform)
    ((key, told),) = hooks.came
    (item,) = told["alerts"]
    assert key == told["key"] == item["key"] == f"{alert.alert_id}:1:duty"
    assert item["url"] == f"{CONSOLE}/alerts/{alert.alert_id}"
    assert "Utrecht" in item["text"]
    assert "Amsterdam" in item["text"]
    assert ".." not in item["text"]
    assert WHO not in str(told)
    assert alert.subject not in str(told)


def test_what_nobody_has_for_too_long_is_told_once_each_time_and_not_what_somebody_has(
    platform, notifying, hooks, clock
):
    with notifying(a_webhook(hooks)) as notifier:
        notifier.turn()
        move(platform)
        notifier.turn()
        for clock.later_s in (8 * 3_600 - 60, 8 * 3_600 + 120, 8 * 3_600 + 240):
            notifier.turn()
    alert = alert_of(platform)
    (_, (key, told)) = hooks.came
    assert key.startswith(f"{alert.alert_id}:1:duty:")
    assert told["alerts"][0]["headline"].startswith("Al acht uur heeft niemand deze melding.")
    comment = AlertAction(str(uuid4()), alert.alert_id, "comment", 1, "anna", 0, comment="nobody has it yet")
    platform.act_on_alert(comment, Viewer())
    with notifying(a_webhook(hooks)) as notifier:
        clock.later_s = 17 * 3_600
        notifier.turn()
        notifier.turn()
    assert len(hooks.came) == 2  # it is nobody's since it came: that was told
    take = AlertAction(str(uuid4()), alert.alert_id, "take", 2, "anna", 0)
    platform.act_on_alert(take, Viewer())
    with notifying(a_webhook(hooks)) as notifier:
        clock.later_s = 40 * 3_600
        notifier.turn()
    assert len(hooks.came) == 2


def test_what_lay_with_nobody_before_the_first_time_is_not_told(platform, notifying, hooks, clock):
    move(platform)
    clock.later_s = 9 * 3_600
    with notifying(a_webhook(hooks)) as notifier:
        for _ in range(3):
            notifier.turn()
            clock.later_s += 120
    assert hooks.came == []


def test_where_the_stream_holds_not_all_of_it_any_more_alerts_are_told_as_they_stand(platform, notifying, hooks):
    class Compacted:
        """The platform, whose stream once cannot go on from where the notifier was."""

        lost = False

        def __getattr__(self, name):
            return getattr(platform, name)

        def alerts_after(self, *asked):
            if self.lost:
                self.lost = False
                raise CannotResume("too_old")
            return platform.alerts_after(*asked)

    compacted = Compacted()
    with notifying(a_webhook(hooks), platform=compacted) as notifier:
        notifier.turn()
        move(platform)
        notifier.turn()
        move(platform, who="MADE-UP-4712")
        compacted.lost = True
        notifier.turn()
        notifier.turn()
    assert len({key for key, _ in hooks.came}) == len(hooks.came) == 2


def test_who_was_told_is_told_that_it_is_withdrawn(platform, notifying, hooks):
    with notifying(a_webhook(hooks)) as notifier:
        notifier.turn()
        arrival = move(platform)
        notifier.turn()
        published(platform, a_withdrawal(arrival))
        notifier.turn()
    assert [told["alerts"][0]["status"] for _, told in hooks.came] == ["raised", "withdrawn"]


def test_nobody_is_told_that_she_is_where_she_has_left_already(platform, notifying, hooks):
    with notifying(a_webhook(hooks)) as notifier:
        notifier.turn()
        move(platform)
        published(platform, a_control(who=WHO, place=ZWOLLE, day=57))
        notifier.turn()
        notifier.turn()
    told = [item["headline"] for _, told in hooks.came for item in told["alerts"]]
    assert any("in Zwolle, " in headline and " was op " in headline for headline in told)
    assert not any("nu in Zwolle" in headline for headline in told)


def test_what_was_told_half_a_year_ago_is_not_spoken_of_again(platform, notifying, hooks, clock):
    with notifying(a_webhook(hooks), escalates_ms=400 * DAY_MS) as notifier:
        notifier.turn()
        arrival = move(platform)
        notifier.turn()
        clock.later_s = TOLD_KEPT_MS // SECOND_MS + 1
        notifier.turn()
        published(platform, a_withdrawal(arrival))
        notifier.turn()
    assert len(hooks.came) == 1


def test_what_is_withdrawn_before_it_was_told_is_not_told_at_all(platform, notifying, hooks, clock):
    with notifying(a_webhook(hooks, group_s=60)) as notifier:
        notifier.turn()
        published(platform, a_withdrawal(move(platform)))
        notifier.turn()
        clock.later_s = 61
        notifier.turn()
    assert hooks.came == []


def test_what_comes_soon_after_goes_in_one_message(platform, notifying, hooks, clock):
    with notifying(a_webhook(hooks, group_s=60)) as notifier:
        notifier.turn()
        move(platform, "MADE-UP-1")
        notifier.turn()
        move(platform, "MADE-UP-2")
        notifier.turn()
        assert hooks.came == []
        clock.later_s = 61
        notifier.turn()
    ((key, told),) = hooks.came
    assert len(told["alerts"]) == 2
    assert key == told["alerts"][0]["key"]


def quiet_from(clock, minutes, hours=8):
    """Quiet hours that begin so many minutes from now on the clock of Amsterdam, which shows no seconds."""
    begins = datetime.fromtimestamp(clock() / 1000, HERE).replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    return QuietHours(begins.time(), (begins + timedelta(hours=hours)).time())


def test_in_quiet_hours_it_waits_for_their_end(platform, notifying, hooks, clock):
    with notifying(a_webhook(hooks, quiet=quiet_from(clock, -60))) as notifier:
        notifier.turn()
        move(platform)
        notifier.turn()
        assert hooks.came == []
        clock.later_s = 9 * 3600
        notifier.turn()
    assert len(hooks.came) == 1


def test_what_failed_before_quiet_hours_is_not_tried_again_within_them(platform, notifying, hooks, clock):
    hooks.answers = [503]
    with notifying(a_webhook(hooks, quiet=quiet_from(clock, 5))) as notifier:
        notifier.turn()
        move(platform)
        notifier.turn()
        for clock.later_s in (6 * 60, 4 * 3600):
            notifier.turn()
        assert len(hooks.came) == 1
        clock.later_s = 10 * 3600
        notifier.turn()
    assert len(hooks.came) == 2


def test_what_lay_with_nobody_at_night_and_was_taken_by_the_morning_is_not_told(platform, notifying, hooks, clock):
    with notifying(a_webhook(hooks, quiet=quiet_from(clock, 5, hours=12))) as notifier:
        notifier.turn()
        move(platform, "MADE-UP-1")
        move(platform, "MADE-UP-2")
        notifier.turn()
        assert len(hooks.came) == 1
        clock.later_s = 9 * 3600
        notifier.turn()
        taken, left = (view.alert for view in platform.alerts(AlertQuery(), Viewer()).items)
        platform.act_on_alert(AlertAction(str(uuid4()), taken.alert_id, "take", 1, "anna", 0), Viewer())
        for clock.later_s in (14 * 3600, 14 * 3600 + 120):
            notifier.turn()
    (_, (_, told)) = hooks.came
    (item,) = told["alerts"]
    assert item["alert_id"] == left.alert_id
    assert item["headline"].startswith("Al 14 uur heeft niemand deze melding.")


def test_a_channel_that_fails_is_told_the_same_again_later(platform, notifying, hooks, clock):
    hooks.answers = [503, 500]
    with notifying(a_webhook(hooks)) as notifier:
        notifier.turn()
        move(platform)
        notifier.turn()
        notifier.turn()
        assert len(hooks.came) == 1, "not before the interval is over"
        clock.later_s = 6
        notifier.turn()
        clock.later_s = 20
        notifier.turn()
        clock.later_s = 2000
        notifier.turn()
    first, second, third = hooks.came
    assert first == second == third


@pytest.mark.parametrize("refusal", [(422, [1, 2, 1]), (503, [1, 1, 2])], ids=["what it says", "the channel"])
def test_what_a_channel_refuses_for_what_it_says_holds_up_nothing(platform, notifying, hooks, clock, refusal):
    status, order = refusal
    hooks.answers = [status]
    with notifying(a_webhook(hooks)) as notifier:
        notifier.turn()
        for number in (1, 2):
            move(platform, f"MADE-UP-{number}")
            notifier.turn()
        for clock.later_s in (6, 8):
            notifier.turn()
    keys = [key for key, _ in hooks.came]
    assert [1 + (key != keys[0]) for key in keys] == order


def test_what_failed_is_tried_at_once_when_it_is_started_anew(platform, notifying, hooks, clock):
    hooks.answers = [503] * 4
    with notifying(a_webhook(hooks)) as notifier:
        notifier.turn()
        move(platform)
        for clock.later_s in (0, 6, 20, 60):
            notifier.turn()
    assert len(hooks.came) == 4
    with notifying(a_webhook(hooks)) as notifier:
        notifier.turn()
        assert len(hooks.came) == 4, "it is not due before long"
        notifier.start()
        until(lambda: len(hooks.came) == 5)
    assert len({key for key, _ in hooks.came}) == 1


def test_killed_before_it_knew_that_it_was_taken_it_tells_the_same_again(platform, notifying, hooks, clock):
    def taken_and_killed(channel, delivery):
        hooks.came.append((delivery.key, list(delivery.items)))
        raise KeyboardInterrupt

    with notifying(a_webhook(hooks)) as notifier:
        notifier.turn()
    move(platform)
    with notifying(a_webhook(hooks), send=taken_and_killed) as notifier, pytest.raises(KeyboardInterrupt):
        notifier.turn()
    with notifying(a_webhook(hooks)) as notifier:
        notifier.turn()
        notifier.turn()
    (key, items), (again, told) = hooks.came
    assert (key, items) == (again, told["alerts"])


def test_one_channel_that_fails_holds_up_no_other(platform, notifying, hooks):
    gone = Channel("gone", Way.WEBHOOK, url="http://127.0.0.1:9/", group_s=0)
    strange = Channel("strange", Way.WEBHOOK, url="http://[::1/", group_s=0)
    away = Relay(Address(f"{'a' * 70}.example", 25), Security.NONE)
    nowhere = Channel("nowhere", Way.EMAIL, to=("a@b.c",), sender="a@b.c", relay=away, group_s=0)
    with notifying(gone, strange, nowhere, a_webhook(hooks)) as notifier:
        notifier.turn()
        move(platform)
        notifier.turn()
    assert len(hooks.came) == 1


def test_a_channel_that_hangs_holds_up_no_other(platform, notifying, hooks):
    let_go = threading.Event()

    def hanging(channel, delivery):
        if channel.name != "hanging":
            send(channel, delivery)
        elif not let_go.wait(WITHIN_S):
            raise NotSent("TimeoutError")

    with notifying(Channel("hanging", Way.WEBHOOK, group_s=0), a_webhook(hooks), send=hanging) as notifier:
        notifier.start()
        for number in (1, 2):
            move(platform, f"MADE-UP-{number}")
            until(lambda number=number: len(hooks.came) == number)
        assert not let_go.is_set()
        let_go.set()


def test_a_channel_is_told_of_its_units_only(platform, notifying, hooks):
    unit = PLACES.place(ZWOLLE).region
    with notifying(a_webhook(hooks, units=frozenset({unit}))) as notifier:
        notifier.turn()
        move(platform, "MADE-UP-1", UTRECHT)
        move(platform, "MADE-UP-2", ZWOLLE)
        notifier.turn()
    ((_, told),) = hooks.came
    assert "Zwolle" in told["alerts"][0]["headline"]


def test_a_mail_arrives_with_its_key_and_in_the_language_of_the_channel(platform, notifying):
    with taking_mails() as box:
        mail = Channel(
            "unit", Way.EMAIL, to=("made-up@police.example",), sender="alerts@police.example", relay=box.relay,
            language="en", group_s=0,
        )  # fmt: skip
        with notifying(mail) as notifier:
            notifier.turn()
            move(platform)
            notifier.turn()
    (message,) = box.came
    alert = alert_of(platform)
    assert message["Idempotency-Key"] == f"{alert.alert_id}:1:unit"
    assert message["To"] == "made-up@police.example"
    assert "Utrecht" in message["Subject"]
    assert "Movement alone does not prove exploitation." in message.get_content()
    assert WHO not in message.as_string()
    assert alert.subject not in message.as_string()


def test_a_mailbox_that_is_refused_for_now_gets_it_later_and_the_others_do_not_get_it_twice(platform, notifying, clock):
    ready, greylisted, gone = (f"{name}@police.example" for name in ("ready", "greylisted", "gone"))
    with taking_mails() as box:
        box.refusing = {greylisted: ["450 later", "451 later still"], gone: ["550 nobody"] * 9}
        to = ready, greylisted, gone
        mail = Channel("unit", Way.EMAIL, to=to, sender="alerts@police.example", relay=box.relay, group_s=0)
        with notifying(mail) as notifier:
            notifier.turn()
            move(platform)
            for clock.later_s in (0, 6, 20, 2000, 4000):
                notifier.turn()
    assert box.to == [[ready], [greylisted]]
    first, second = box.came
    assert first.as_string() == second.as_string()
    assert first["Date"].datetime.tzinfo is not None


def test_a_mailbox_that_is_full_holds_up_no_other_and_is_told_things_in_their_order(platform, notifying, clock):
    ready, full, slow = (f"{name}@police.example" for name in ("ready", "full", "slow"))
    with taking_mails() as box:
        box.refusing = {full: ["452 full"] * 3, slow: ["451 not yet"]}
        to = ready, full, slow
        mail = Channel("unit", Way.EMAIL, to=to, sender="alerts@police.example", relay=box.relay, group_s=0)
        with notifying(mail) as notifier:
            notifier.turn()
            for number in (1, 2):
                move(platform, f"MADE-UP-{number}")
                notifier.turn()
            assert box.to == [[ready], [ready]]
            for clock.later_s in (6, 8, 30, 32, 100, 102, 400, 402):
                notifier.turn()
    first, second = (message["Message-ID"] for message in box.came[:2])
    told = {one: [m["Message-ID"] for m, to in zip(box.came, box.to, strict=True) if one in to] for one in to}
    assert told == {one: [first, second] for one in to}


def test_a_mailbox_that_is_refused_alone_is_tried_until_it_takes_it(platform, notifying, clock):
    with taking_mails() as box:
        box.refusing = {"unit@police.example": ["550 nobody yet"] * 2}
        mail = Channel(
            "unit", Way.EMAIL, to=("unit@police.example",), sender="alerts@police.example", relay=box.relay, group_s=0
        )
        with notifying(mail) as notifier:
            notifier.turn()
            move(platform)
            for clock.later_s in (0, 6, 20):
                notifier.turn()
    assert len(box.came) == 1


def test_mail_whose_password_is_refused_is_tried_again_and_the_log_says_why(
    platform, notifying, clock, tmp_path, caplog
):
    ca, shown = a_certificate(tmp_path)
    with taking_mails(Security.STARTTLS, shown, {"made-up": "another"}) as box:
        relay = Relay(box.relay.server, Security.STARTTLS, str(ca), "made-up", "made-up-secret")
        to = ("unit@police.example",)
        with notifying(
            Channel("unit", Way.EMAIL, to=to, sender="alerts@police.example", relay=relay, group_s=0)
        ) as one:
            one.turn()
            move(platform)
            one.turn()
            told = [(record.message, record.why) for record in caplog.records if record.name == "relocation.notifying"]
            assert (told, box.began) == ([("notification_failed", "sign_in_refused 535")], [])
            box.users["made-up"] = "made-up-secret"
            clock.later_s = 6
            one.turn()
    assert len(box.came) == 1
    assert "made-up-secret" not in caplog.text


def test_a_mail_server_that_is_away_is_tried_again(platform, notifying, clock):
    tried = []

    def away(channel, delivery):
        tried.append(delivery.key)
        raise NotSent("ConnectionRefusedError")

    with notifying(Channel("unit", Way.EMAIL, group_s=0), send=away) as notifier:
        notifier.turn()
        move(platform)
        for later_s in (0, 1, 6, 20, 2000):
            clock.later_s = later_s
            notifier.turn()
    assert tried == [tried[0]] * 4
