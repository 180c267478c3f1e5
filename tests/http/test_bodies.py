"""Bodies in pieces: however they arrive, the lines are the same."""

import gzip
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.http.bodies import Damaged, Gunzip, Line, LineCutter

LIMIT = 8
BODIES = st.lists(st.sampled_from([b"a", b"bc", b" ", b"\r", b"\n", b"\n\n", b"0123456789"])).map(b"".join)
CUTS = st.lists(st.integers(0, 200))


def pieces(body: bytes, cuts: Sequence[int]) -> list[bytes]:
    at = sorted({0, len(body), *(min(cut, len(body)) for cut in cuts)})
    return [body[start:end] for start, end in pairwise(at)]


def cut(parts: Sequence[bytes]) -> list[Line]:
    cutter = LineCutter(LIMIT)
    return [line for part in parts for line in cutter.feed(part)] + cutter.last()


def plainly(body: bytes) -> list[Line]:
    """The same in the plainest words there are."""
    found = []
    for number, raw in enumerate(body.split(b"\n"), 1):
        if len(raw) > LIMIT:
            found.append(Line(number, raw[: LIMIT + 1]))
        elif raw.strip():
            found.append(Line(number, raw.removesuffix(b"\r")))
    return found


@given(BODIES, CUTS)
def test_lines_do_not_depend_on_how_a_body_is_cut(body: bytes, cuts: list[int]) -> None:
    assert cut(pieces(body, cuts)) == plainly(body)


@given(BODIES, CUTS, st.booleans())
def test_gzip_gives_back_what_went_in_however_it_is_cut(body: bytes, cuts: list[int], two_members: bool) -> None:
    middle = len(body) // 2 if two_members else len(body)
    packed = gzip.compress(body[:middle]) + (gzip.compress(body[middle:]) if two_members else b"")
    gunzip = Gunzip(inflation=500, floor=1_000)
    assert b"".join(given for part in pieces(packed, cuts) for given in gunzip.feed(part)) == body
    gunzip.finish()


@given(st.binary(max_size=300), CUTS)
def test_what_is_not_gzip_is_damaged_and_nothing_else(body: bytes, cuts: list[int]) -> None:
    gunzip = Gunzip(inflation=500, floor=1_000)

    def inflate() -> None:
        for part in pieces(body, cuts):
            list(gunzip.feed(part))
        gunzip.finish()

    with pytest.raises(Damaged):
        inflate()


def test_a_body_that_inflates_beyond_proportion_is_damaged() -> None:
    gunzip = Gunzip(inflation=500, floor=1_000_000)
    with pytest.raises(Damaged, match="proportion"):
        list(gunzip.feed(gzip.compress(b"\0" * 20_000_000)))


def test_repeated_events_are_no_bomb() -> None:
    event = b'{"type":"control","event_id":"7b0e8a5c-2f5b-4d0e-9c1b-6a1f0c3d2e11","place":{"municipality":"GM0363"}}\n'
    gunzip = Gunzip(inflation=500, floor=0)
    assert sum(map(len, gunzip.feed(gzip.compress(event * 100_000)))) == len(event) * 100_000
