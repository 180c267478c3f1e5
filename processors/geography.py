"""What the rules need to know of two places: how far apart they are, and which borders lie between."""

import math
from typing import NamedTuple, Protocol

EARTH_RADIUS_KM = 6371.0088


class PlaceLike(Protocol):
    """A place as the rules see it."""

    @property
    def lat(self) -> float:
        """Degrees, WGS84."""
        ...

    @property
    def lon(self) -> float:
        """Degrees, WGS84."""
        ...

    @property
    def region(self) -> str:
        """The police unit; abroad the country code."""
        ...

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2."""
        ...

    @property
    def is_country(self) -> bool:
        """Whether no more is known than the country."""
        ...


class Geography(Protocol):
    """Knows every place by its code."""

    def place(self, code: str) -> PlaceLike:
        """The place. Raises KeyError for a code that is none."""
        ...


class Between(NamedTuple):
    """What lies between two places."""

    distance_km: float | None
    """Great circle; None where a place is a country."""
    cross_region: bool
    cross_border: bool


class Distances:
    """Remembers what lies between two places, since journeys repeat themselves."""

    def __init__(self, geography: Geography) -> None:
        self._geography = geography
        self._known: dict[tuple[str, str], Between] = {}

    def between(self, one: str, other: str) -> Between:
        """What lies between the two, by their codes."""
        known = self._known.get((one, other))
        if known is None:
            known = self._known[one, other] = _between(self._geography.place(one), self._geography.place(other))
        return known


def _between(one: PlaceLike, other: PlaceLike) -> Between:
    country = one.is_country or other.is_country
    return Between(
        distance_km=None if country else distance_km(one.lat, one.lon, other.lat, other.lon),
        cross_region=one.region != other.region,
        cross_border=one.country != "NL" or other.country != "NL",
    )


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in km (haversine, R = 6371.0088 km) between WGS84 degrees."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_dphi, half_dlambda = (phi2 - phi1) / 2, math.radians(lon2 - lon1) / 2
    h = math.sin(half_dphi) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_dlambda) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(h)))
