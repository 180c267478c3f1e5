"""One card per arrival event, repeats on the earlier one; whatever the order in which the alerts are told."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.cards import Cards, card_id
from schemas.alerts import AlertStatus
from schemas.reports import EventKey
from schemas.times import DAY_MS
from tests.console.told import AMSTERDAM, HAARLEM, NOW, UTRECHT, a_sighting, a_token, an_alert, an_id

REPEAT_MS = 14 * DAY_MS
WOMAN, COLLEAGUE, CAR = a_token("woman"), a_token("colleague"), a_token("car")


def moved(who=WOMAN, days_ago=1.0, *, to=UTRECHT, come_from=HAARLEM, event=None, **more):
    """Somebody's arrival; ``event`` where it is not the event of that place and day."""
    changes = {"event_id": an_id(event)} if event else {}
    left, arrival = a_sighting(come_from, days_ago=days_ago + 5), a_sighting(to, days_ago=days_ago, **changes)
    return an_alert(left, arrival, subject=who, **more)


def cards_of(*alerts):
    cards = Cards(REPEAT_MS)
    for alert in alerts:
        cards.tell(alert)
    return cards


def lie_together(*alerts, cards=None):
    cards = cards or cards_of(*alerts)
    return len({cards.where(alert.alert_id).card for alert in alerts}) == 1


def withdrawn(alert, **changes):
    return replace(alert, status=AlertStatus.WITHDRAWN, revision=alert.revision + 1, **changes)


def test_all_that_one_event_brought_about_is_one_card():
    she, he = moved(WOMAN), moved(CAR, come_from=AMSTERDAM, kind="vehicle")
    assert lie_together(she, he)
    assert cards_of(she).where(she.alert_id).card == card_id(she.based_on[-1].event)


def test_the_same_event_id_of_another_source_is_another_card():
    she, other = moved(), replace(moved(COLLEAGUE), arrival_source="another-source")
    assert not lie_together(she, other)


def test_a_repeat_lies_on_the_card_of_what_it_repeats_whichever_way_it_went():
    there = moved(days_ago=9)
    back = moved(days_ago=6, to=HAARLEM, come_from=UTRECHT, repeat=True)
    again = moved(days_ago=3, repeat=True)
    assert lie_together(there, back, again)
    cards = cards_of(there, back, again)
    assert len({cards.where(alert.alert_id).event for alert in (there, back, again)}) == 3


def test_a_repeat_of_long_ago_or_of_somebody_else_or_between_other_places_has_a_card_of_its_own():
    now = moved(days_ago=1, repeat=True)
    assert lie_together(moved(days_ago=15), now)
    assert not lie_together(moved(days_ago=15.1), now)
    assert not lie_together(moved(COLLEAGUE, days_ago=5), now)
    assert not lie_together(moved(days_ago=5, to=AMSTERDAM), now)


def test_an_event_that_is_news_of_one_subject_stays_whole_though_another_only_repeats():
    earlier, again, colleague = moved(days_ago=5), moved(days_ago=1, repeat=True), moved(COLLEAGUE, days_ago=1)
    cards = cards_of(earlier, again, colleague)
    assert lie_together(again, colleague, cards=cards)
    assert not lie_together(earlier, again, cards=cards)


def test_an_event_of_repeats_lies_on_the_latest_of_the_cards_that_it_could():
    hers, of_the_car = moved(days_ago=5), moved(CAR, days_ago=4)
    both = moved(days_ago=1, repeat=True), moved(CAR, days_ago=1, repeat=True)
    cards = cards_of(hers, of_the_car, *both)
    assert lie_together(of_the_car, *both, cards=cards)
    assert not lie_together(hers, of_the_car, cards=cards)


def test_a_repeat_leaves_when_what_it_repeats_is_withdrawn():
    first, again = moved(days_ago=5), moved(days_ago=1, repeat=True)
    cards = cards_of(first, again)
    assert cards.tell(withdrawn(first)) == {again.alert_id}
    assert not lie_together(first, again, cards=cards)


def test_a_card_is_as_fresh_as_what_is_pushed_on_it():
    she, filed = moved(known_at=NOW - 50), moved(COLLEAGUE, known_at=NOW - 20, attention="file")
    again = moved(days_ago=0.5, repeat=True, known_at=NOW)
    cards = cards_of(she, filed, again)
    assert {cards.where(alert.alert_id).at for alert in (she, filed, again)} == {NOW - 50}
    assert cards.tell(replace(she, revision=2, known_at=NOW - 10)) == {alert.alert_id for alert in (she, filed, again)}
    only_filed = cards_of(filed)
    assert only_filed.where(filed.alert_id).at == NOW - 20


def test_what_is_told_again_moves_nothing():
    cards = cards_of(moved())
    assert cards.tell(moved()) == set()


@pytest.mark.parametrize("seed", [None, 1])
def test_thousands_of_repeats_lie_on_one_card_told_in_order_or_in_none(seed):
    alerts = [moved(days_ago=14 - n / 250, repeat=n > 0) for n in range(3_000)]
    cards = cards_of(*(alerts if seed is None else Random(seed).sample(alerts, len(alerts))))
    assert lie_together(*alerts, cards=cards)
    cards.tell(replace(alerts[0], revision=2, known_at=NOW))
    assert cards.where(alerts[-1].alert_id).at == NOW


@pytest.mark.parametrize("repeat", [False, True])
def test_thousands_of_one_event_lie_on_one_card(repeat):
    alerts = [moved(str(number), event="an advertisement of many phones", repeat=repeat) for number in range(6_000)]
    cards = Cards(REPEAT_MS)
    assert [cards.tell(alert) for alert in alerts] == [{alert.alert_id} for alert in alerts]
    assert lie_together(*alerts, cards=cards)


MESSAGES = st.lists(
    st.builds(
        lambda who, day, there, repeat, gone, known: (withdrawn if gone else replace)(
            moved(
                who,
                days_ago=float(day),
                **({"to": UTRECHT, "come_from": HAARLEM} if there else {"to": HAARLEM, "come_from": UTRECHT}),
                event=f"event of day {day}",
                repeat=repeat,
                known_at=NOW - known,
            )
        ),
        st.sampled_from((WOMAN, COLLEAGUE, CAR)),
        st.integers(1, 24),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.integers(0, 5),
    ),
    max_size=14,
)


@given(MESSAGES, st.randoms(use_true_random=False))
def test_where_alerts_lie_follows_from_their_last_messages_whatever_the_order(messages, shuffling):
    last = {message.alert_id: message for message in messages}
    as_told, shuffled = cards_of(*messages), list(last.values())
    shuffling.shuffle(shuffled)
    from_scratch = cards_of(*shuffled)
    for alert_id in last:
        assert as_told.where(alert_id) == from_scratch.where(alert_id)


def event_of(alert):
    return card_id(EventKey(alert.arrival_source, alert.arrival_type, alert.finding.arrival_event_id))


def host_of(alerts, event):
    """The event beside which one lies, sentence by sentence; None where it has a card of its own."""
    live = [alert for alert in alerts if alert.status is not AlertStatus.WITHDRAWN]

    def moment(one):
        return max(alert.finding.arrived_at for alert in live if event_of(alert) == one), one

    def repeats(alert, earlier):
        ways = [{one.finding.from_place, one.finding.to_place} for one in (alert, earlier)]
        near = 0 <= alert.finding.arrived_at - earlier.finding.arrived_at <= REPEAT_MS
        return near and alert.subject == earlier.subject and ways[0] == ways[1]

    of_it = [alert for alert in live if event_of(alert) == event]
    if not of_it or not all(alert.finding.repeat for alert in of_it):
        return None
    repeated = (
        (earlier.finding.arrived_at, event_of(earlier))
        for alert in of_it
        for earlier in live
        if repeats(alert, earlier) and moment(event_of(earlier)) < moment(event)
    )
    return max(repeated, default=(0, None))[1]


@given(MESSAGES)
def test_where_alerts_lie_is_what_the_rule_says(messages):
    cards, alerts = cards_of(*messages), list({message.alert_id: message for message in messages}.values())
    for alert in alerts:
        card = event_of(alert)
        while host := host_of(alerts, card):
            card = host
        of_card = [one for one in alerts if event_of(one) == card]
        at = max(one.known_at for one in ([one for one in of_card if one.pushed] or of_card))
        assert cards.where(alert.alert_id) == (card, event_of(alert), at)


@given(MESSAGES)
def test_who_is_told_what_moved_knows_where_all_lie(messages):
    cards, known = Cards(REPEAT_MS), {}
    for message in messages:
        for alert_id in cards.tell(message):
            known[alert_id] = cards.where(alert_id)
    assert known == {alert_id: cards.where(alert_id) for alert_id in {message.alert_id for message in messages}}
