"""What the settings say of the console: who looks as long as there is no sign-in, and what waits too long."""

from collections.abc import Callable

from fastapi import Request

from alerts.console.asking import ConsoleOptions
from alerts.console.identity import identity_in
from alerts.console.units import known_units
from relocation.exits import UNUSABLE, Failure
from relocation.parts import gazetteer
from relocation.settings import Settings
from schemas.views import Viewer


def console_options(settings: Settings) -> ConsoleOptions:
    """What the settings say of a console. Raises Failure."""
    return ConsoleOptions(
        places=gazetteer(),
        unprotected=settings.unprotected,
        viewer=identity_of(settings),
        escalates_ms=settings.escalates_ms,
    )


def identity_of(settings: Settings) -> Callable[[Request], Viewer]:
    """The Viewer of a request, for page and API alike. Raises Failure for a unit that is none of ours."""
    units = known_units(gazetteer())
    if settings.unit is not None and settings.unit not in units:
        raise Failure(f"RELOCATION_UNIT (--unit) names no unit: write one of {', '.join(sorted(units))}", UNUSABLE)
    return identity_in(settings.unit)
