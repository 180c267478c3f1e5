"""What open pages of the console hear: the same by one process and on Kafka."""

import json
import re
from urllib.parse import quote

import httpx

from alerts.console.identity import COOKIE, cookie_of
from processors.alias import alias_of
from tests.runtimes.made_up import a_control, a_move, somebody
from tests.runtimes.running import until
from tests.runtimes.test_the_same_platform import alert_of

AMSTERDAM, HAARLEM, UTRECHT = "GM0363", "GM0392", "GM0344"


def test_a_unit_hears_that_a_revision_took_an_alert_away_from_it(runtime):
    who, hers = somebody(), {COOKIE: cookie_of("S. Voorbeeld", "amsterdam")}
    arrival = a_control(who=who, place=UTRECHT, day=40)
    runtime.publish(a_control(who=who, place=AMSTERDAM, day=30), arrival)
    alert_id = alert_of(runtime, arrival)["alert_id"]
    page = runtime.get(f"/alerts/{alert_id}", cookies=hers).text
    since = dict(re.findall(r'data-(alerts|states)="([^" ]*)" ', page.partition("<body")[2].partition(">")[0]))
    runtime.publish(a_control(who=who, place=HAARLEM, day=35))
    assert alert_id in left_of(runtime, since, hers, alert_id)
    assert gone_for(runtime, since["alerts"], hers, alert_id) == {"alert_id": alert_id}
    assert runtime.get(f"/alerts/{alert_id}", cookies=hers).status_code == 404


def left_of(runtime, since, cookies, awaited):
    """Which alerts a page hears to have left, until the awaited is among them."""
    with (
        httpx.Client(timeout=60, cookies=cookies) as client,
        client.stream("GET", f"{runtime.console}/live", params=since) as answer,
    ):
        told = (json.loads(line[6:]).get("left", []) for line in answer.iter_lines() if line.startswith("data: "))
        left = []
        return until(lambda: awaited in left or left.extend(next(told))) and left


def gone_for(runtime, since, cookies, awaited):
    """What who follows the stream hears of the awaited, which is only that it went."""
    with (
        httpx.Client(timeout=60, cookies=cookies) as client,
        client.stream("GET", f"{runtime.console}/api/v1/alerts/stream", params={"last_event_id": since}) as answer,
    ):
        told = (json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: "))
        return next(data for data in told if data["alert_id"] == awaited)


def test_who_is_called_so_is_found_by_an_alias_that_was_heard(runtime):
    events = a_move(somebody(), AMSTERDAM, UTRECHT)
    runtime.publish(*events)
    alert = alert_of(runtime, events[-1])
    alias = alias_of(alert["subject"])
    found, elsewhere = (
        runtime.post("/lookup/alias", data={"alias": alias}, cookies={COOKIE: cookie_of("S. Voorbeeld", unit)})
        for unit in ("amsterdam", "limburg")
    )
    for answer in (found, elsewhere):
        assert (answer.status_code, answer.headers["location"]) == (303, f"/lookup/alias/{quote(alias)}")
    paths = (f"/subjects/{alert['subject']}", f"/alerts/{alert['alert_id']}")
    for unit, is_found in (("amsterdam", True), ("limburg", False)):
        told = runtime.get(f"/lookup/alias/{quote(alias)}", cookies={COOKIE: cookie_of("S. Voorbeeld", unit)}).text
        assert [path in told.partition('id="lookup"')[2] for path in paths] == [is_found] * len(paths)
