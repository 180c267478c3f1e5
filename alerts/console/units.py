"""The units that people work for, by name: those of a region, and those without one."""

from collections.abc import Collection
from dataclasses import dataclass

from alerts.console.places import Places
from alerts.console.telling import Telling
from processors.scope import BORDER_POLICE, CEMI, NATIONAL_INVESTIGATION, WITHOUT_REGION, country_of


@dataclass(frozen=True, slots=True)
class UnitGroup:
    """Units that are listed under one word, as (id, name)."""

    word: str
    units: tuple[tuple[str, str], ...]


def unit_groups(telling: Telling, *, without: Collection[str | None] = ()) -> tuple[UnitGroup, ...]:
    """All units to choose from but some: regions by name, then those without a region in their own order."""
    say, regions = telling.words.say, telling.places.regions
    by_name = sorted(regions, key=lambda unit: regions[unit])
    return (
        UnitGroup(say("Politie-eenheden"), tuple((unit, regions[unit]) for unit in by_name if unit not in without)),
        UnitGroup(
            say("Zonder regio"),
            tuple((unit, unit_word(unit, telling)) for unit in WITHOUT_REGION if unit not in without),
        ),
    )


def known_units(places: Places) -> set[str]:
    """The ids of all units that can be chosen."""
    return {*places.regions, *WITHOUT_REGION}


def unit_word(unit: str, telling: Telling) -> str:
    """The name of a unit or country, or what it is called where it is none of ours."""
    say = telling.words.say
    named = {
        CEMI: say("CEMI"),
        NATIONAL_INVESTIGATION: say("Landelijke Opsporing"),
        BORDER_POLICE: say("Koninklijke Marechaussee"),
    }
    country = country_of(unit)
    if country is not None:
        return say("liaison %(country)s", country=telling.words.territory(country))
    if len(unit) == 2:
        return telling.words.territory(unit)
    return named.get(unit) or telling.places.regions.get(unit, unit)
