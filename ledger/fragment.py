"""What a printed code ends in: the tree that the ledger had when the label was made.

A label is a witness that hangs in a shop (blueprint, 3.8): after packing, the size of a
tree and the first bytes of its root are printed behind the code, and today's tree has
to be an extension of that one. ``scanner_web/verify/fragment.js`` is the twin for the
browser.
"""

import base64
import re
from dataclasses import dataclass
from typing import Final

from ledger.errors import LabelError

MARK: Final = "#c="
"""How the fragment of a label begins; any other fragment is none of a label."""
ROOT_BYTES: Final = 24
"""How much of the root is printed: enough that nobody finds another tree with it."""
# So many digits are a whole number in every language.
_FRAGMENT: Final = re.compile(r"#c=([1-9][0-9]{0,14})\.([A-Za-z0-9_-]{32})")


@dataclass(frozen=True, slots=True)
class Fragment:
    """The tree of a printed label.

    Attributes:
        size: Of the tree, at least 1.
        root: The first 24 bytes of its root.
    """

    size: int
    root: bytes

    def to_text(self) -> str:
        """Return the end of the printed URI, from ``#`` on.

        >>> Fragment(4797, bytes(24)).to_text()
        '#c=4797.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
        """
        return f"{MARK}{self.size}.{shown_root(self.root)}"


def fragment_of(size: int, root: bytes) -> Fragment:
    """Return the fragment of a tree, whose root has 32 bytes."""
    return Fragment(size, root[:ROOT_BYTES])


def shown_root(root: bytes) -> str:
    """Return of a root what a label shows of it.

    >>> shown_root(bytes(32))
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    """
    return base64.urlsafe_b64encode(root[:ROOT_BYTES]).decode()


def is_label(text: str) -> bool:
    """Tell whether the fragment of a URI claims to be that of a label.

    >>> is_label("#c=1"), is_label("#entry-5"), is_label("")
    (True, False, False)
    """
    return text.startswith(MARK)


def parse_fragment(text: str) -> Fragment:
    """Return the tree that the end of a printed URI names.

    Args:
        text: From ``#`` on.

    Raises:
        LabelError: It is not spelled as labels are.

    >>> parse_fragment("#c=4797.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").size
    4797
    """
    match = _FRAGMENT.fullmatch(text)
    if match is None:
        shown = text if len(text) <= 60 else text[:60] + "…"
        raise LabelError(f"label: got {shown!r}, want {MARK}<size>.<32 characters>")
    return Fragment(int(match[1]), base64.urlsafe_b64decode(match[2]))
