"""The ways that loops read and write: fast, and saying exactly what the general ones say."""

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import avro
from schemas.avro import REPORT_KINDS, Kind
from schemas.avro_alerts import alert_writer
from schemas.avro_sightings import sighting_reader, sighting_writer
from schemas.sightings import SubjectSighting
from schemas.undecodable import Undecodable
from tests.codec.messages import ANY, AT, BARE, FULL, SIGHTING, TOKEN, USUAL_SIGHTINGS

USUAL = SubjectSighting(TOKEN, "person", SIGHTING, version=77, kept_until=AT + 10**10, changed_at=AT)

# ------------------------------------------------------------------------------------------------ reading sightings


def _outcome(read, body):
    try:
        return read(body)
    except Undecodable as fault:
        return fault.reason, fault.field


def _place(name):
    return SubjectSighting(TOKEN, "person", SIGHTING._replace(place=name))


PLACE_EDGES = [
    "NL",
    "BE:" + "x" * 60,
    "BE:" + "x" * 61,
    "BE:" + "x" * 62,
    "BE:" + "x" * 99 + "a",
    "BE:" + "x" * 99 + "b",
]
TIME_EDGES = [0, 1, 63, 64, 2**34 - 1, 2**34, 2**41 - 1, 2**41, AT, 253_402_300_799_999]


def test_the_fast_reader_reads_places_of_every_length_whatever_it_remembers():
    general = avro._decoder(Kind.SIGHTING, None)
    fast = sighting_reader(general)
    for _ in range(3):
        for name in PLACE_EDGES:
            assert fast(avro.encode(_place(name))) == _place(name)


@pytest.mark.parametrize("at", TIME_EDGES)
@pytest.mark.parametrize("field", ["occurred_at", "recorded_at", "known_at"])
def test_the_fast_reader_reads_every_time(field, at):
    fast = sighting_reader(avro._decoder(Kind.SIGHTING, None))
    told = SubjectSighting(TOKEN, "person", SIGHTING._replace(**{field: at}))
    fast(avro.encode(FULL[Kind.SIGHTING]))
    assert [fast(avro.encode(told)) for _ in range(3)] == [told] * 3


def test_of_one_subject_the_fast_reader_gives_one_token_however_often_she_is_seen():
    fast = sighting_reader(avro._decoder(Kind.SIGHTING, None))
    told = SubjectSighting(TOKEN, "person", SIGHTING)
    _, one, other = (fast(avro.encode(told._replace(version=version))) for version in range(3))
    assert one.subject is other.subject


@given(st.lists(st.tuples(ANY[Kind.SIGHTING], st.integers(0, 200), st.integers(0, 255)), min_size=1, max_size=8))
def test_the_fast_reader_accepts_exactly_what_the_general_one_accepts(damaged):
    general = avro._decoder(Kind.SIGHTING, None)
    fast = sighting_reader(general)
    for told, at, byte in damaged:
        body = avro.encode(told)
        assert fast(body) == told
        broken = body[: at % len(body)] + bytes([byte]) + body[at % len(body) + 1 :]
        for tried in (broken, body, body[: at % len(body)], body + bytes([byte]), broken):
            assert _outcome(fast, tried) == _outcome(general, tried)


@given(st.lists(st.tuples(USUAL_SIGHTINGS, st.integers(1, 30), st.integers(0, 255)), min_size=1, max_size=8))
def test_the_fast_reader_is_no_laxer_about_the_end_of_a_record(damaged):
    general = avro._decoder(Kind.SIGHTING, None)
    fast = sighting_reader(general)
    for told, back, byte in damaged:
        body = avro.encode(told)
        assert fast(body) == told
        broken = body[:-back] + bytes([byte]) + body[len(body) - back + 1 :]
        for tried in (broken, body[:-back], body[:-back] + bytes([byte]) + body[-back:], body + body[-back:]):
            assert _outcome(fast, tried) == _outcome(general, tried)


VERSION_EDGES = [0, 1, 63, 64, 8_191, 8_192, 2**27 - 1, 2**27, 2**62, 2**63 - 1]


@pytest.mark.parametrize("changed_at", [0, 1, AT])
@pytest.mark.parametrize("kept_until", [0, 1, AT])
@pytest.mark.parametrize("version", VERSION_EDGES)
def test_the_fast_reader_reads_every_version(version, kept_until, changed_at):
    fast = sighting_reader(avro._decoder(Kind.SIGHTING, None))
    told = USUAL._replace(version=version, kept_until=kept_until, changed_at=changed_at)
    assert [fast(avro.encode(told)) for _ in range(3)] == [told] * 3


@pytest.mark.parametrize("wrong", [b"\x80\x00", b"\x03", b"\xff" * 9 + b"\x02", b"\x80" * 300 + b"\x01"])
def test_a_version_that_is_none_is_refused_by_the_fast_reader(wrong):
    fast, body = sighting_reader(avro._decoder(Kind.SIGHTING, None)), avro.encode(USUAL._replace(version=1))
    assert fast(body) == USUAL._replace(version=1)
    with pytest.raises(Undecodable):
        fast(body[:-17] + wrong + body[-16:])


# ------------------------------------------------------------------------------------------------ writing sightings


@given(st.lists(ANY[Kind.SIGHTING], min_size=1, max_size=8))
def test_the_fast_writer_gives_the_bytes_of_the_general_one(sightings):
    fast = sighting_writer(avro.encode)
    for told in sightings * 2:
        assert fast(told) == avro.encode(told)


@pytest.mark.parametrize("at", TIME_EDGES)
@pytest.mark.parametrize("version", VERSION_EDGES)
def test_the_fast_writer_writes_every_time_and_version(version, at):
    fast = sighting_writer(avro.encode)
    fast(USUAL)
    for field in ("occurred_at", "recorded_at", "known_at"):
        told = USUAL._replace(sighting=SIGHTING._replace(**{field: at}), version=version, kept_until=at, changed_at=at)
        assert fast(told) == avro.encode(told)


@pytest.mark.parametrize(
    "wrong",
    [
        USUAL._replace(subject="SECRET"),
        USUAL._replace(subject="é" * 32),
        USUAL._replace(subject=None),
        USUAL._replace(version=-1),
        USUAL._replace(version=2**63),
        USUAL._replace(version="SECRET"),
        USUAL._replace(kept_until=-1),
        USUAL._replace(kept_until=0.5),
        USUAL._replace(changed_at=-1),
        USUAL._replace(is_document=2),
        USUAL._replace(owners=("SECRET",)),
        USUAL._replace(subject_kind="SECRET"),
        USUAL._replace(sighting=SIGHTING._replace(place="SECRET")),
        USUAL._replace(sighting=SIGHTING._replace(occurred_at=-1)),
        USUAL._replace(sighting=SIGHTING._replace(known_at=2**62)),
        USUAL._replace(sighting=SIGHTING._replace(evidence=3)),
        USUAL._replace(sighting=SIGHTING._replace(event_id=TOKEN)),
    ],
)
def test_the_fast_writer_refuses_what_the_general_one_refuses(wrong):
    fast = sighting_writer(avro.encode)
    fast(USUAL)
    with pytest.raises(ValueError, match="sighting") as refused:
        fast(wrong)
    assert "SECRET" not in repr((refused.value, refused.value.__cause__, refused.value.__context__))


# ------------------------------------------------------------------------------------------------------- any kind


@pytest.mark.parametrize("kind", ANY)
@given(data=st.data())
def test_an_encoder_gives_the_bytes_of_encode(kind, data):
    message = data.draw(ANY[kind])
    assert avro.encoder(kind)(message) == avro.encode(message)


@pytest.mark.parametrize("kind", [*REPORT_KINDS.values(), Kind.RECEIPT, Kind.ALERT, Kind.SIGHTING])
def test_an_encoder_takes_its_kind_only(kind):
    other = Kind.REPORT_AD if kind is not Kind.REPORT_AD else Kind.REPORT_CONTROL
    with pytest.raises(ValueError, match="this is no"):
        avro.encoder(kind)(BARE[other])


def test_an_encoder_keeps_to_the_size_limit():
    with pytest.raises(ValueError, match="larger than"):
        avro.encoder(Kind.REPORT_CONTROL)(replace(FULL[Kind.REPORT_CONTROL], phones=(TOKEN,) * 20_000))


# ----------------------------------------------------------------------------------------------- heads of reports


def _head(report):
    return report.key, report.rank, report.known_at, report.occurred_at


@pytest.mark.parametrize("type_", REPORT_KINDS)
@given(data=st.data())
def test_the_head_of_a_report_says_what_the_report_says(type_, data):
    report = data.draw(ANY[REPORT_KINDS[type_]])
    body = avro.encode(report)
    for _ in range(2):
        assert avro.report_head(body) == _head(report)


@pytest.mark.parametrize("messages", [FULL, BARE])
@pytest.mark.parametrize("kind", REPORT_KINDS.values())
def test_the_head_of_a_full_and_of_a_bare_report_is_read(kind, messages):
    body = avro.encode(messages[kind])
    assert [avro.report_head(body) for _ in range(3)] == [_head(messages[kind])] * 3


@pytest.mark.parametrize("type_", REPORT_KINDS)
@given(data=st.data())
def test_a_head_that_is_damaged_is_read_as_a_whole_report_would_be(type_, data):
    kind = REPORT_KINDS[type_]
    report = data.draw(ANY[kind])
    body = avro.encode(report)
    avro.report_head(body)
    head_bytes = 1 + len(type_) + 37 + 1 + len(report.source)
    at, byte = data.draw(st.integers(0, head_bytes)), data.draw(st.integers(0, 255))
    broken = body[:at] + bytes([byte]) + body[at + 1 :]
    whole = _outcome(avro.decoder(kind), broken)
    if isinstance(whole, tuple):
        with pytest.raises(Undecodable):
            avro.report_head(broken)
    else:
        assert avro.report_head(broken) == _head(whole)


@pytest.mark.parametrize("body", [b"", b"\x0e", b"\x0econtrol", b"\x04adH", b"\x0evehicleH" + b"a" * 40])
def test_what_has_no_head_is_undecodable(body):
    with pytest.raises(Undecodable):
        avro.report_head(body)


# ------------------------------------------------------------------------------------------------ writing alerts


def _no_other_way(alert):
    raise AssertionError(f"{alert} was not written fast")


@pytest.mark.parametrize("messages", [FULL, BARE])
def test_a_usual_alert_is_written_fast_and_as_the_general_writer_does(messages):
    alert = messages[Kind.ALERT]
    assert alert_writer(_no_other_way, avro.max_bytes(Kind.ALERT))(alert) == avro.encode(alert)


@pytest.mark.parametrize(
    "unusual",
    [
        {"revision": -1},
        {"revision": 2**31 - 1},
        {"alert_id": "short"},
        {"subject": "é" * 16},
        {"known_at": -1},
        {"known_at": 1},
        {"known_at": 2**41},
        {"historical": 2},
        {"kind": "ä" * 70},
    ],
)
def test_an_unusual_alert_is_written_as_the_general_writer_does_or_refused_as_it_refuses(unusual):
    alert = replace(FULL[Kind.ALERT], **unusual)
    general = partial(avro._written, Kind.ALERT, avro.MAPPINGS[Kind.ALERT].to_record)
    written = []
    for write in (general, alert_writer(general, avro.max_bytes(Kind.ALERT))):
        try:
            written.append(write(alert))
        except ValueError as refused:
            written.append(str(refused))
    assert written[0] == written[1]


def test_an_alert_that_is_too_large_is_refused():
    alert = FULL[Kind.ALERT]
    with pytest.raises(ValueError, match="larger than"):
        avro.encoder(Kind.ALERT)(replace(alert, based_on=alert.based_on * 1000))
