"""Which parts of a text are read from the left, whatever stands around them.

In a page that is written from the right a browser puts ``(01) 0952… (10) S01`` or
``2026-08-05`` in another order than they are printed in. Such parts are set apart.
``scanner_web/verify/direction.js`` is the twin.
"""

import re
from typing import Final

Piece = tuple[str, bool]
"""A part of a text, and whether it is set apart."""

# Letters and digits that are read from the left: Latin, Cyrillic, Chinese.
_LEFT: Final = r"A-Za-z0-9\u00c0-\u024f\u0400-\u04ff\u3400-\u9fff"
_END: Final = _LEFT + r"%°²³)）"
_RIGHT: Final = r"\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
# A key of GS1 or a sign may stand first; what follows ends with more than a comma.
_RUN: Final = re.compile(
    rf"(?:\([0-9]{{2,4}}\) ?|[+#/-])?[{_LEFT}](?:[^{_RIGHT}]*[{_END}])?"
)
_TAIL: Final = re.compile(rf"[^{_END}]+$")
_SIGNS: Final = ("+", "#", "/", "-")
_NUMBER: Final = re.compile(r"[0-9]+")


def pieces(text: str) -> list[Piece]:
    """Return the parts of a text, in its order; a mere number needs no setting apart.

    >>> pieces("سۈت 2026-08-05.")
    [('سۈت ', False), ('2026-08-05', True), ('.', False)]
    """
    found: list[Piece] = []
    start, at = 0, 0
    while (match := _RUN.search(text, at)) is not None:
        begin = match.start()
        # What joins two words is no sign.
        if text[begin] in _SIGNS and text[max(begin - 1, 0) : begin].strip(" ("):
            begin += 1
        run = _balanced(text[begin : match.end()])
        at = begin + len(run)
        if _NUMBER.fullmatch(run):
            continue
        if begin > start:
            found.append((text[start:begin], False))
        found.append((run, True))
        start = at
    if start < len(text):
        found.append((text[start:], False))
    return found


def _balanced(run: str) -> str:
    """Return a run up to the first bracket whose other is not in it."""
    opened: list[int] = []
    for place, sign in enumerate(run):
        if sign in "(（":
            opened.append(place)
        elif sign in ")）":
            if not opened:
                return _TAIL.sub("", run[:place])
            opened.pop()
    return _TAIL.sub("", run[: opened[0]]) if opened else run
