"""Who looks, as long as there is no sign-in: a name and a unit that the reader chose, kept in a cookie."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable

from fastapi import Request

from schemas.views import Viewer

COOKIE = "local-identity"
NAME_MAX = 60
NOBODY = Viewer()


def local_identity(request: Request) -> Viewer:
    """The Viewer of the cookie, or the local user of the whole country; a strange cookie is none."""
    return viewer_of(request.cookies.get(COOKIE, ""))


def identity_in(unit: str | None) -> Callable[[Request], Viewer]:
    """The same, but who chose nothing yet is of this unit."""
    return lambda request: viewer_of(request.cookies.get(COOKIE, ""), Viewer(region=unit))


def viewer_of(cookie: str, otherwise: Viewer = NOBODY) -> Viewer:
    """What ``cookie_of`` wrote, or somebody else where it wrote nothing."""
    try:
        name, unit = urlsafe_b64decode(cookie.encode("ascii")).decode().split("\n")
    except ValueError:
        return otherwise
    return Viewer(name=named(name) or NOBODY.name, region=unit or None)


def cookie_of(name: str, unit: str | None) -> str:
    """A name and a unit as a cookie may hold them."""
    return urlsafe_b64encode(f"{named(name)}\n{unit or ''}".encode()).decode("ascii")


def named(given: str) -> str:
    """The name as it is kept: printable, in one line, of a length; empty for none."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in given).split())[:NAME_MAX]


def unit_or_none(given: str, units: Iterable[str]) -> str | None:
    """The unit, if it is one of those there are."""
    return given if given in set(units) else None
