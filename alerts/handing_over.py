"""Who may offer an alert to whom, and who may answer or end an offer; DESK decides all else of it."""

from collections.abc import Collection, Sequence

from processors.requests import invalid
from processors.scope import scope_of
from schemas.actions import Action, AlertAction, AlertState, Handling
from schemas.problems import Problem
from schemas.views import HandlingStep, Viewer

TO_ITSELF = invalid("unit", "a unit cannot offer an alert to itself", "take it, or assign it to the unit")
NO_SUCH_UNIT = invalid(
    "unit",
    "there is no such unit",
    "the id of a unit, such as midden-nederland, kmar or liaison-be",
)
NOT_ASKED = invalid("action", "another unit was asked", "the unit that was asked accepts")
NOT_A_PARTY = invalid(
    "action", "the offer is of others", "who made it, a unit that has the alert, or the unit that was asked ends it"
)
GIVES = frozenset({Action.OFFER, Action.ASSIGN})
"""To a unit that is named."""
ANSWERS = frozenset({Action.ACCEPT, Action.DECLINE})
"""To an offer: who may give them depends on how the alert was handled."""


def barred(
    action: AlertAction, viewer: Viewer, steps: Sequence[HandlingStep], units: Collection[str] | None = None
) -> Problem | None:
    """Why the viewer may not ask this; ``steps`` (needed for ANSWERS) are how the alert was handled, oldest first.

    Only what is asked of the offer that stands: what came too late, or comes again, DESK answers. ``units``: the ids of
    all there are (None: whatever is named). Where none is named, DESK says so.
    """
    if units is not None and action.action in GIVES and action.unit and action.unit not in units:
        return NO_SUCH_UNIT
    if action.action == Action.OFFER:
        return TO_ITSELF if viewer.region is not None and action.unit == viewer.region else None
    if not steps or steps[-1].state.version != action.expected:
        return None
    if action.action == Action.ACCEPT and not may_accept(steps[-1].state, viewer):
        return NOT_ASKED
    if action.action == Action.DECLINE and not may_end(steps, viewer):
        return NOT_A_PARTY
    return None


def may_accept(state: AlertState, viewer: Viewer) -> bool:
    """The unit that is asked, and who sees the whole country, may accept; where nothing is offered DESK says so."""
    return state.handling is not Handling.OFFERED or scope_of(viewer) is None or viewer.region == state.offered_to


def may_end(steps: Sequence[HandlingStep], viewer: Viewer) -> bool:
    """Those who may accept, who made the offer, and the unit that has the alert: its next shift is somebody else."""
    state = steps[-1].state
    if may_accept(state, viewer) or viewer.region == state.unit:
        return True
    offers = (step for step in reversed(steps) if _begins_offer(step))
    made = next(offers, None)
    # Where the request was not read yet, nobody knows who made it.
    return made is None or made.action is None or made.action.by == viewer.name


def _begins_offer(step: HandlingStep) -> bool:
    """A comment leaves it offered."""
    if step.state.handling is not Handling.OFFERED:
        return False
    return step.action is None or step.action.action == Action.OFFER
