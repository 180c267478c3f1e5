"""The files of the page: read once, all under one digest, so that browsers may keep them for good."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from alerts.console.atlas import netherlands_svg

FOLDER = Path(__file__).parent / "static"
MAP = "netherlands.svg"
STYLES = "styles.css"
STYLED_BY = ("console.css", "list.css", "subject.css", "duty.css", "map.css")
"""Together in this order they are one sheet: nothing is painted before the last sheet is there."""
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

    @property
    def is_text(self) -> bool:
        """Whether sending it squeezed is worth it; a woff2 is squeezed already."""
        return self.media_type != MEDIA_TYPES[".woff2"]


@lru_cache
def assets() -> dict[str, Asset]:
    """Every file that may be asked for, by its path below the digest; nothing else is ever opened."""
    found = {
        path.relative_to(FOLDER).as_posix(): _asset(path.read_bytes(), path.suffix)
        for path in sorted(FOLDER.rglob("*"))
        if path.suffix in MEDIA_TYPES and path.name not in STYLED_BY
    }
    styles = b"\n".join((FOLDER / name).read_bytes() for name in STYLED_BY)
    return found | {MAP: _asset(netherlands_svg(), ".svg"), STYLES: _asset(styles, ".css")}


@lru_cache
def digest() -> str:
    """Of all files together: they name one another (scripts, fonts), so that what changes one changes them all."""
    whole = hashlib.sha256()
    for name, asset in sorted(assets().items()):
        whole.update(f"{name}\n{len(asset.content)}\n".encode() + asset.content)
    return whole.hexdigest()[:12]


def asset_url(name: str) -> str:
    """The address of a file."""
    assets()[name]  # a name that is none fails here, and not in a browser
    return f"/static/{digest()}/{name}"


def _asset(content: bytes, suffix: str) -> Asset:
    return Asset(content, gzip.compress(content), MEDIA_TYPES[suffix])
