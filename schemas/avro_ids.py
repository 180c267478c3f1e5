"""The ids of our schemas where no registry gives them: fixed for ever, and far from what a registry gives.

An id is ``FIRST_ID + 100 * number of the kind + version``; the numbers are never changed nor used again.
"""

from functools import cache

from schemas.avro import Kind, versions_of

FIRST_ID = 1_900_000_000
_PER_KIND = 100

_NUMBERS = {
    Kind.EVENT_CONTROL: 1,
    Kind.EVENT_BVH_MUTATION: 2,
    Kind.EVENT_AD: 3,
    Kind.EVENT_VEHICLE: 4,
    Kind.REPORT_CONTROL: 5,
    Kind.REPORT_BVH_MUTATION: 6,
    Kind.REPORT_AD: 7,
    Kind.REPORT_VEHICLE: 8,
    Kind.SIGHTING: 9,
    Kind.ALERT: 10,
    Kind.ALERT_ACTION: 11,
    Kind.ALERT_STATE: 12,
    Kind.SUBJECT_ACTION: 13,
    Kind.RECEIPT: 14,
    Kind.DEAD_LETTER: 15,
    Kind.FOLLOWED: 16,
    Kind.DESTROYED: 17,
    Kind.SUBJECT_STATE: 18,
    Kind.ACTION_ANSWER: 19,
    Kind.AGREEMENT: 20,
}


def pinned_id(kind: Kind, version: int | None = None) -> int:
    """The id of a version of a schema, counted from 1; of the present one if none is said."""
    return FIRST_ID + _PER_KIND * _NUMBERS[kind] + (len(versions_of(kind)) if version is None else version)


@cache
def pinned() -> dict[int, tuple[Kind, int]]:
    """By id: every schema there ever was. Not to be changed."""
    return {pinned_id(kind, at): (kind, at) for kind in Kind for at in range(1, len(versions_of(kind)) + 1)}
