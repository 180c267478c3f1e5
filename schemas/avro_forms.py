"""What a value of a message must look like beyond its Avro type: the ``form`` attribute of our schemas.

Avro ignores attributes it does not know, so to others our schemas are plain Avro.
"""

import re

_HEX = "[0-9a-f]"
_PLAIN = r"[^\x00-\x1f\x7f\ud800-\udfff]"

HELD_CHARACTERS_MAX = 200 * 1024
"""Of JSON in ASCII, so as many bytes."""

TEXT_FORMS = {
    name: re.compile(pattern).fullmatch
    for name, pattern in {
        "token": _HEX + "{32}",
        "uuid": f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}",
        "digest": f"(?:{_HEX}{{64}})?",
        "source": "[a-z0-9][a-z0-9._-]{0,62}",
        "place": f"GM[0-9]{{4}}|[A-Z]{{2}}(?::{_PLAIN}{{1,100}})?",
        "country": "[A-Z]{2}",
        "word": "[a-z][a-z0-9_]{0,62}",
        "label": f"{_PLAIN}{{1,255}}",
        "name": f"{_PLAIN}{{1,200}}",
        "text": r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]{0,2000}",
        "held": f"{_PLAIN}{{1,{HELD_CHARACTERS_MAX}}}",
    }.items()
}
"""By name: tells whether a text has the form. ``word`` is an open vocabulary of ours."""

TIME_MAX_MS = 253_402_300_799_999
"""The last millisecond of the year 9999, as far as RFC 3339 goes."""

NUMBER_FORMS = {
    "time": range(TIME_MAX_MS + 1),
    "count": range(2**63),
    "ordinal": range(1, 2**63),
}
"""By name: the numbers that have the form. ``time`` is UTC milliseconds."""
