"""Laws of the made-up world: repeatable, physically possible, plainly invented."""

import json
import re
from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from made_up_world import KEY, START, a_world

from relocation.simulation.atlas import Atlas, distance_km
from relocation.simulation.moments import DAY, HOUR, is_weekend, written_time
from relocation.simulation.noise import LAYERS, LEVELS, NAMES, level_named
from relocation.simulation.scoring import milliseconds


def lines(noise="believable", **size):
    return [sent.line for sent in a_world(noise, **size).sent]


def test_the_same_seed_gives_the_same_events_and_the_same_truth():
    first = a_world("believable", days=10, subjects=60)
    a_world.cache_clear()
    again = a_world("believable", days=10, subjects=60)
    assert [sent.line for sent in first.sent] == [sent.line for sent in again.sent]
    assert first.truth == again.truth


def test_another_seed_gives_another_world():
    assert not set(lines(days=10, subjects=60)) & set(lines(days=10, subjects=60, seed=8))


def test_events_are_sent_in_the_order_of_their_recording_but_for_those_sent_twice():
    sent = a_world("believable").sent
    assert [told.sent_at for told in sent] == sorted(told.sent_at for told in sent)
    once = [told.draft.recorded_at for told in sent if not told.draft.sent_after]
    assert once == sorted(once)


def test_nothing_is_recorded_before_it_occurred():
    assert all(
        told.draft.withdrawn or told.draft.occurred_at <= told.draft.recorded_at for told in a_world("harsh").sent
    )


def test_all_four_kinds_of_events_come_in():
    kinds = Counter(told.draft.type for told in a_world().sent)
    assert set(kinds) == {"control", "bvh_mutation", "ad", "vehicle"}
    assert min(kinds.values()) > 30


def test_an_event_is_told_once_without_noise():
    told = [sent.draft.event_id for sent in a_world().sent]
    assert len(told) == len(set(told))


def test_nobody_is_in_two_places_or_arrives_before_leaving():
    for crew in a_world("believable").crews:
        for subject in crew.subjects():
            stays = subject.trail.stays
            for stay in stays:
                assert stay.since < stay.until
            for left, came in pairwise(stays):
                assert left.until < came.since
                assert left.spot.code != came.spot.code


def test_nobody_drives_faster_than_a_car():
    for crew in a_world("believable").crews:
        for subject in crew.subjects():
            for left, came in pairwise(subject.trail.stays):
                hours = (came.since - left.until) / HOUR
                assert distance_km(left.spot, came.spot) / hours <= 100


def test_without_noise_everything_is_seen_where_it_is():
    world = a_world()
    trails = {}
    for crew in world.crews:
        for subject in crew.subjects():
            for name in (getattr(subject, field, None) for field in ("bvh", "text", "digits", "document", "plate")):
                if name is not None:
                    trails[name] = subject.trail
    for told in (sent.draft for sent in world.sent):
        if told.facts.get("online") is False:
            continue
        named = [person.bvh or person.document for person in told.persons] + [*told.cars, *told.phones, *told.photos]
        for trail in (trails[name] for name in named if name in trails):
            stay = trail.at(told.occurred_at)
            assert stay is not None
            assert stay.spot is told.spot


def test_the_moves_of_a_subject_follow_one_another():
    moves = defaultdict(list)
    for line in a_world("believable").truth:
        moves[line["physical"]].append(line)
    assert moves
    for chain in moves.values():
        for line in chain:
            assert milliseconds(line["left_at"]) <= milliseconds(line["arrived_at"])
            assert line["from"] != line["to"]
        for before, after in pairwise(chain):
            assert before["to"] == after["from"]
            assert milliseconds(before["arrived_at"]) < milliseconds(after["left_at"])


def test_the_truth_holds_what_the_contract_asks_for():
    for line in a_world().truth:
        assert {"subject", "from", "to", "left_at", "arrived_at", "observable"} <= set(line)
        assert line["subject"] in line["tokens"]
        assert isinstance(line["observable"], bool)
        assert re.fullmatch(r"[0-9a-f]{32}", line["subject"])


def test_an_observable_move_was_shown_from_where_it_began():
    shown = [line for line in a_world().truth if line["observable"]]
    assert shown
    assert all(line["seen_from"] == line["from"] for line in shown)


def test_the_truth_has_unobserved_stays_and_moves_over_them():
    truth = a_world(subjects=600).truth
    assert any(line["seen_from"] is None for line in truth)
    assert any(line["seen_from"] is not None and not line["observable"] for line in truth)


def test_people_cars_phones_and_photos_move():
    kinds = Counter(line["physical"].split("-")[0] for line in a_world("believable").truth)
    assert {"woman", "controller", "staff", "car", "phone", "photo"} <= set(kinds)


def test_noise_does_not_change_what_is_true():
    quiet = {json.dumps(line) for line in a_world().truth}
    loud = {json.dumps(line) for line in a_world("harsh").truth if not line["crew"].startswith(("commute", "weekend"))}
    assert quiet == loud


def test_whatever_names_anybody_is_plainly_made_up():
    for told in (sent.draft for sent in a_world("believable").sent):
        for person in told.persons:
            assert person.bvh is None or person.bvh.startswith("SIM-P-")
            assert person.document is None or person.document.number.startswith("SIM")
            assert person.name is None or person.name.family.startswith("Verzonnen")
        assert all(
            plate.text.startswith("SIM-") or plate.text == "ONBEKEND" or "SIM" in _read_back(plate.text)
            for plate in told.cars
        )
        assert all(phone.startswith("06 0") for phone in told.phones)
        assert all(photo.startswith("51a0") for photo in told.photos)


def _read_back(plate):
    return plate.replace("6", "S").replace("5", "S")


def test_an_ad_without_police_names_nobody_and_one_with_police_does():
    ads = [sent.draft for sent in a_world().sent if sent.draft.type == "ad"]
    involved = [ad for ad in ads if ad.facts.get("police_involved")]
    assert involved
    assert any(ad.phones and ad.photos for ad in involved)
    assert all(not ad.phones and not ad.photos for ad in ads if ad not in involved)


def test_municipal_zero_signals_name_nobody():
    controls = [sent.draft for sent in a_world().sent if sent.draft.facts.get("conducted_by") == "municipality"]
    zero = [told for told in controls if told.facts["licensed"] or not set(told.signs) - {"unlicensed"}]
    assert zero
    assert all(not (told.persons or told.cars or told.phones) for told in zero)


def test_documents_are_joined_to_bvh_numbers_by_mutations():
    mutations = [sent.draft for sent in a_world().sent if sent.draft.type == "bvh_mutation"]
    assert any(person.bvh and person.document for told in mutations for person in told.persons)


@pytest.mark.parametrize("name", NAMES)
def test_each_layer_of_noise_can_be_switched_on_alone_and_does_something(name):
    """At ten times its rate, as some touch next to nothing in a small world."""
    small = {"days": 20, "subjects": 120}
    assert lines(name, **small, times=10.0) != lines("none", **small)


@pytest.mark.parametrize("name", ["late", "misread", "corrected", "borrowed"])
def test_a_layer_changes_no_event_that_it_is_not_about(name):
    types = {"late": (), "misread": ("vehicle",), "corrected": ("control", "bvh_mutation", "ad")}.get(
        name, ("control", "bvh_mutation")
    )
    untouched = [sent.line for sent in a_world().sent if types and sent.draft.type not in types]
    assert set(untouched) <= set(lines(name))


def test_late_reports_are_the_same_reports_only_later():
    quiet = {sent.draft.event_id: sent.draft for sent in a_world().sent}
    late = {sent.draft.event_id: sent.draft for sent in a_world("late").sent}
    assert quiet.keys() == late.keys()
    delays = [
        (late[key].recorded_at - quiet[key].recorded_at) / DAY for key in quiet if quiet[key].type == "bvh_mutation"
    ]
    assert min(delays) == 0
    assert max(delays) > 5
    assert all(late[key].occurred_at == quiet[key].occurred_at for key in quiet)


def test_a_correction_ends_in_what_was_right_from_the_beginning():
    right = {sent.draft.event_id: sent.draft for sent in a_world().sent}
    said = defaultdict(list)
    for sent in a_world("corrected").sent:
        said[sent.draft.event_id].append(sent.draft)
    corrected = [drafts for drafts in said.values() if len(drafts) > 1]
    assert corrected
    for wrong, amended in corrected:
        assert (wrong.revision, amended.revision) == (0, 1)
        assert wrong.recorded_at < amended.recorded_at
        original = right[amended.event_id]
        assert (amended.spot, amended.occurred_at, amended.persons) == (
            original.spot,
            original.occurred_at,
            original.persons,
        )
        assert (wrong.spot, wrong.occurred_at, wrong.persons) != (original.spot, original.occurred_at, original.persons)


def test_whoever_withdraws_withdraws_what_was_said_twice():
    withdrawn = {sent.draft.event_id for sent in a_world("withdrawn").sent if sent.draft.withdrawn}
    assert withdrawn
    assert not withdrawn & {sent.draft.event_id for sent in a_world().sent}


def test_touring_phones_are_advertised_in_two_places_within_minutes():
    quiet = {sent.draft.event_id for sent in a_world().sent}
    second = [sent.draft for sent in a_world("touring").sent if sent.draft.event_id not in quiet]
    assert second
    places = defaultdict(set)
    for ad in (sent.draft for sent in a_world("touring").sent if sent.draft.type == "ad"):
        for phone in ad.phones:
            places[phone, ad.occurred_at // DAY].add(ad.spot.code)
    assert any(len(seen) > 1 for seen in places.values())


def test_a_passport_is_shown_by_two_women():
    lent = {sent.draft.event_id: sent.draft.persons for sent in a_world("borrowed", subjects=600).sent}
    own = {sent.draft.event_id: sent.draft.persons for sent in a_world("none", subjects=600).sent}
    changed = [(lent[key], own[key]) for key in own if lent[key] != own[key]]
    assert changed
    for shown, mine in changed:
        others = [person for person, before in zip(shown, mine, strict=True) if person != before]
        assert len(others) == 1
        assert others[0].document not in [person.document for person in mine]


def test_commuters_work_on_weekdays_in_another_municipality():
    [crew, *_] = [crew for crew in a_world("commuters").crews if crew.kind == "commute"]
    home, work, *_ = [stay.spot.code for stay in crew.cars[0].trail.stays]
    assert {stay.spot.code for stay in crew.cars[0].trail.stays} == {home, work}
    assert all(not is_weekend(stay.since) for stay in crew.cars[0].trail.stays if stay.spot.code == work)


def test_every_layer_says_what_it_is():
    assert all(layer.told for layer in LAYERS)
    assert LEVELS["none"].names == frozenset()
    assert LEVELS["believable"].names | {"weekends"} == set(NAMES)


def test_unknown_noise_is_refused_with_what_there_is():
    with pytest.raises(ValueError, match="no such noise: fog; known are none, believable, harsh, commuters"):
        level_named("late,fog")


def test_a_route_leads_through_neighbours_and_leaves_out_its_ends():
    atlas = Atlas.load()
    route = atlas.route(atlas.spot("GM0363"), atlas.spot("GM0935"))
    assert len(route) > 5
    assert not {"GM0363", "GM0935"} & {spot.code for spot in route}
    for here, ahead in pairwise(route):
        assert ahead.code in here.neighbours


def test_times_are_written_with_milliseconds_in_utc():
    assert written_time(START + 20 * HOUR + 15) == "2026-01-05T20:00:00.015Z"
    assert milliseconds("2026-01-05T20:00:00.015Z") == START + 20 * HOUR + 15


def test_the_key_of_the_truth_is_the_one_that_was_given():
    assert len(KEY) == 32
