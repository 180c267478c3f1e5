"""The bodies that the API takes and gives, as the OpenAPI document describes them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Token = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", description="The token of a subject.")]
PlaceCode = Annotated[
    str,
    Field(
        pattern=r"^(GM\d{4}|[A-Z]{2}(:[^\x00-\x1f]{1,80})?)$", description="Present CBS code, city abroad or country."
    ),
]
Moment = Annotated[str, Field(max_length=40, description="RFC 3339.", examples=["2026-03-01T20:15:00.000Z"])]
ActionId = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9._:-]{1,64}$",
        description="An id of your own: sending the same request again is harmless.",
        examples=["3f0c2a52-6f1e-4c57-9a53-0d0c9b4b7a11"],
    ),
]
Reason = Annotated[str, Field(min_length=3, max_length=500)]
HandlingWord = Literal["new", "acknowledged", "taken", "offered", "snoozed", "closed"]
ActionWord = Literal[
    "acknowledge", "take", "release", "offer", "accept", "decline", "snooze", "close", "reopen", "comment"
]
OutcomeWord = Literal[
    "found",
    "not_found",
    "help_offered",
    "investigation_opened",
    "intervention",
    "premises_closed",
    "penalty_order",
    "tax",
    "residence_file",
    "riec_case",
    "transferred_region",
    "transferred_abroad",
    "no_ground",
    "wrong_subject",
]
StatusWord = Literal[
    "raised", "revised", "withdrawn", "active", "new", "acknowledged", "taken", "offered", "snoozed", "closed"
]
EvidenceWord = Literal["presence", "offer", "passage"]


class Given(BaseModel):
    """A body of a request: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


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


class LookupAnswer(Told):
    """Whether we have met her."""

    known: bool
    subject: Token | None = None
    alias: str | None = None
    subject_kind: str | None = None
    last_contacts: list[SightingBody] | None = Field(None, description="Newest first.")
    complete_until: Moment | None = None


class SubjectActionAnswer(BaseModel):
    """What is now so of the subject."""

    model_config = ConfigDict(extra="allow")


class AlertActionBody(Given):
    """What a coordinator asks for."""

    action_id: ActionId
    action: ActionWord
    expected: int = Field(ge=0, le=2**53, description="The `version` of the state that was seen.")
    unit: str | None = Field(None, min_length=1, max_length=200, description="offer: the unit that is asked.")
    outcome: OutcomeWord | None = Field(None, description="close: what came of it.")
    comment: str | None = Field(None, min_length=1, max_length=2000)
    until: Moment | None = Field(None, description="snooze: until when.")


class EventKeyBody(Given):
    """The identity of an event."""

    source: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")
    type: Literal["control", "bvh_mutation", "ad", "vehicle"]
    event_id: str = Field(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")


class SubjectActionBody(Given):
    """What a coordinator asks for; every action can be taken back."""

    action_id: ActionId
    action: Literal["follow", "unfollow", "strike", "unstrike"]
    reason: Reason
    until: Moment | None = Field(None, description="follow: when it ends, at most 90 days ahead.")
    event: EventKeyBody | None = Field(None, description="strike, unstrike: the event whose sighting is meant.")


class DocumentBody(Given):
    """A travel or identity document."""

    country: str = Field(min_length=1, max_length=60)
    number: str = Field(min_length=1, max_length=60)


class NameBody(Given):
    """A name, as in the machine-readable zone."""

    family: str = Field(min_length=1, max_length=120)
    given: str = Field(min_length=1, max_length=120)
    birth_date: str = Field(min_length=1, max_length=20)


class PlateBody(Given):
    """A number plate."""

    country: str = Field(min_length=1, max_length=60)
    plate: str = Field(min_length=1, max_length=40)


class IdentifierBody(Given):
    """Exactly one identifier."""

    bvh_person: str | None = Field(None, min_length=1, max_length=60)
    document: DocumentBody | None = None
    name: NameBody | None = None
    phone: str | None = Field(None, min_length=1, max_length=40)
    vehicle: PlateBody | None = None
    photo: str | None = Field(None, min_length=1, max_length=40)

    @model_validator(mode="after")
    def one_only(self) -> "IdentifierBody":
        """Raises ValueError unless exactly one identifier is given."""
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError
        return self


class LookupBody(Given):
    """An identifier, and why it is asked for."""

    identifier: IdentifierBody
    purpose: Reason


class HealthBody(Told):
    """The process runs."""

    status: Literal["ok"]


class ReadinessBody(BaseModel):
    """Whether the platform works, and the hashes of rules, policy and signals in force."""

    model_config = ConfigDict(extra="allow")

    ready: bool
    unprotected: bool
