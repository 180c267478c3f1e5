"""The ids that come with the program stay what they are: bytes with them lie in logs."""

import pytest

from schemas.avro import Kind, versions_of
from schemas.avro_ids import FIRST_ID, pinned, pinned_id

PINNED = {
    1_900_000_101: (Kind.EVENT_CONTROL, 1),
    1_900_000_201: (Kind.EVENT_BVH_MUTATION, 1),
    1_900_000_301: (Kind.EVENT_AD, 1),
    1_900_000_401: (Kind.EVENT_VEHICLE, 1),
    1_900_000_501: (Kind.REPORT_CONTROL, 1),
    1_900_000_601: (Kind.REPORT_BVH_MUTATION, 1),
    1_900_000_701: (Kind.REPORT_AD, 1),
    1_900_000_801: (Kind.REPORT_VEHICLE, 1),
    1_900_000_901: (Kind.SIGHTING, 1),
    1_900_000_902: (Kind.SIGHTING, 2),
    1_900_001_001: (Kind.ALERT, 1),
    1_900_001_101: (Kind.ALERT_ACTION, 1),
    1_900_001_201: (Kind.ALERT_STATE, 1),
    1_900_001_202: (Kind.ALERT_STATE, 2),
    1_900_001_301: (Kind.SUBJECT_ACTION, 1),
    1_900_001_401: (Kind.RECEIPT, 1),
    1_900_001_501: (Kind.DEAD_LETTER, 1),
    1_900_001_502: (Kind.DEAD_LETTER, 2),
    1_900_001_601: (Kind.FOLLOWED, 1),
    1_900_001_701: (Kind.DESTROYED, 1),
    1_900_001_801: (Kind.SUBJECT_STATE, 1),
    1_900_001_901: (Kind.ACTION_ANSWER, 1),
    1_900_001_902: (Kind.ACTION_ANSWER, 2),
    1_900_002_001: (Kind.AGREEMENT, 1),
}
"""Add to it what is new. Never change or remove a line."""


def test_every_id_is_what_it_was():
    assert {number: pinned().get(number) for number in PINNED} == PINNED


def test_every_id_is_listed():
    assert pinned() == PINNED, "add the ids of new schemas and versions to PINNED"


@pytest.mark.parametrize("kind", Kind)
def test_the_present_version_is_written_unless_another_is_said(kind):
    assert pinned()[pinned_id(kind)] == (kind, len(versions_of(kind)))
    assert pinned()[pinned_id(kind, 1)] == (kind, 1)


def test_no_registry_gives_such_ids():
    """They count from 1, and other readers take an id for a number of 31 bits."""
    assert FIRST_ID < min(PINNED) < max(PINNED) < 2**31
