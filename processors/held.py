"""What is held of an event that was refused for a reason that can pass, so that it can be tried again.

It is the event with tokens for identifiers, as a report has them, and its place as it was given. The name of a place
that nobody knows can be anything, also somebody's: of it only a token is held, by which it is found once it is known.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from processors.placenames import NAME_LENGTH_MAX, fold
from processors.places import Gazetteer, PlaceGiven, PlaceProblem
from processors.tokens import Tokeniser
from schemas.canonical import canonical_object
from schemas.events import Ad, BvhMutation, Control, Event, Passage, Person
from schemas.problems import Code, Problem

HELD_CHARACTERS_MAX = 200 * 1024
"""As much as a dead letter takes."""
CAN_PASS = frozenset((Code.UNKNOWN_PLACE, Code.AMBIGUOUS_PLACE))
"""Problems of an event that is right in form: the place may be known tomorrow."""

_VERSION = 1
_AS_GIVEN = ("municipality", "postcode", "lat", "lon", "country")
_MADE: Mapping[str, Callable[..., Event]] = {
    "control": Control,
    "bvh_mutation": BvhMutation,
    "ad": Ad,
}


class Unreadable(ValueError):
    """This is nothing that was held."""


class Held:
    """Puts events into the form in which they are held, and reads them back. Immutable; safe from many threads."""

    def __init__(self, gazetteer: Gazetteer, tokeniser: Tokeniser) -> None:
        self._gazetteer = gazetteer
        self._tokeniser = tokeniser

    def without_place(self, event: Event, place: Mapping[str, Any]) -> str | None:
        """The event, whose place is not known, and the place as it was given (valid in form). None: nothing is held."""
        told = self._place(place)
        return None if told is None else self._written(event, told, refused=False)

    def refused(self, event: Event) -> str | None:
        """The event, which the legal gate refused for now. None: nothing is held."""
        return self._written(event, {"code": event.place}, refused=True)

    def read(self, held: str) -> tuple[Event, bool, str | PlaceProblem]:
        """The event with tokens for identifiers, whether the gate refused it, and its place as it is known today.

        Raises Unreadable.
        """
        try:
            told = json.loads(held)
            if told["v"] != _VERSION:
                raise Unreadable("it was held by another version of the program")
            return _event(told["event"]), bool(told["refused"]), self._resolve(told["place"])
        except (AttributeError, KeyError, TypeError, ValueError):
            raise Unreadable("what was held cannot be read") from None

    def _written(self, event: Event, place: dict[str, Any], *, refused: bool) -> str | None:
        if isinstance(event, Passage):
            return None
        told = canonical_object(self._tokenised(event))
        del told["place"], told["withdrawn"]
        text = json.dumps({"v": _VERSION, "refused": refused, "place": place, "event": told}, separators=(",", ":"))
        return text if len(text) <= HELD_CHARACTERS_MAX else None

    def _tokenised(self, event: Control | BvhMutation | Ad) -> Event:
        tokens = self._tokeniser
        phones, address = tokens.tokens("phone", event.phones), tokens.maybe("address", event.address)
        if isinstance(event, Ad):
            photos = tokens.tokens("photo", event.photos)
            return replace(event, phones=phones, address=address, photos=photos, ad=tokens.ad(event))
        persons = tuple(sorted((self._person(person) for person in event.persons), key=lambda one: one.sorting))
        vehicles = tokens.tokens("vehicle", event.vehicles)
        return replace(event, phones=phones, address=address, persons=persons, vehicles=vehicles)

    def _person(self, person: Person) -> Person:
        named = self._tokeniser.person(person)
        return replace(person, bvh_person=named.bvh_person, document=named.document, name=named.name)

    def _place(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        told: dict[str, Any] = {name: given[name] for name in _AS_GIVEN if given.get(name) is not None}
        for field in ("name", "city"):
            text = given.get(field)
            if text is not None:
                if len(text) > NAME_LENGTH_MAX:
                    return None
                told[field] = self._name_token(fold(text), given.get("country"))
        return None if told.get("country") == "NL" else told  # a country that will never be a place

    def _resolve(self, place: Mapping[str, Any]) -> str | PlaceProblem:
        if "code" in place:
            code = place["code"]
            return code if self._gazetteer.knows(code) else self._gazetteer.resolve(PlaceGiven(municipality=code))
        told = dict(place)
        for field in ("name", "city"):
            if field in told:  # an empty name is known to nobody
                told[field] = self._known_names.get((told.get("country"), told[field]), "")
        return self._gazetteer.resolve(PlaceGiven(**told))

    @cached_property
    def _known_names(self) -> Mapping[tuple[str | None, str], str]:
        """Country (None: a Dutch name) and token to the name, of all names there are: some ten thousand."""
        return {(country, self._name_token(name, country)): name for country, name in self._gazetteer.names()}

    def _name_token(self, folded: str, country: str | None) -> str:
        return self._tokeniser.token("place", folded if country is None else f"{country}:{folded}")


def _event(told: dict[str, Any]) -> Event:
    make = _MADE[told.pop("type")]
    persons = [_read_person(person) for person in told.pop("persons", ())]
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    if make is not Ad:
        given["persons"] = tuple(persons)
    return make(place="", **given)


def _read_person(told: dict[str, Any]) -> Person:
    return Person(
        role=told["role"], age_band=told["age_band"], nationality=told.get("nationality"), **told["identifiers"]
    )


def unreadable_problem() -> Problem:
    """Why something that was held cannot be tried again."""
    return Problem(Code.MALFORMED, "what was held of it cannot be read", hint="ask who published it to send it again")
