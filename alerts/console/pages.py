"""The pages and their parts as HTML: view models into templates, with what every page has."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypedDict

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from alerts.console.acting import Acting
from alerts.console.assets import MAP, asset_url
from alerts.console.atlas import HEIGHT
from alerts.console.cards import Card, cards_of, successor_of
from alerts.console.chance import time_to_act, tracks_told
from alerts.console.contacts import familiar_faces
from alerts.console.emptiness import Emptiness
from alerts.console.evidence import evidence_of
from alerts.console.filter_bar import FilterBar
from alerts.console.flows import flows_of, journey_of
from alerts.console.handling import person
from alerts.console.identity import NOBODY
from alerts.console.lanes import together_of
from alerts.console.listing import Listing
from alerts.console.looking_back import looking_back, messages_by, moment_asked, moments_of, timeline_by
from alerts.console.many import ActingOnMany
from alerts.console.outlook import Carried, Outlook
from alerts.console.rail import RailEntry
from alerts.console.related import related_of
from alerts.console.revisions import revisions_of
from alerts.console.stays import chart_of
from alerts.console.story import story_of
from alerts.console.telling import Telling
from alerts.console.units import unit_groups, unit_word
from alerts.console.words import Words
from processors.alias import alias_of
from schemas.alerts import Alert, AlertStatus
from schemas.dossiers import Companion
from schemas.sightings import SubjectKind
from schemas.views import AlertView, CardView, Chance, Timeline, Track, Viewer

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds the parts: who looks, where the stream goes on, which views and filters there are."""

    viewer: Viewer
    position: str
    states: str
    outlook: Outlook
    rail: tuple[RailEntry, ...]
    silences: list[str]
    bar: FilterBar
    many: ActingOnMany
    shown: str
    """How many the list has."""
    unprotected: bool
    same_page: str = "?"
    """The address of this page, to go on with the language that is asked for."""


class LiveCard(TypedDict):
    """A card as the stream tells it: ``Card`` but for the words, which are in the HTML."""

    id: str
    alerts: str
    at: int
    told: int
    handled: int
    html: str


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """All that the page of one alert tells from."""

    view: AlertView
    messages: list[Alert]
    timeline: Timeline | None
    successor: Alert | None
    acting: Acting
    chance: Chance
    tracks: list[Track]
    companions: tuple[Companion, ...] = ()
    others: tuple[AlertView, ...] = ()
    """Alerts of the same arrival or about the same subject, this one maybe among them."""
    at: int | None = None
    """UTC ms of the moment that it is told as of; None for now."""
    moments: tuple[int, ...] = ()
    """At which something of it became known; UTC ms, oldest first."""


def as_asked(facts: AlertFacts, at: str | None, step: str | None) -> AlertFacts:
    """The facts as they stood at the moment that an address asks for, or as they are."""
    moments = tuple(moments_of(facts.messages, facts.timeline))
    moment = moment_asked(moments, at, step)
    if moment is None:
        return replace(facts, moments=moments)
    messages = messages_by(facts.messages, moment)
    told = messages[-1]
    return replace(
        facts,
        view=replace(facts.view, alert=told),
        messages=messages,
        timeline=timeline_by(facts.timeline, told, moment),
        successor=facts.successor if told.superseded_by else None,
        companions=(),  # nobody here knows when they were known
        others=(),
        at=moment,
        moments=moments,
    )


def environment() -> Environment:
    """Jinja2 with everything escaped and nothing undefined."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= {"asset": asset_url, "land": asset_url(MAP), "height": HEIGHT}
    return made


class Pages:
    """Renders. Each method answers a whole part; ``page`` puts a list and a detail into the frame."""

    def __init__(self) -> None:
        self._environment = environment()

    def page(self, frame: Frame, telling: Telling, *, listing: dict[str, Any], detail: dict[str, Any]) -> str:
        """A whole page; ``listing`` and ``detail`` are what the ``…_context`` functions made."""
        defaults = {"selected_id": None, "focused": False, "title": _title(detail, telling)}
        context = {**defaults, **detail, **listing, **_framed(frame, telling)}
        return self._render("page.html", telling, context)

    def live_card(self, card: Card, telling: Telling) -> LiveCard:
        """A card as a page that listens is told it."""
        html = self.part("parts/card.html", telling, {"card": card})
        return {
            "id": card.card_id,
            "alerts": card.alerts,
            "at": card.at,
            "told": card.told,
            "handled": card.handled,
            "html": html,
        }

    def part(self, template: str, telling: Telling, context: dict[str, Any]) -> str:
        """One part alone, for a page that is already there."""
        return self._render(template, telling, {"selected_id": None, "carried": Carried(), **context})

    def alone(self, template: str, words: Words, context: dict[str, Any]) -> str:
        """A page that needs nothing of what is known."""
        spoken = {"say": words.say, "language": words.language}
        return self._environment.get_template(template).render({**spoken, **context})

    def _render(self, template: str, telling: Telling, context: dict[str, Any]) -> str:
        return self._environment.get_template(template).render(
            {"say": telling.words.say, "language": telling.words.language, "kinds": _kinds(telling), **context}
        )


def listing_context(
    listing: Listing, telling: Telling, *, outlook: Outlook, emptiness: Emptiness | None, silences: list[str]
) -> dict[str, Any]:
    """For ``parts/list.html``; ``emptiness`` says why it has no cards, where it has none."""
    return {
        "cards": cards_of(listing.cards, telling),
        "next_cursor": listing.next,
        "outlook": outlook,
        "emptiness": emptiness,
        "silences": silences,
    }


def alert_context(facts: AlertFacts, telling: Telling) -> dict[str, Any]:
    """For ``parts/alert.html``."""
    alert = facts.view.alert
    back = looking_back(facts.moments, facts.at, telling)
    if facts.at is not None:
        telling = replace(telling, now=facts.at)
    stays = facts.timeline.stays if facts.timeline else ()
    seen_since = any(stay.first_seen > alert.finding.arrived_at for stay in stays)
    # Where she went on to may be seen by another unit alone: that she did is told to everybody, where to is not.
    moved_on = seen_since or (facts.at is None and facts.chance.is_over)
    return {
        "detail": "parts/alert.html",
        "focused": True,
        "selected_id": alert.alert_id,
        "alert_id": alert.alert_id,
        "revision": alert.revision,
        "withdrawn": alert.status is AlertStatus.WITHDRAWN,
        "story": story_of(alert, telling, moved_on=moved_on, successor=facts.successor, state=facts.view.state),
        "subject": alert.subject,
        "alias": alias_of(alert.subject),
        "familiar": familiar_faces(alert, facts.timeline, telling),
        "together": together_of(facts.companions, telling),
        "related": related_of(alert, facts.others, telling),
        "successor": successor_of(facts.successor, telling) if facts.successor else None,
        "evidence": evidence_of(alert, telling),
        "chart": chart_of(facts.timeline, telling) if facts.timeline else None,
        "history": revisions_of(facts.messages, telling, successor=facts.successor, state=facts.view.state),
        "drawing": journey_of(alert, facts.timeline, telling),
        "acting": facts.acting,
        "chance": time_to_act(facts.chance, alert.finding.arrived_at, telling),
        "tracks": tracks_told(facts.tracks, telling),
        "back": back,
        "printed": telling.words.in_full(telling.now),
        "past": None if facts.at is None else telling.words.moments([facts.at, *facts.moments], telling.now)[0],
    }


def overview_context(listing: Listing, telling: Telling) -> dict[str, Any]:
    """For ``parts/overview.html``: nothing chosen."""
    drawn = [view for card in listing.cards for view in _journeys(card)]
    words = telling.words
    title = words.say("De laatste verplaatsingen") if drawn else words.say("Geen verplaatsingen in deze lijst")
    return {"detail": "parts/overview.html", "overview_title": title, "drawing": flows_of(drawn, telling)}


def _journeys(card: CardView) -> list[AlertView]:
    """An alert that still holds for each journey on a card, though several may have made it."""
    live = [member.view for member in card.members if member.view.alert.status is not AlertStatus.WITHDRAWN]
    return list({(view.alert.finding.from_place, view.alert.finding.to_place): view for view in live}.values())


def missing_context(why: str = "unknown") -> dict[str, Any]:
    """For ``parts/missing.html``: an address that leads to no alert, or to one that was just ``given_away``."""
    return {"detail": "parts/missing.html", "focused": True, "why": why}


def _framed(frame: Frame, telling: Telling) -> dict[str, Any]:
    region = frame.viewer.region
    return {
        "position": frame.position,
        "states": frame.states,
        "outlook": frame.outlook,
        "rail": frame.rail,
        "silences": frame.silences,
        "bar": frame.bar,
        "many": frame.many,
        "shown": frame.shown,
        "viewer_name": person(frame.viewer.name, telling),
        "given_name": "" if frame.viewer.name == NOBODY.name else frame.viewer.name,
        "viewer_unit": region,
        "units": unit_groups(telling),
        "unprotected": frame.unprotected,
        "same_page": frame.same_page,
        "scope": telling.words.say("heel Nederland") if region is None else unit_word(region, telling),
    }


def _title(detail: dict[str, Any], telling: Telling) -> str:
    story = detail.get("story")
    return story.headline if story is not None else telling.words.say("Verplaatsingen")


def _kinds(telling: Telling) -> dict[str, str]:
    say = telling.words.say
    return {
        SubjectKind.PERSON: say("persoon"),
        SubjectKind.VEHICLE: say("wagen"),
        SubjectKind.PHONE: say("telefoon"),
        SubjectKind.PHOTO: say("foto"),
    }
