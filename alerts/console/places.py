"""Places as the console names and finds them: a name to read, a point to draw, the unit whose it is."""

from collections.abc import Mapping
from typing import Protocol

from alerts.console.words import SOURCE_LANGUAGE, Words
from processors.places import Place

IN_DUTCH = {
    "BE:Antwerp": "Antwerpen",
    "BE:Arlon": "Aarlen",
    "BE:Bastogne": "Bastenaken",
    "BE:Brussels": "Brussel",
    "BE:Liège": "Luik",
    "BE:Mons": "Bergen",
    "BE:Mouscron": "Moeskroen",
    "BE:Namur": "Namen",
    "BE:Nivelles": "Nijvel",
    "BE:Ostend": "Oostende",
    "BE:Tournai": "Doornik",
    "BE:Visé": "Wezet",
    "BE:Wavre": "Waver",
    "DE:Aachen": "Aken",
    "DE:Berlin": "Berlijn",
    "DE:Emmerich": "Emmerik",
    "DE:Kleve": "Kleef",
    "DE:Köln": "Keulen",
    "DE:Munich": "München",
    "DE:Nuremberg": "Neurenberg",
    "RO:Bucharest": "Boekarest",
}
"""Cities that people here call otherwise than the list of cities does, by their codes."""


class Places(Protocol):
    """Where a place code leads; ``processors.places.Gazetteer`` is one."""

    @property
    def regions(self) -> Mapping[str, str]:
        """The names of the police units by their ids."""
        ...

    def place(self, code: str) -> Place:
        """The place of a present CBS code, ``CC:City`` or a country code."""
        ...

    def region_name(self, region: str) -> str:
        """The name of a police unit or country code. Raises KeyError for neither."""
        ...


def is_region(region: str, places: Places) -> bool:
    """Whether this is a police unit or a country: what an end of an alert can lie in."""
    try:
        places.region_name(region)
    except KeyError:
        return False
    return True


def place_name(code: str, places: Places, words: Words) -> str:
    """A municipality by its name, a city abroad with its country, a country by its name in this language."""
    place = places.place(code)
    if place.is_country:
        return words.territory(place.country)
    if place.country == "NL":
        return place.name
    name = IN_DUTCH.get(code, place.name) if words.language == SOURCE_LANGUAGE else place.name
    return f"{name} ({place.country})"


def unit_name(code: str, places: Places, words: Words) -> str:
    """The police unit that the place belongs to; abroad, the country."""
    place = places.place(code)
    if place.country != "NL":
        return words.territory(place.country)
    return places.region_name(place.region)
