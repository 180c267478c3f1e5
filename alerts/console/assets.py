"""The files of the page: read once, addressed with a digest so that browsers may keep them for good."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from alerts.console.atlas import netherlands_svg

FOLDER = Path(__file__).parent / "static"
MAP = "netherlands.svg"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served."""

    content: bytes
    squeezed: bytes
    """The same with gzip."""
    media_type: str
    digest: str

    @property
    def is_text(self) -> bool:
        """Whether sending it squeezed is worth it; a woff2 is squeezed already."""
        return self.media_type != MEDIA_TYPES[".woff2"]


@lru_cache
def assets() -> dict[str, Asset]:
    """Every file that may be asked for, by its path under ``/static/``; nothing else is ever opened."""
    found = {
        path.relative_to(FOLDER).as_posix(): _asset(path.read_bytes(), path.suffix)
        for path in sorted(FOLDER.rglob("*"))
        if path.suffix in MEDIA_TYPES
    }
    return found | {MAP: _asset(netherlands_svg(), ".svg")}


def asset_url(name: str) -> str:
    """The address of a file, with its digest; a font has none, because the style sheet names it without."""
    asset = assets()[name]
    return f"/static/{name}" if name.startswith("fonts/") else f"/static/{name}?v={asset.digest}"


def _asset(content: bytes, suffix: str) -> Asset:
    return Asset(content, gzip.compress(content), MEDIA_TYPES[suffix], hashlib.sha256(content).hexdigest()[:12])
