"""Messages to try the codec on: one of each kind with everything in it, one with nothing, and any at all."""

import json

from hypothesis import strategies as st

from schemas.actions import AlertAction, AlertState, Handling, SubjectAction
from schemas.alerts import Alert, AlertStatus, Finding, WithdrawnReason
from schemas.avro import Kind
from schemas.dead_letters import DeadLetter, Fault
from schemas.decisions import ActionAnswer, Agreement, Decided, SubjectState
from schemas.following import Destroyed, Followed
from schemas.positions import LogPosition
from schemas.problems import Code, Problem
from schemas.receipts import Became, Receipt
from schemas.reports import EventKey, EventType, Rank, Report, ReportedPerson, Standing
from schemas.sightings import Sighting, SubjectKind, SubjectSighting

AT = 1_772_395_200_123
TOKEN = "0123456789abcdef" * 2
EVENT = "7b0e8a5c-0000-4000-8000-00000000000a"
ALERT = "7b0e8a5c-0000-5000-8000-00000000000b"
PROBLEM = Problem(Code.AMBIGUOUS_PLACE, "several places have this name", "place.name", "a code", ("GM0373", "NL"))
POSITION = LogPosition("intake.control", 3, 1_000_000_007)

SIGHTING = Sighting(AT, 1, EVENT, "avim-amsterdam", "ad", "DE:Köln", True, AT + 1, AT + 2)
PERSON = ReportedPerson("sex_worker", TOKEN, TOKEN[::-1], None, "RO", "adult")
FINDING = Finding(
    from_place="GM0392",
    to_place="BE:Antwerp",
    from_last_seen=AT,
    arrived_at=AT + 5,
    arrival_event_id=EVENT,
    evidence=2,
    novelty="return",
    certainty="provisional",
    implausible=True,
    repeat=True,
    attention="tell",
    cross_region=True,
    cross_border=True,
)

STATE = AlertState(
    ALERT,
    4,
    Handling.OFFERED,
    AT,
    owner="anna",
    unit="amsterdam",
    outcome="found",
    snoozed_until=AT + 9,
    comments=((AT, "anna", "at the hotel"), (AT + 1, "bram", "")),
    offered_to="den-haag",
    unowned_since=AT + 2,
)
STRIKE = SubjectAction(
    "request-2",
    "strike",
    TOKEN,
    "misread",
    "anna",
    AT,
    until=AT + 9,
    event=EventKey("anpr-a2", "vehicle", EVENT),
)


def a_report(type_, **fields):
    return Report(
        type_, EVENT, "avim", Rank(2, Standing.COUNTS, "ab" * 32), AT, AT + 9, "rule", AT - 9, "GM0363", **fields
    )


FULL = {
    Kind.REPORT_CONTROL: a_report(
        "control",
        indicators=("debt", "pimp_present"),
        persons=(PERSON, ReportedPerson()),
        vehicles=(TOKEN,),
        phones=(TOKEN, TOKEN),
        address=TOKEN,
        conducted_by="police",
        licensed=False,
        venue="hotel",
    ),
    Kind.REPORT_BVH_MUTATION: a_report(
        "bvh_mutation",
        indicators=("debt",),
        persons=(PERSON,),
        vehicles=(TOKEN,),
        phones=(TOKEN,),
        address=TOKEN,
        mutation="PL1300-2026012345-1",
        incident_class="F70",
    ),
    Kind.REPORT_AD: a_report(
        "ad",
        site="example.nl",
        ad=TOKEN,
        police_involved=True,
        online=False,
        phones=(TOKEN,),
        photos=(TOKEN,),
        indicators=("third_party_contact",),
        address=TOKEN,
    ),
    Kind.REPORT_VEHICLE: a_report("vehicle", vehicles=(TOKEN,), camera="A2-R-104.3", admitted=True),
    Kind.SIGHTING: SubjectSighting(
        TOKEN,
        "phone",
        SIGHTING,
        taken=True,
        version=1_000_000_007,
        via=TOKEN[::-1],
        is_document=True,
        owners=(TOKEN,),
        gained=(TOKEN, TOKEN[::-1]),
        kept_until=AT + 10**10,
        changed_at=AT + 3,
    ),
    Kind.ALERT: Alert(
        alert_id=ALERT,
        revision=7,
        status=AlertStatus.WITHDRAWN,
        subject_kind="person",
        subject=TOKEN,
        finding=FINDING,
        arrival_source="avim",
        arrival_type="control",
        known_at=AT + 7,
        historical=True,
        based_on=(SIGHTING, SIGHTING._replace(flagged=False)),
        reason=WithdrawnReason.LATER_EVIDENCE,
        superseded_by=ALERT,
    ),
    Kind.ALERT_ACTION: AlertAction(
        "request-1",
        ALERT,
        "snooze",
        3,
        "anna",
        AT,
        unit="den-haag",
        outcome="found",
        comment="één\nregel",
        until=AT + 9,
    ),
    Kind.ALERT_STATE: STATE,
    Kind.SUBJECT_ACTION: STRIKE,
    Kind.SUBJECT_STATE: SubjectState(STRIKE, followed=True),
    Kind.ACTION_ANSWER: ActionAnswer("request-1", Decided.REFUSED, AT, (PROBLEM,), STATE, followed=True),
    Kind.FOLLOWED: Followed(TOKEN, named=True, asked_until=AT + 9, ended_at=AT),
    Kind.DESTROYED: Destroyed(EventKey("anpr-a2", "vehicle", EVENT), AT),
    Kind.AGREEMENT: Agreement("rules", "ab" * 32),
    Kind.RECEIPT: Receipt(Became.REJECTED, AT, "control", "avim", EVENT, 2, (PROBLEM,), POSITION),
    Kind.DEAD_LETTER: DeadLetter(
        Fault.REFUSED,
        "gateway",
        AT,
        "control",
        "avim",
        EVENT,
        (PROBLEM, Problem(Code.MALFORMED, "no JSON")),
        POSITION,
        '{"type":"control"}',
    ),
}
"""Every field of every message holds something."""


def _a_tombstone(type_):
    return Report(type_, EVENT, "avim", Rank(0, Standing.WITHDRAWN, ""), AT, AT)


BARE = {
    **{Kind(f"report_{type_}"): _a_tombstone(str(type_)) for type_ in EventType},
    Kind.SIGHTING: SubjectSighting(TOKEN, "person", SIGHTING._replace(occurred_at=0, recorded_at=0, known_at=0)),
    Kind.ALERT: Alert(ALERT, 1, AlertStatus.RAISED, "phone", TOKEN, FINDING, "avim", "ad", AT, historical=False),
    Kind.ALERT_ACTION: AlertAction("request-1", ALERT, "take", 1, "anna", AT),
    Kind.ALERT_STATE: AlertState(ALERT, 1, Handling.NEW, AT),
    Kind.SUBJECT_ACTION: SubjectAction("request-2", "follow", TOKEN, "a reason", "anna", AT),
    Kind.RECEIPT: Receipt(Became.UNDECODABLE, AT),
    Kind.DEAD_LETTER: DeadLetter(Fault.UNDECODABLE, "intake", AT),
    Kind.SUBJECT_STATE: SubjectState(
        SubjectAction("request-2", "follow", TOKEN, "a reason", "anna", AT), followed=False
    ),
    Kind.ACTION_ANSWER: ActionAnswer("request-1", Decided.DONE, AT),
    Kind.FOLLOWED: Followed(TOKEN, named=False),
    Kind.DESTROYED: Destroyed(EventKey("a", "vehicle", EVENT), 0),
    Kind.AGREEMENT: Agreement("rules", ""),
}

FULL_EVENTS = {
    "control": {
        "type": "control",
        "event_id": EVENT,
        "source": "avim-amsterdam",
        "occurred_at": "2026-03-01T20:15:00.000Z",
        "recorded_at": "2026-03-01T23:40:00.000Z",
        "revision": 2,
        "withdrawn": False,
        "place": {"municipality": "GM0363"},
        "conducted_by": "police",
        "licensed": False,
        "venue": "hotel",
        "indicators": ["debt"],
        "persons": [
            {
                "role": "sex_worker",
                "identifiers": {
                    "bvh_person": "P-1029",
                    "document": {"country": "RO", "number": "XR123456"},
                    "name": {"family": "Voorbeeld", "given": "Anna", "birth_date": "1999-01-01"},
                },
                "nationality": "RO",
                "age_band": "adult",
            },
            {"role": "unknown", "identifiers": {}, "age_band": "unknown"},
        ],
        "vehicles": [{"country": "NL", "plate": "12-ABC-3"}],
        "phones": ["+31612345678"],
        "address": {"postcode": "3511AB", "number": "7", "suffix": "bis"},
    },
    "bvh_mutation": {
        "type": "bvh_mutation",
        "event_id": EVENT,
        "source": "bvh",
        "occurred_at": "2026-03-01T20:15:00.000Z",
        "recorded_at": "2026-03-01T23:40:00.000Z",
        "revision": 0,
        "withdrawn": False,
        "place": {"postcode": "3511AB"},
        "mutation": "PL1300-2026012345-1",
        "incident_class": "F70",
        "indicators": [],
        "persons": [],
        "vehicles": [],
        "phones": [],
    },
    "ad": {
        "type": "ad",
        "event_id": EVENT,
        "source": "crawler-a",
        "occurred_at": "2026-03-01T20:15:00.000Z",
        "recorded_at": "2026-03-01T23:40:00.000Z",
        "revision": 0,
        "withdrawn": False,
        "place": {"country": "BE", "city": "Gent"},
        "site": "example.nl",
        "ad": "991",
        "police_involved": True,
        "online": False,
        "phones": ["06 12345678"],
        "photos": ["c3d1f0e2a4b59687"],
        "indicators": ["third_party_contact"],
    },
    "vehicle": {
        "type": "vehicle",
        "event_id": EVENT,
        "source": "anpr-a2",
        "occurred_at": "2026-03-01T20:15:00.000Z",
        "recorded_at": "2026-03-01T20:15:01.000Z",
        "revision": 0,
        "withdrawn": False,
        "place": {"lat": 51.69, "lon": 5.3},
        "camera": "A2-R-104.3",
        "country": "RO",
        "plate": "B 123 XYZ",
    },
}
"""Events in their JSON form with every default written out. People, plates and phones are made up."""

# ------------------------------------------------------------------------------------------------ any message at all

TIMES = st.integers(0, 253_402_300_799_999) | st.integers(AT - 10**10, AT + 10**10)
TOKENS = st.text("0123456789abcdef", min_size=32, max_size=32)
UUIDS = st.uuids().map(str)
SOURCES = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,62}", fullmatch=True)
WORDS = st.from_regex(r"[a-z][a-z0-9_]{0,30}", fullmatch=True)
_PLAIN = st.characters(exclude_categories=["Cc", "Cs"])
NAMES = st.text(_PLAIN, min_size=1, max_size=40)
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n\t"), max_size=60)
COUNTRIES = st.sampled_from(["NL", "RO", "BE"])
PLACES = (
    st.from_regex(r"GM[0-9]{4}", fullmatch=True)
    | COUNTRIES
    | st.builds(lambda country, city: f"{country}:{city}", COUNTRIES, st.text(_PLAIN, min_size=1, max_size=100))
)
COUNTS = st.integers(0, 2**31 - 1)
POSITIONS = st.builds(LogPosition, NAMES, COUNTS, st.integers(0, 2**63 - 1))
PROBLEMS = st.builds(
    Problem, st.sampled_from(Code), TEXTS, st.none() | TEXTS, st.none() | TEXTS, st.lists(PLACES, max_size=2).map(tuple)
)
RANKS = st.builds(Rank, COUNTS, st.just(0), st.text("0123456789abcdef", min_size=64, max_size=64)) | st.builds(
    Rank, COUNTS, st.sampled_from([1, 2]), st.just("")
)
PERSONS = st.builds(
    ReportedPerson, WORDS, st.none() | TOKENS, st.none() | TOKENS, st.none() | TOKENS, st.none() | COUNTRIES, WORDS
)
SIGHTINGS = st.builds(
    Sighting,
    TIMES,
    st.integers(0, 2),
    UUIDS,
    SOURCES,
    st.sampled_from(EventType).map(str),
    PLACES,
    st.booleans(),
    TIMES,
    TIMES,
)
VERSIONS = COUNTS | st.integers(0, 2**63 - 1)
USUAL_SIGHTINGS = st.builds(
    SubjectSighting,
    TOKENS,
    st.sampled_from(SubjectKind).map(str),
    SIGHTINGS,
    taken=st.booleans(),
    version=VERSIONS,
    via=st.none(),
    is_document=st.booleans(),
    owners=st.just(()),
    gained=st.just(()),
    kept_until=st.just(0) | TIMES,
    changed_at=st.just(0) | TIMES,
)
"""As most are: neither passed on, nor with owners or with whom something was gained by."""


def _many(strategy):
    return st.lists(strategy, max_size=3).map(tuple)


def _reports(type_, **fields):
    return st.builds(
        Report,
        type=st.just(type_),
        event_id=UUIDS,
        source=SOURCES,
        rank=RANKS,
        recorded_at=TIMES,
        known_at=TIMES,
        ground=TEXTS,
        occurred_at=st.none() | TIMES,
        place=st.none() | PLACES,
        **fields,
    )


_SEEN = {"indicators": _many(WORDS), "phones": _many(TOKENS), "address": st.none() | TOKENS}
_MET = {"persons": _many(PERSONS), "vehicles": _many(TOKENS), **_SEEN}
STATES = st.builds(
    AlertState,
    UUIDS,
    st.integers(1, 2**31 - 1),
    st.sampled_from(Handling),
    TIMES,
    st.none() | NAMES,
    st.none() | NAMES,
    st.none() | WORDS,
    st.none() | TIMES,
    _many(st.tuples(TIMES, NAMES, TEXTS)),
    st.none() | NAMES,
    st.none() | TIMES,
)
SUBJECT_ACTIONS = st.builds(
    SubjectAction,
    NAMES,
    NAMES,
    TOKENS,
    TEXTS,
    NAMES,
    TIMES,
    st.none() | TIMES,
    st.none() | st.builds(EventKey, SOURCES, WORDS, UUIDS),
)

ANY = {
    Kind.REPORT_CONTROL: _reports(
        "control", **_MET, conducted_by=st.none() | WORDS, licensed=st.none() | st.booleans(), venue=st.none() | WORDS
    ),
    Kind.REPORT_BVH_MUTATION: _reports(
        "bvh_mutation", **_MET, mutation=st.none() | NAMES, incident_class=st.none() | NAMES
    ),
    Kind.REPORT_AD: _reports(
        "ad",
        **_SEEN,
        photos=_many(TOKENS),
        site=st.none() | NAMES,
        ad=st.none() | TOKENS,
        police_involved=st.booleans(),
        online=st.booleans(),
    ),
    Kind.REPORT_VEHICLE: _reports("vehicle", vehicles=_many(TOKENS), camera=st.none() | NAMES, admitted=st.booleans()),
    Kind.SIGHTING: USUAL_SIGHTINGS
    | st.builds(
        SubjectSighting,
        TOKENS,
        st.sampled_from(SubjectKind).map(str),
        SIGHTINGS,
        st.booleans(),
        VERSIONS,
        st.none() | TOKENS,
        st.booleans(),
        _many(TOKENS),
        _many(TOKENS),
        TIMES,
        TIMES,
    ),
    Kind.ALERT: st.builds(
        Alert,
        alert_id=UUIDS,
        revision=st.integers(1, 2**31 - 1),
        status=st.sampled_from(AlertStatus),
        subject_kind=st.sampled_from(SubjectKind).map(str),
        subject=TOKENS,
        finding=st.builds(
            Finding,
            PLACES,
            PLACES,
            TIMES,
            TIMES,
            UUIDS,
            st.integers(0, 2),
            WORDS,
            WORDS,
            st.booleans(),
            st.booleans(),
            WORDS,
            st.booleans(),
            st.booleans(),
        ),
        arrival_source=SOURCES,
        arrival_type=WORDS,
        known_at=TIMES,
        historical=st.booleans(),
        based_on=_many(SIGHTINGS),
        reason=st.none() | st.sampled_from(WithdrawnReason),
        superseded_by=st.none() | UUIDS,
        kind=WORDS,
    ),
    Kind.ALERT_ACTION: st.builds(
        AlertAction,
        NAMES,
        UUIDS,
        NAMES,
        st.integers(-(2**31), 2**31 - 1),
        NAMES,
        TIMES,
        st.none() | NAMES,
        st.none() | NAMES,
        st.none() | TEXTS,
        st.none() | TIMES,
    ),
    Kind.ALERT_STATE: STATES,
    Kind.SUBJECT_ACTION: SUBJECT_ACTIONS,
    Kind.SUBJECT_STATE: st.builds(SubjectState, SUBJECT_ACTIONS, st.booleans()),
    Kind.ACTION_ANSWER: st.builds(
        ActionAnswer,
        NAMES,
        st.sampled_from(Decided),
        TIMES,
        _many(PROBLEMS),
        st.none() | STATES,
        st.none() | st.booleans(),
    ),
    Kind.FOLLOWED: st.builds(Followed, TOKENS, st.booleans(), st.none() | TIMES, st.none() | TIMES),
    Kind.DESTROYED: st.builds(Destroyed, st.builds(EventKey, SOURCES, WORDS, UUIDS), TIMES),
    Kind.AGREEMENT: st.builds(Agreement, NAMES, TEXTS),
    Kind.RECEIPT: st.builds(
        Receipt,
        st.sampled_from([Became.ACCEPTED, Became.REJECTED, Became.UNDECODABLE]),
        TIMES,
        st.none() | WORDS,
        st.none() | SOURCES,
        st.none() | UUIDS,
        st.none() | COUNTS,
        _many(PROBLEMS),
        st.none() | POSITIONS,
    ),
    Kind.DEAD_LETTER: st.builds(
        DeadLetter,
        st.sampled_from(Fault),
        WORDS,
        TIMES,
        st.none() | WORDS,
        st.none() | SOURCES,
        st.none() | UUIDS,
        _many(PROBLEMS),
        st.none() | POSITIONS,
        st.none() | st.dictionaries(WORDS, TOKENS, max_size=2).map(json.dumps),
    ),
}
"""By kind: every message that the schema can hold, nearly."""
