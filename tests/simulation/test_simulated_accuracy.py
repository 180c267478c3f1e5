"""Simulated worlds through the platform: what is lawful is taken, what is not is refused, and the alerts are right."""

from functools import cache

import pytest
from made_up_world import KEY, KEY_TEXT, a_world

from processors.heart import Heart
from processors.intake import Admitted, Refusal
from relocation.parts import heart_of, intake_of
from relocation.settings import Settings
from relocation.simulation.atlas import Atlas, written
from relocation.simulation.papers import Document, Name, Plate
from relocation.simulation.scoring import Score, Truth, promises, score, standing
from relocation.simulation.tokens import of_bvh, of_phone, of_photo


@cache
def replayed(noise, **size):
    """(alert messages, truth, the lines refused) of a small world."""
    settings = Settings(token_key=KEY_TEXT)
    intake, heart = intake_of(settings), heart_of(settings)
    messages, refused = [], []
    for sent in a_world(noise, **size).sent:
        judged = intake.judge(sent.line.rstrip(b"\n"), known_at=None, is_followed=heart.is_followed)
        if isinstance(judged, Refusal):
            refused.append(sent.draft)
        if judged.report is not None:
            messages += [alert.as_json() for alert in heart.apply(judged.report).alerts]
    return messages, Truth.of(a_world(noise, **size).truth), refused


def scored(noise, **size) -> Score:
    messages, truth, _ = replayed(noise, **size)
    return score(truth, standing(messages))


def test_without_noise_nothing_is_refused():
    _, _, refused = replayed("none")
    assert refused == []


def test_with_noise_exactly_what_was_meant_to_be_refused_is():
    _, _, refused = replayed("harsh")
    meant = [sent.draft for sent in a_world("harsh").sent if sent.draft.broken]
    assert len(meant) > 20
    assert [draft.event_id for draft in refused] == [draft.event_id for draft in meant]


def test_without_noise_nearly_every_alert_is_right_and_nearly_every_move_is_told():
    found = scored("none", subjects=600)
    assert found.expected > 400
    assert found.precision >= 0.99
    assert found.recall >= 0.99


def test_with_believable_noise_alerts_stay_right_and_complete():
    found = scored("believable", subjects=600, days=40)
    assert found.precision >= 0.97
    assert found.recall >= 0.97


def test_the_latest_place_differs_is_far_worse():
    world = a_world("believable", subjects=600, days=40)
    found = scored("believable", subjects=600, days=40)
    naive = score(Truth.of(world.truth), world.naive)
    assert naive.precision < 0.7 < found.precision
    assert naive.recall < found.recall


def test_a_commuting_car_is_told_at_most_once_a_fortnight():
    messages, truth, _ = replayed("commuters,transit,misread,late")
    assert truth.commuters
    assert any(message["subject"] in truth.commuters for message in messages)
    assert promises(truth, messages).commuter_notified_max <= 1


def test_what_was_confirmed_is_seldom_taken_back_without_a_correction():
    messages, truth, _ = replayed("believable", subjects=600, days=40)
    kept = promises(truth, messages)
    assert kept.confirmed > 300
    assert kept.taken_back_share <= 0.02


def test_the_simulation_makes_the_same_tokens_as_the_platform():
    line = (
        b'{"type":"control","event_id":"7b0e8a5c-0000-4000-a000-000000000001","source":"sim","conducted_by":"police",'
        b'"occurred_at":"2026-01-05T00:00:00Z","recorded_at":"2026-01-05T00:00:00Z","place":{"municipality":"GM0363"},'
        b'"persons":[{"identifiers":{"bvh_person":"SIM-P-000042","document":{"country":"RO","number":"sim-0000042"},'
        b'"name":{"family":"Verzonn\xc3\xabn-B","given":"Fictieva","birth_date":"1999-01-02"}}}],'
        b'"vehicles":[{"country":"NL","plate":"sim-0042-bbb"}],"phones":["06 00000042"]}'
    )
    judged = intake_of(Settings(token_key=KEY_TEXT)).judge(line, known_at=None, is_followed=lambda *_: False)
    assert isinstance(judged, Admitted)
    [person] = judged.report.persons
    assert person.bvh_person == of_bvh(KEY, "SIM-P-000042")
    assert person.document == Document("RO", "SIM0000042").token(KEY)
    assert person.name == Name("Verzonnënb", "Fictieva", "1999-01-02").token(KEY)
    assert judged.report.vehicles == (Plate("NL", "SIM-0042-BBB").token(KEY),)
    assert judged.report.phones == (of_phone(KEY, "06 00000042"),)
    assert len(of_photo(KEY, "51a0000000000042")) == 32


@pytest.mark.parametrize("form", range(0, 60, 7))
def test_every_way_of_writing_a_place_means_that_place(form):
    intake = intake_of(Settings(token_key=KEY_TEXT))
    atlas = Atlas.load()
    for spot in (*atlas.municipalities[:: 1 + form], *atlas.abroad):
        judged = intake.judge(_an_empty_control(written(spot, form)), known_at=None, is_followed=lambda *_: False)
        assert isinstance(judged, Admitted), spot.name
        assert judged.report.place == spot.code


def _an_empty_control(place):
    import json

    event = {"type": "control", "event_id": "7b0e8a5c-0000-4000-a000-000000000001", "source": "sim", "place": place}
    event |= {"conducted_by": "police", "occurred_at": "2026-01-05T00:00:00Z", "recorded_at": "2026-01-05T00:00:00Z"}
    return json.dumps(event).encode()


def test_a_heart_is_fresh_for_every_world():
    assert isinstance(heart_of(Settings(token_key=KEY_TEXT)), Heart)
