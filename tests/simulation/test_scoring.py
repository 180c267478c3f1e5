"""The match rule of the scorer, one edge at a time."""

from relocation.simulation.scoring import Truth, promises, score, standing

W, C = "woman-1", "car-2"


def a_move(start, to, left, arrived, *, physical=W, observable=True, seen_from=None, crew="carousel-1"):
    kind = "vehicle" if physical == C else "person"
    return {
        "subject": physical, "subject_kind": kind, "from": start, "to": to, "left_at": day(left),
        "arrived_at": day(arrived), "observable": observable,
        "seen_from": seen_from or (start if observable else None), "physical": physical,
        "crew": crew, "tokens": [physical],
    }  # fmt: skip


def an_alert(start, to, last_seen, arrived, *, subject=W, **more):
    return {
        "alert_id": f"{start}{to}{arrived}", "subject": subject, "subject_kind": "person", "from": start, "to": to,
        "from_last_seen": day(last_seen), "arrived_at": day(arrived), "status": "raised", "certainty": "confirmed",
        "arrival_event_id": f"{to}{arrived}", "attention": "tell", "repeat": False, "known_at": day(arrived), **more,
    }  # fmt: skip


def day(number):
    return f"2026-01-{int(number):02d}T{round(number % 1 * 24):02d}:00:00.000Z"


A_TO_B_TO_C = [a_move("A", "B", 5, 6), a_move("B", "C", 10, 11)]


def scored(alerts, moves=None):
    return score(Truth.of(moves or A_TO_B_TO_C), alerts)


def test_an_alert_within_the_stay_is_right():
    found = scored([an_alert("A", "B", 4, 8), an_alert("B", "C", 8, 12)])
    assert (found.precision, found.recall, found.recall_strict) == (1.0, 1.0, 1.0)


def test_the_edges_of_a_stay_belong_to_it():
    assert scored([an_alert("A", "B", 5, 6)]).right == 1
    assert scored([an_alert("A", "B", 5, 10)]).right == 1


def test_an_alert_ahead_of_coming_or_after_leaving_is_wrong():
    assert scored([an_alert("A", "B", 4, 5.75)]).right == 0
    assert scored([an_alert("A", "B", 4, 10.25)]).right == 0


def test_an_alert_to_where_she_never_was_is_wrong():
    assert scored([an_alert("A", "X", 4, 7)]).wrong_why == {"person: was not there": 1}


def test_an_alert_from_where_she_did_not_come_from_is_wrong():
    assert scored([an_alert("X", "B", 4, 7)]).wrong_why == {"person: did not come from there": 1}


def test_an_alert_over_an_unseen_stay_is_right():
    moves = [a_move("A", "B", 5, 6, observable=False), a_move("B", "C", 10, 11, observable=False, seen_from="A")]
    found = scored([an_alert("A", "C", 4, 12)], moves)
    assert (found.precision, found.recall, found.expected_strict) == (1.0, 1.0, 0)


def test_an_alert_over_a_stay_that_was_missed_is_right_and_the_missed_one_costs_recall():
    found = scored([an_alert("A", "C", 4, 12)])
    assert (found.precision, found.recall) == (1.0, 0.5)


def test_an_alert_over_a_missed_stay_is_wrong_when_she_was_elsewhere_at_last_seen():
    assert scored([an_alert("A", "C", 8, 12)]).right == 0


def test_a_second_alert_of_the_same_arrival_is_wrong():
    found = scored([an_alert("A", "B", 4, 7), an_alert("A", "B", 4, 8)])
    assert (found.right, found.found) == (1, 1)
    assert found.wrong_why == {"person: told twice": 1}


def test_an_alert_of_somebody_who_never_moved_is_wrong():
    assert scored([an_alert("A", "B", 4, 7, subject="bystander")]).precision == 0.0


def test_an_alert_into_the_first_stay_is_wrong():
    assert scored([an_alert("X", "A", 1, 2)]).wrong_why == {"person: had not come from elsewhere": 1}


def test_a_withdrawn_alert_counts_for_nothing():
    told = an_alert("A", "X", 4, 7)
    assert standing([told, told | {"status": "withdrawn"}]) == []
    assert standing([told, told | {"status": "withdrawn"}, told | {"status": "raised"}]) != []


def test_nothing_told_has_full_precision_and_no_recall():
    found = scored([])
    assert (found.precision, found.recall) == (1.0, 0.0)


def commuting():
    return Truth.of([a_move("A", "B", 5, 6, physical=C, crew="commute-2")])


def test_a_commuting_car_notified_twice_in_a_fortnight_is_noticed():
    twice = [an_alert("A", "B", 5, 6, subject=C), an_alert("B", "A", 7, 19, subject=C)]
    assert promises(commuting(), twice).commuter_notified_max == 2
    apart = [an_alert("A", "B", 5, 6, subject=C), an_alert("B", "A", 7, 20, subject=C)]
    assert promises(commuting(), apart).commuter_notified_max == 1


def test_repeats_and_filed_alerts_are_not_notified():
    quiet = [an_alert("A", "B", 5, 6, subject=C, repeat=True), an_alert("B", "A", 7, 8, subject=C, attention="file")]
    assert promises(commuting(), quiet).commuter_notified_max == 0


def test_taking_back_a_confirmed_alert_counts_unless_it_was_corrected():
    told = an_alert("A", "B", 5, 6)
    kept = promises(commuting(), [told, told | {"status": "withdrawn", "reason": "later_evidence"}])
    assert (kept.confirmed, kept.taken_back, kept.taken_back_for_good) == (1, 1, 1)
    kept = promises(commuting(), [told, told | {"status": "withdrawn", "reason": "corrected"}])
    assert (kept.confirmed, kept.taken_back) == (1, 0)


def test_an_alert_that_goes_on_under_another_name_is_not_taken_back_for_good():
    told = an_alert("A", "B", 5, 6)
    renamed = told | {"alert_id": "other", "subject": "bvh"}
    kept = promises(commuting(), [told, renamed, told | {"status": "withdrawn", "reason": "identity"}])
    assert (kept.taken_back, kept.taken_back_for_good) == (1, 0)
