"""Which alerts a scope shows, as a condition on ``alert_heads``: an end in it, held by it or offered to it."""

from processors.scope import Scope

_TOUCHES = "{unit} IN ({of}from_unit, {of}to_unit, {of}held_by, {of}offered_to)"


def condition(scope: Scope, of: str = "") -> str:
    """A condition with a question mark for each of ``values``; ``of`` names the table, with its dot."""
    if scope is None:
        return "1"
    return "(" + " OR ".join(_TOUCHES.format(unit="?", of=of) for _ in scope) + ")"


def shown(scope: Scope, table: str) -> str:
    """A condition on a table with an ``alert_id``: of an alert that the scope shows as it stands."""
    if scope is None:
        return "1"
    return (
        f"EXISTS (SELECT 1 FROM alert_heads h WHERE h.alert_id = {table}.alert_id"  # noqa: S608 - names of ours
        f" AND {condition(scope, 'h.')})"
    )


def values(scope: Scope) -> list[str]:
    """What the question marks stand for."""
    return [] if scope is None else sorted(scope)
