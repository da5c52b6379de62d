"""Sets apart what is read from the left, in a page that is written from the right.

Only in what stands for itself: facts, parts of the code, what nobody has checked. All
other words of a page are compared whole by its script, and are sentences of their own
language.
"""

import re
from html import unescape
from typing import Final

from markupsafe import escape

from ledger.direction import pieces

_TOKEN: Final = re.compile(r"<(/?)([a-zA-Z0-9]+)([^>]*)>|[^<]+|<")
_HELD: Final = re.compile(r"\sdata-(?:fact|part|unchecked)\b")
_VOID: Final = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})
_LEFT_ALONE: Final = frozenset(
    {"bdi", "code", "option", "pre", "script", "style", "svg", "textarea", "title"}
)


def isolated(page: str) -> str:
    """Return a page with such parts in elements of their own.

    Args:
        page: As the templates make it: what is no tag has no ``<`` or ``>`` in it.
    """
    made: list[str] = []
    # Of each open element: whether it is set apart in it, and then whether it is not.
    held, alone = [False], [False]
    for token in _TOKEN.finditer(page):
        closes, name, attributes = token[1], token[2], token[3]
        if name is None:
            is_held = held[-1] and not alone[-1]
            made.append(_marked(token[0]) if is_held else token[0])
            continue
        made.append(token[0])
        if closes:
            if len(held) > 1:
                held.pop()
                alone.pop()
        elif name not in _VOID and not attributes.endswith("/"):
            held.append(held[-1] or _HELD.search(attributes) is not None)
            alone.append(alone[-1] or name in _LEFT_ALONE)
    return "".join(made)


def _marked(text: str) -> str:
    return "".join(
        f'<bdi dir="ltr">{escape(piece)}</bdi>' if is_apart else str(escape(piece))
        for piece, is_apart in pieces(unescape(text))
    )
