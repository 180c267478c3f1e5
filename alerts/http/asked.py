"""The bodies that the API takes, as the OpenAPI document describes them; events are judged by intake instead."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from alerts.http.models import Moment

ActionId = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9._:-]{1,64}$",
        description="An id of your own: sending the same request again is harmless.",
        examples=["3f0c2a52-6f1e-4c57-9a53-0d0c9b4b7a11"],
    ),
]
Reason = Annotated[str, Field(min_length=3, max_length=500)]
ActionWord = Literal[
    "acknowledge", "take", "release", "assign", "offer", "accept", "decline", "snooze", "close", "reopen", "comment"
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


class Given(BaseModel):
    """A body of a request: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class AlertActionBody(Given):
    """What a coordinator asks for."""

    action_id: ActionId
    action: ActionWord
    expected: int = Field(ge=0, le=2**53, description="The `version` of the state that was seen.")
    unit: str | None = Field(
        None, min_length=1, max_length=200, description="offer: the unit that is asked; assign: the unit that gets it."
    )
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
