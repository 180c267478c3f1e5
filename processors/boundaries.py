"""The borders of the municipalities: which one a point lies in, how far the nearest is (DESIGN section 4, Place)."""

import json
import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from processors.geography import EARTH_RADIUS_KM, distance_km

_KM_PER_DEGREE = math.radians(EARTH_RADIUS_KM)


class Boundaries:
    """Polygons in WGS84 degrees, prepared for points. Safe to use from many threads once made."""

    def __init__(self, polygons: Iterable[tuple[str, BaseGeometry]]) -> None:
        """Pairs of a code and what it covers. Where two share a line, the smaller code has it."""
        ordered = sorted(polygons, key=lambda pair: pair[0])
        self._codes: list[str] = [code for code, _ in ordered]
        self._covers = [covers for _, covers in ordered]
        self._tree = shapely.STRtree(self._covers)
        self._segments = [_segments(covers) for covers in self._covers]
        for covers in self._covers:
            _index(covers)

    @classmethod
    def parse(cls, geojson: str) -> "Boundaries":
        """From a FeatureCollection whose features bear the code as ``id``."""
        features = json.loads(geojson)["features"]
        return cls((feature["id"], shape(feature["geometry"])) for feature in features)

    def containing(self, lat: float, lon: float) -> str | None:
        """The municipality that the point lies in or on the border of."""
        indexes: list[int] = sorted(self._tree.query(shapely.Point(lon, lat)).tolist())
        for index in indexes:
            if shapely.intersects_xy(self._covers[index], lon, lat):
                return self._codes[index]
        return None

    def nearest(self, lat: float, lon: float, within_km: float) -> tuple[str, float] | None:
        """The municipality with the nearest border, and how far it is in km, if that is at most ``within_km``."""
        high = within_km / _KM_PER_DEGREE * 1.01
        wide = high / max(0.01, math.cos(math.radians(abs(lat) + high)))
        near = self._tree.query(shapely.box(lon - wide, lat - high, lon + wide, lat + high))
        found = ((_border_km(self._segments[index], lat, lon), self._codes[index]) for index in near)
        km, code = min(found, default=(math.inf, ""))
        return (code, km) if km <= within_km else None


Segments = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
"""Starts and ends of the lines of a border; rows of (lon, lat)."""


def _segments(covers: BaseGeometry) -> Segments:
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(covers))]
    return np.concatenate([ring[:-1] for ring in rings]), np.concatenate([ring[1:] for ring in rings])


def _index(covers: BaseGeometry) -> None:
    """Build the index that GEOS otherwise builds at the first question, which may not be two threads' at once."""
    shapely.prepare(covers)
    shapely.intersects_xy(covers, 0.0, 0.0)
    inside = covers.representative_point()
    shapely.intersects_xy(covers, inside.x, inside.y)


def _border_km(segments: Segments, lat: float, lon: float) -> float:
    """Great circle to the point of the border that is nearest in the plane that touches the earth here."""
    here = np.array([lon, lat])
    scale = np.array([math.cos(math.radians(lat)), 1.0])
    starts = (segments[0] - here) * scale
    along = (segments[1] - segments[0]) * scale
    squared = np.einsum("ij,ij->i", along, along)
    share = -np.einsum("ij,ij->i", starts, along) / np.where(squared == 0.0, 1.0, squared)
    offsets = starts + along * np.clip(share, 0.0, 1.0)[:, np.newaxis]
    nearest = offsets[np.argmin(np.einsum("ij,ij->i", offsets, offsets))] / scale + here
    return distance_km(lat, lon, float(nearest[1]), float(nearest[0]))
