"""Coarse places: counties and cities.

A statement may name the area of its read point with ``caravan:area``, the six digits of
a county or a city in GB/T 2260, China's codes of administrative divisions. Nothing
finer is read, so that a page can draw the way of goods and nobody's pasture.

Where they lie says ``position``; an area that has no name is shown by its code.

Pure. ``scanner_web/verify/area.js`` is the same module for the browser.
"""

import re
from typing import Final

from ledger.encoding import Json
from ledger.wording import Messages, text, word

_CODE: Final = re.compile(r"[0-9]{6}")


def area_of(value: Json) -> str:
    """Return the code of an area, or nothing if it is none.

    >>> area_of("652929"), area_of("Keping")
    ('652929', '')
    """
    code = text(value) if isinstance(value, str) else ""
    return code if _CODE.fullmatch(code) else ""


def area_name(code: str, messages: Messages) -> str:
    """Return what an area is called, or else its code; nothing for none."""
    return code and word("area", code, messages)
