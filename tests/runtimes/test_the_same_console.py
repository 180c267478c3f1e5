"""What open pages of the console hear: the same by one process and on Kafka."""

import json
import re

import httpx

from alerts.console.identity import COOKIE, cookie_of
from tests.runtimes.made_up import a_control, somebody
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
