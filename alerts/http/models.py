"""The bodies that the API gives, as the OpenAPI document describes them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Token = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", description="The token of a subject.")]
PlaceCode = Annotated[
    str,
    Field(
        pattern=r"^(GM\d{4}|[A-Z]{2}(:[^\x00-\x1f]{1,80})?)$", description="Present CBS code, city abroad or country."
    ),
]
Moment = Annotated[str, Field(max_length=40, description="RFC 3339.", examples=["2026-03-01T20:15:00.000Z"])]
HandlingWord = Literal["new", "acknowledged", "taken", "offered", "snoozed", "closed"]
StatusWord = Literal[
    "raised", "revised", "withdrawn", "active", "new", "acknowledged", "taken", "offered", "snoozed", "closed"
]
EvidenceWord = Literal["presence", "offer", "passage"]


class Told(BaseModel):
    """A body of an answer. More fields may come."""

    model_config = ConfigDict(extra="forbid")


class ProblemItem(Told):
    """One thing that is wrong."""

    code: str = Field(description="Machine-readable; an open vocabulary.", examples=["unknown_place"])
    field: str | None = Field(None, description="Where, as a path.", examples=["place.name"])
    message: str = Field(description="What is wrong. It never repeats what was sent.")
    hint: str | None = Field(None, description="What to send instead.")
    candidates: list[str] | None = Field(None, description="ambiguous_place: the codes it may be.")


class AlertStateBody(Told):
    """How an alert is being handled."""

    alert_id: str
    version: int = Field(description="Send it as `expected` with the next action.")
    handling: HandlingWord
    changed_at: Moment
    owner: str | None = None
    unit: str | None = None
    offered_to: str | None = Field(None, description="offered: the unit that is asked to take it.")
    outcome: str | None = None
    snoozed_until: Moment | None = None
    unowned_since: Moment | None = Field(None, description="Since when nobody has had it; absent while somebody has.")
    comments: list["CommentBody"]


class CommentBody(Told):
    """What somebody noted."""

    at: Moment
    by: str
    text: str


class ProblemBody(Told):
    """An error (RFC 9457)."""

    type: str = Field(examples=["about:blank"])
    title: str
    status: int
    detail: str = Field(description="What to do about it.")
    instance: str | None = Field(None, description="The id of the request, for the operator.")
    errors: list[ProblemItem] | None = Field(None, description="The fields or parameters at fault.")
    current: AlertStateBody | None = Field(None, description="409: what is so now.")


class EventAnswer(Told):
    """What became of one event."""

    line: int = Field(description="Which line of the body, from 1, blank ones counted.")
    event_id: str | None = Field(None, description="Absent where none could be read.")
    status: Literal["accepted", "duplicate", "rejected"] = Field(
        description="accepted: durable. duplicate: exactly this was known. rejected: nothing of it is kept."
    )
    errors: list[ProblemItem] | None = None


class SightingBody(Told):
    """One subject, at one place, at one time, from one event."""

    event_id: str
    source: str
    type: str
    evidence: EvidenceWord
    place: PlaceCode
    flagged: bool
    occurred_at: Moment
    recorded_at: Moment
    known_at: Moment


class AlertMessageBody(Told):
    """One message about one alert."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    alert_id: str
    revision: int
    status: Literal["raised", "revised", "withdrawn"]
    kind: str = Field(examples=["relocation"])
    subject_kind: Literal["person", "vehicle", "phone", "photo"]
    subject: Token
    from_: PlaceCode = Field(alias="from")
    to: PlaceCode
    from_last_seen: Moment
    arrived_at: Moment
    arrival_event_id: str
    evidence: EvidenceWord
    novelty: Literal["first", "return"]
    certainty: Literal["provisional", "confirmed"]
    implausible: bool
    repeat: bool
    attention: Literal["tell", "file"]
    cross_region: bool
    cross_border: bool
    known_at: Moment
    reason: str | None = Field(None, description="withdrawn: why.")
    superseded_by: str | None = Field(None, description="withdrawn: the alert that took its place.")
    historical: bool
    arrival_source: str
    arrival_type: str
    based_on: list[SightingBody]


class StreamedAlertBody(AlertMessageBody):
    """The data of an `alert` event of the stream."""

    alias: str = Field(description="How people call the subject; derived from the token.", examples=["Stille Otter 41"])
    position: int
    pushed: bool


class AlertBody(StreamedAlertBody):
    """One alert as it stands: its last message and how it is handled."""

    raised_at: Moment
    active: bool
    state: AlertStateBody


class AlertWithRevisionsBody(AlertBody):
    """One alert with all its messages, oldest first."""

    revisions: list[AlertMessageBody]


class AlertPageBody(Told):
    """One page of alerts, newest `known_at` first."""

    items: list[AlertBody]
    next: str | None = Field(description="The cursor of the next page; null at the end.")


class StayBody(Told):
    """A stretch of a window spent in one place."""

    place: PlaceCode
    first_seen: Moment
    last_seen: Moment


_CONTACTS = "What other units hold of the subject: only for who works for one unit, and absent where there is nothing."


class ContactBody(Told):
    """That another unit met the subject."""

    day: str = Field(description="The day, in UTC: `2026-03-09`.")
    unit: str = Field(description="Police unit id or country code.")
    type: str = Field(description="Of the event.")


class TimelineBody(Told):
    """All that is known of a subject, oldest first."""

    subject: Token
    alias: str
    subject_kind: str | None
    followed: bool = Field(description="Vehicles: whether passages are being kept now.")
    sightings: list[SightingBody]
    struck: list[SightingBody]
    stays: list[StayBody]
    complete_until: Moment = Field(description="Complete for all that was known before.")
    contacts: list[ContactBody] | None = Field(None, description=_CONTACTS)


class LookupAnswer(Told):
    """Whether we have met her."""

    known: bool
    subject: Token | None = None
    alias: str | None = None
    subject_kind: str | None = None
    last_contacts: list[SightingBody] | None = Field(None, description="Newest first.")
    complete_until: Moment | None = None
    contacts: list[ContactBody] | None = Field(None, description=_CONTACTS)


class SubjectActionAnswer(BaseModel):
    """What is now so of the subject."""

    model_config = ConfigDict(extra="allow")


class HealthBody(Told):
    """The process runs."""

    status: Literal["ok"]


class ReadinessBody(BaseModel):
    """Whether the platform works, and the hashes of rules, policy and signals in force."""

    model_config = ConfigDict(extra="allow")

    ready: bool
    unprotected: bool
