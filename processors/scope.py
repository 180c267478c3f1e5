"""What a viewer may see: the alerts that touch its unit; of what others hold no more than that there was contact.

A unit is a police unit of a region, or one of those without a region: CEMI, which sees the whole country, and others,
which see what is theirs. A liaison speaks for a country, so whatever has an end there touches it.
"""

from schemas.views import Viewer

CEMI = "cemi"
NATIONAL_INVESTIGATION = "landelijke-opsporing"
BORDER_POLICE = "kmar"
LIAISON = "liaison-"
"""Before a country code in small letters."""
LIAISON_COUNTRIES = ("BE", "BG", "DE", "ES", "HU", "MD", "PL", "RO")
"""Countries with a liaison to choose from: the neighbours, and where most women come from."""
WITHOUT_REGION = (
    CEMI,
    NATIONAL_INVESTIGATION,
    BORDER_POLICE,
    *(f"{LIAISON}{country.lower()}" for country in LIAISON_COUNTRIES),
)
"""The units that belong to no region, in the order of choice."""

Scope = frozenset[str] | None
"""The units and country codes of which an alert must touch one; None: all alerts."""


def scope_of(viewer: Viewer) -> Scope:
    """What the viewer sees."""
    if viewer.region is None or viewer.region == CEMI:
        return None
    country = country_of(viewer.region)
    return frozenset({viewer.region} if country is None else {viewer.region, country})


def country_of(unit: str) -> str | None:
    """The country code of a liaison; None for other units."""
    return unit.removeprefix(LIAISON).upper() if unit.startswith(LIAISON) else None
