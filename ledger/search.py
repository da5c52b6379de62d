"""What somebody may mean who types, or scans, what is printed on a pack.

An address, GS1's element string with its brackets, a GTIN or SSCC, or just the lot or
the serial that stands beside the code. Of a lot or serial alone all trade items of the
ledger are asked, so more than one thing may be meant.

Pure: what is recorded is asked of whoever calls.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote, urlsplit

from ledger.errors import IdentifierError
from ledger.identifier import identifiers_from_path

MAX_TYPED: Final = 2_000
MAX_FOUND: Final = 20
"""More than a reader looks through: who finds so many types more of it."""

_RESOLVER: Final = "id.gs1.org"
_ADDRESS: Final = re.compile(r"(?i)https?://")
_OTHER_SCHEME: Final = re.compile(r"(?i)[a-z][a-z0-9+.-]*://")
_ELEMENT: Final = re.compile(r"\((\d{2,4})\)([^()]+)")
_LABEL: Final = re.compile(r"c=[!-~]{1,200}")
_GTIN_LENGTHS: Final = (8, 12, 13, 14)
_SSCC_LENGTH: Final = 18


class Subjects(Protocol):
    """What is recorded."""

    def is_listed(self, subject: str) -> bool:
        """Tell whether any statement is about a subject."""
        ...

    def trade_items(self) -> tuple[str, ...]:
        """Return the GTINs of what is recorded, 14 digits each."""
        ...


@dataclass(frozen=True, slots=True)
class Search:
    """What was found.

    Attributes:
        paths: Of the pages that may be meant, with the label's fragment if one was
            typed. Of an address of this ledger it is given whether or not anything is
            recorded there: its page says so.
        foreign: The host of another site that the code leads to; empty if to none.
    """

    paths: tuple[str, ...]
    foreign: str = ""


def search(
    typed: str, subjects: Subjects, *, host: str, hosts: frozenset[str]
) -> Search:
    """Find what a text may mean.

    Args:
        typed: As it was typed in or read from a code.
        subjects: What is recorded.
        host: Of the ledger's origin.
        hosts: Where this ledger's pages are served, with the port if there is one.

    Raises:
        IdentifierError: It is an address whose path names nothing a ledger could hold,
            or too long for anything.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if len(text) > MAX_TYPED:
        raise IdentifierError(
            f"search: got {len(text)} characters, want at most {MAX_TYPED}"
        )
    if _ADDRESS.match(text):
        return _address(text, subjects, host=host, hosts=hosts)
    if _OTHER_SCHEME.match(text):
        return Search((), text[: text.index(":")])
    if text.startswith("/"):
        identifiers_from_path(text, host=host)
        return Search((text,))
    found: list[str] = []
    for path in _spellings(text, subjects):
        if path not in found and _is_recorded(path, subjects, host=host):
            found.append(path)
        if len(found) == MAX_FOUND:
            break
    return Search(tuple(found))


def _address(
    text: str, subjects: Subjects, *, host: str, hosts: frozenset[str]
) -> Search:
    try:
        address = urlsplit(text)
    except ValueError as error:
        raise IdentifierError(f"search: no address: {text[:200]!r}") from error
    path, label = address.path or "/", ""
    if _LABEL.fullmatch(address.fragment):
        label = f"#{address.fragment}"
    served = {host, _RESOLVER, *hosts}
    if address.netloc.lower() not in served:
        is_here = path.count("/") > 1 and _is_recorded(path, subjects, host=host)
        return Search((path,) if is_here else (), address.netloc[:253] or "?")
    if path != "/":
        identifiers_from_path(path.rstrip("/"), host=host)
    return Search((path + label,))


def _spellings(text: str, subjects: Subjects) -> Iterator[str]:
    """Yield the paths that a text may stand for, the likeliest first."""
    pairs = _ELEMENT.findall(text)
    if pairs and not _ELEMENT.sub("", text).strip():
        yield "".join(f"/{key}/{_spelled(value.strip())}" for key, value in pairs)
        return
    if "/" in text:
        yield f"/id/{text.lower()}"
    digits = re.sub(r"[ -]", "", text)
    if digits.isdecimal() and digits.isascii():
        if len(digits) in _GTIN_LENGTHS:
            yield f"/01/{digits.zfill(14)}"
        if len(digits) == _SSCC_LENGTH:
            yield f"/00/{digits}"
    words = text.split()
    for item in subjects.trade_items():
        for spelled in dict.fromkeys((text, text.upper())):
            yield f"/01/{item}/10/{_spelled(spelled)}"
            yield f"/01/{item}/21/{_spelled(spelled)}"
        if len(words) == 2:
            lot, serial = (_spelled(word.upper()) for word in words)
            yield f"/01/{item}/10/{lot}/21/{serial}"


def _spelled(value: str) -> str:
    return quote(value, safe="._~-")


def _is_recorded(path: str, subjects: Subjects, *, host: str) -> bool:
    """Tell whether all that a path names is recorded; what names nothing is not."""
    try:
        named = identifiers_from_path(path, host=host)
    except IdentifierError:
        return False
    return all(subjects.is_listed(identifier.text) for identifier in named)
