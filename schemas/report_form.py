"""The JSON form of a report: the event with tokens for identifiers, its place resolved, its rank and ``known_at``.

It is what ``export`` writes and ``replay`` takes (DESIGN section 8). Fields at their default are left out.
"""

from typing import Any

from schemas.form_reading import Check, Reading, Row, Table, country, flag, list_of, text, whole, word
from schemas.problems import Code, Problem
from schemas.reports import EventType, Rank, Report, ReportedPerson, Standing
from schemas.times import format_time, parse_time


class InvalidReport(ValueError):
    """It is no report of ours; type, source and event_id where they are valid."""

    def __init__(
        self, problems: tuple[Problem, ...], type_: str | None, source: str | None, event_id: str | None
    ) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.message}" for problem in problems))
        self.problems = problems
        self.type = type_
        self.source = source
        self.event_id = event_id


def report_as_json(report: Report) -> dict[str, Any]:
    """The JSON form."""
    told: dict[str, Any] = {
        "type": str(report.type),
        "event_id": report.event_id,
        "source": report.source,
        "rank": {
            "revision": report.rank.revision,
            "standing": _WORD_OF[report.rank.standing],
            "digest": report.rank.digest,
        },
        "recorded_at": format_time(report.recorded_at),
        "known_at": format_time(report.known_at),
    }
    if report.ground:
        told["ground"] = report.ground
    if report.occurred_at is not None:
        told["occurred_at"] = format_time(report.occurred_at)
    for name, default in _PLAIN.items():
        value = getattr(report, name)
        if value != default:
            told[name] = list(value) if isinstance(value, tuple) else value
    if report.persons:
        told["persons"] = [_person_as_json(person) for person in report.persons]
    if report.vehicles:
        _put_vehicles(told, report)
    return told


def _put_vehicles(told: dict[str, Any], report: Report) -> None:
    """Of a passage the token stands where the plate stood."""
    if report.type == EventType.VEHICLE:
        told["plate"] = report.vehicles[0]
    else:
        told["vehicles"] = list(report.vehicles)


def _person_as_json(person: ReportedPerson) -> dict[str, Any]:
    named = {"bvh_person": person.bvh_person, "document": person.document, "name": person.name}
    told: dict[str, Any] = {
        "role": person.role,
        "identifiers": {kind: token for kind, token in named.items() if token is not None},
        "age_band": person.age_band,
    }
    if person.nationality is not None:
        told["nationality"] = person.nationality
    return told


def report_from_json(told: dict[str, Any]) -> Report:
    """The report. Passages become ``admitted``: they were judged a hit before. Raises InvalidReport."""
    type_ = told.get("type")
    table = _TABLES.get(type_) if isinstance(type_, str) else None
    if table is None:
        problem = Problem(Code.UNKNOWN_TYPE, "no such type of event", "type", "send one of " + ", ".join(_TABLES))
        raise _invalid(told, [problem])
    reading = Reading(known_at=None, is_vehicle=False)
    values = table.read(told, "", reading)
    if not reading.problems:
        _check_standing(values, reading)
    if reading.problems:
        raise _invalid(told, reading.problems)
    plate = values.pop("plate", None)
    if plate is not None:
        values["vehicles"] = (plate,)
    return Report(**values, admitted=type_ == EventType.VEHICLE)


def report_from_log(told: dict[str, Any]) -> Report:
    """The report that ``report_as_json`` wrote to a log of ours, as it was then, in half the time.

    Nothing is checked, and passages are not ``admitted``: they go with their following. Raises KeyError, TypeError
    or ValueError where the log is damaged.
    """
    values = {name: told[name] for name in _PLAIN.keys() & told.keys()}
    for name in _LISTS & values.keys():
        values[name] = tuple(values[name])
    if "persons" in told:
        values["persons"] = tuple([_person_from_log(person) for person in told["persons"]])
    if "vehicles" in told or "plate" in told:
        values["vehicles"] = (told["plate"],) if "plate" in told else tuple(told["vehicles"])
    rank = told["rank"]
    return Report(
        type=EventType(told["type"]),
        event_id=told["event_id"],
        source=told["source"],
        rank=Rank(rank["revision"], _STANDING_OF[rank["standing"]], rank["digest"]),
        recorded_at=parse_time(told["recorded_at"]),
        known_at=parse_time(told["known_at"]),
        ground=told.get("ground", ""),
        occurred_at=parse_time(told["occurred_at"]) if "occurred_at" in told else None,
        **values,
    )


def _person_from_log(person: dict[str, Any]) -> ReportedPerson:
    named = person["identifiers"]
    return ReportedPerson(
        person["role"],
        named.get("bvh_person"),
        named.get("document"),
        named.get("name"),
        person.get("nationality"),
        person["age_band"],
    )


def _invalid(told: dict[str, Any], problems: list[Problem]) -> InvalidReport:
    reading = Reading(known_at=None, is_vehicle=False)
    named = (check(told.get(name), name, reading) for name, check in (("source", _source), ("event_id", _event_id)))
    type_ = told.get("type")
    known = type_ if isinstance(type_, str) and type_ in _TABLES else None
    return InvalidReport(tuple(problems), known, *named)


def _check_standing(values: dict[str, Any], reading: Reading) -> None:
    """What counts says when, where and with which digest; what does not count says nothing of that."""
    counts = values["rank"].standing == Standing.COUNTS
    needed = ("occurred_at", "place", *(("plate",) if values["type"] == EventType.VEHICLE else ()))
    for name in needed:
        if (values[name] is None) == counts:
            hint = f"a report that counts has {name}, another has not"
            reading.refuse(Code.MISSING_FIELD if counts else Code.INVALID_VALUE, name, "it does not fit the rank", hint)
    if bool(values["rank"].digest) != counts:
        reading.invalid("rank.digest", "it does not fit the standing", "send it as it was exported")


def _rank(value: Any, at: str, reading: Reading) -> Rank | None:
    if not isinstance(value, dict):
        reading.invalid(at, "not an object", "send it as it was exported")
        return None
    read = _RANK.read(value, at + ".", reading)
    standing = _STANDING_OF.get(read["standing"] or "")
    return None if standing is None else Rank(read["revision"], standing, read["digest"])


def _person(value: Any, at: str, reading: Reading) -> ReportedPerson | None:
    if not isinstance(value, dict):
        reading.invalid(at, "not an object", "send it as it was exported")
        return None
    read = _PERSON.read(value, at + ".", reading)
    return ReportedPerson(role=read["role"], nationality=read["nationality"], age_band=read["age_band"], **_named(read))


def _named(read: dict[str, Any]) -> dict[str, Any]:
    return read["identifiers"] or {}


def _identifiers(value: Any, at: str, reading: Reading) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        reading.invalid(at, "not an object", "send it as it was exported")
        return None
    return _IDENTIFIERS.read(value, at + ".", reading)


def _time(value: Any, at: str, reading: Reading) -> int | None:
    try:
        return parse_time(value)
    except (TypeError, ValueError):
        reading.invalid(at, "not a time with an offset", "send it as it was exported, as 2026-03-01T20:15:00.000Z")
        return None


def _tuple_of(item: Check, hint: str) -> Check:
    items = list_of(item, hint)

    def check(value: Any, at: str, reading: Reading) -> tuple[Any, ...]:
        return tuple(items(value, at, reading))

    return check


_WORD_OF: dict[int, str] = {standing: standing.name.lower() for standing in Standing}
_STANDING_OF = {standing.name.lower(): standing for standing in Standing}
_PLAIN: dict[str, Any] = {
    "place": None,
    "indicators": (),
    "phones": (),
    "photos": (),
    "address": None,
    "conducted_by": None,
    "licensed": None,
    "venue": None,
    "mutation": None,
    "incident_class": None,
    "site": None,
    "ad": None,
    "police_involved": False,
    "online": True,
    "camera": None,
}
"""Fields of a report that stand in the JSON form as they are, with their defaults."""

_LISTS = frozenset({"indicators", "phones", "photos"})
_AS_EXPORTED = "it as it was exported"
_token = text(r"[0-9a-f]{32}", "a token: 32 hexadecimal digits")
_event_id = text(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", "a UUID in lower case")
_source = text(r"[a-z0-9][a-z0-9._-]{0,62}", _AS_EXPORTED)
_words = text(r"[a-z][a-z0-9_]{0,39}", "a code of lower-case letters, digits and _")
_tokens = _tuple_of(_token, "a list of tokens")


def _row(name: str, check: Check, default: Any = None) -> Row:
    return Row(name, check, _AS_EXPORTED, default)


_IDENTIFIERS = Table((_row("bvh_person", _token), _row("document", _token), _row("name", _token)))
_PERSON = Table(
    (
        _row("role", _words, "unknown"),
        _row("identifiers", _identifiers),
        _row("nationality", country),
        _row("age_band", _words, "unknown"),
    )
)
_RANK = Table(
    (
        Row("revision", whole(0, 2**31 - 1), "the revision", required=True),
        Row("standing", word(_STANDING_OF, "one of " + ", ".join(_STANDING_OF)), "the standing", required=True),
        Row("digest", text(r"(?:[0-9a-f]{64})?", "64 hexadecimal digits, or nothing"), "the digest", default=""),
    )
)
_EVERY = (
    Row("type", lambda value, _at, _reading: value, _AS_EXPORTED, required=True),
    Row("event_id", _event_id, _AS_EXPORTED, required=True),
    Row("source", _source, _AS_EXPORTED, required=True),
    Row("rank", _rank, _AS_EXPORTED, required=True),
    Row("recorded_at", _time, _AS_EXPORTED, required=True),
    Row("known_at", _time, _AS_EXPORTED, required=True),
    _row("ground", text(r"[a-z0-9][a-z0-9-]{0,62}", _AS_EXPORTED), ""),
    _row("occurred_at", _time),
    _row("place", text(r"GM\d{4}|[A-Z]{2}(?::[^\x00-\x1f\x7f]{1,100})?", "the code of a place")),
)
_INDICATORS = _row("indicators", _tuple_of(_words, "a list of codes"), ())
_PERSONS = _row("persons", _tuple_of(_person, "a list"), ())
_VEHICLES = _row("vehicles", _tokens, ())
_PHONES = _row("phones", _tokens, ())
_ADDRESS = _row("address", _token)
_TABLES: dict[str, Table] = {
    "control": Table(
        (
            *_EVERY,
            _row("conducted_by", _words),
            _row("licensed", flag),
            _row("venue", _words),
            _INDICATORS,
            _PERSONS,
            _VEHICLES,
            _PHONES,
            _ADDRESS,
        )
    ),
    "bvh_mutation": Table(
        (
            *_EVERY,
            _row("mutation", text(r"[A-Z0-9][A-Z0-9-]{2,39}", _AS_EXPORTED)),
            _row("incident_class", text(r"[A-Z][0-9]{2,3}", _AS_EXPORTED)),
            _INDICATORS,
            _PERSONS,
            _VEHICLES,
            _PHONES,
            _ADDRESS,
        )
    ),
    "ad": Table(
        (
            *_EVERY,
            _row("site", text(r"[a-z0-9.-]{1,253}", _AS_EXPORTED)),
            _row("ad", _token),
            _row("police_involved", flag, False),
            _row("online", flag, True),
            _PHONES,
            _row("photos", _tokens, ()),
            _INDICATORS,
            _ADDRESS,
        )
    ),
    "vehicle": Table((*_EVERY, _row("camera", text(r"[A-Za-z0-9._-]{1,40}", _AS_EXPORTED)), _row("plate", _token))),
}
