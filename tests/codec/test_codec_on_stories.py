"""The stories through intake, heart and codec: what the platform really says goes over the wire and back unchanged."""

import json
from pathlib import Path

import pytest

from processors.changes import SightingGiven, SightingTaken
from processors.heart import Heart
from processors.intake import Intake
from processors.places import Gazetteer
from processors.policy_file import default_policy_text, parse_policy
from processors.rules import Rules
from processors.signals import default_signals_text, parse_signals
from processors.tokens import Tokeniser
from schemas import avro
from schemas.sightings import SubjectSighting

STORIES = sorted((Path(__file__).parents[1] / "stories").glob("*.jsonl"))
KEY = "00112233445566778899aabbccddeeff" * 2
"""That of the stories: made up, as all in them."""


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.load()


@pytest.fixture(scope="module")
def intake(gazetteer):
    policy = parse_policy(default_policy_text(), window_ms=Rules().window_ms)
    return Intake(gazetteer, Tokeniser(bytes.fromhex(KEY)), policy, parse_signals(default_signals_text()))


def _in_avro(line):
    """The line as intake would be given it by a topic."""
    event = json.loads(line)
    return json.dumps(avro.decode_event(event["type"], avro.encode_event(event))).encode()


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_an_event_is_judged_the_same_in_either_form(story, intake):
    for line in story.read_bytes().splitlines():
        plain, carried = (
            intake.judge(form, known_at=None, is_followed=lambda token, at: True) for form in (line, _in_avro(line))
        )
        assert carried == plain


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_all_that_is_told_of_a_story_can_be_carried(story, intake, gazetteer):
    heart = Heart(Rules(), gazetteer)
    for line in story.read_bytes().splitlines():
        report = intake.judge(line, known_at=None, is_followed=heart.is_followed).report
        if report is not None:
            step = heart.apply(report)
            for message in (report, *step.alerts, *_sightings(step)):
                assert avro.decode(avro.kind_of(message), avro.encode(message)) == message


def _sightings(step):
    for change in step.changes:
        if isinstance(change, SightingGiven | SightingTaken):
            yield SubjectSighting(
                change.subject, change.subject_kind, change.sighting, taken=isinstance(change, SightingTaken)
            )
