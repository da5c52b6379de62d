"""What a party chose to have shown of itself: commitments signed, values beside them.

A profile is an ordinary event of a party about its own id; its member
``caravan:profile`` has a commitment for each value. The values, their salts and the
consent travel in a document of their own, are kept where they can be erased, and are
shown only if they open the commitment of the profile in force (blueprint, 3.9).

Nothing here is part of a verdict: a value that is missing or does not match is said to
be so, and every proof holds as before. No message quotes a value.

Pure functions: no storage, no clock, no network. ``scanner_web/verify/disclosure.js``
is the same module for the browser.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from ledger.characters import check_characters
from ledger.commitments import SALT_BYTES, verify_commitment
from ledger.encoding import (
    Json,
    canonical,
    decode_base64,
    encode_base64,
    parse_canonical,
)
from ledger.errors import (
    CharacterError,
    EncodingError,
    LedgerError,
    MalformedError,
    UnknownVersionError,
    VerificationError,
)
from ledger.goods import LoggedEvent, settle_errors

PROFILE: Final = "caravan:profile"
PROFILE_MEMBERS: Final = ("name", "photo", "story")
FORMAT: Final = "caravan/disclosure/v1"
MAX_BYTES: Final[Mapping[str, int]] = {
    "name": 256,
    "photo": 64 * 1024,
    "story": 4 * 1024,
}
"""Bytes of UTF-8 that a value may have, by member."""

State = Literal["shown", "missing", "mismatch", "unfit"]

_FAMILY: Final = "caravan/disclosure/"
_PHOTO: Final = re.compile(r"data:image/(?:jpeg|png|webp);base64,")


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agreed to; kept with the values, and never given out with them."""

    given: str
    """When, in the form of ``eventTime``."""
    purpose: str
    """What for."""
    words: str
    """The words that were agreed to."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A value, and what shows that it was committed to."""

    commitment: bytes
    salt: bytes
    value: str


@dataclass(frozen=True, slots=True)
class Disclosures:
    """The document: values about one subject, each commitment once, in order."""

    subject: str
    items: tuple[Disclosure, ...]
    consent: Consent | None = None

    def to_bytes(self) -> bytes:
        """Return the document in its one spelling."""
        listed = sorted(self.items, key=lambda item: encode_base64(item.commitment))
        body: dict[str, Json] = {
            "disclosures": [
                {
                    "commit": encode_base64(item.commitment),
                    "salt": encode_base64(item.salt),
                    "value": item.value,
                }
                for item in listed
            ],
            "format": FORMAT,
            "subject": self.subject,
        }
        if self.consent is not None:
            body["consent"] = {
                "given": self.consent.given,
                "purpose": self.consent.purpose,
                "words": self.consent.words,
            }
        return canonical(body)


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be said about one member of the profile in force.

    Attributes:
        member: ``name``, ``photo`` or ``story``.
        commitment: What the party signed.
        state: ``shown``; ``missing``: no value was given for this commitment;
            ``mismatch``: the value given is not the one committed to; ``unfit``: it is,
            and is not what this member may hold.
        value: The value, if it is shown; else None.
    """

    member: str
    commitment: bytes
    state: State
    value: str | None


def parse_disclosures(data: bytes) -> Disclosures:
    """Read a document; whether its values open anything is not asked.

    Raises:
        MalformedError: It has not exactly the members of a document of disclosures, or
            lists a commitment twice or out of order.
        UnknownVersionError: A later version.
    """
    try:
        body = parse_canonical(data)
    except EncodingError:
        # Not from the error: what it quotes may be somebody's.
        raise _malformed("", "want canonical JSON, an object") from None
    document = body.get("format")
    if isinstance(document, str) and document.startswith(_FAMILY):
        if document != FORMAT:
            raise UnknownVersionError(f"disclosures: want {FORMAT}", pointer="/format")
    else:
        raise _malformed("/format", f"want {FORMAT}")
    has_consent = "consent" in body
    _check_members(
        body,
        "",
        ("disclosures", "format", "subject") + (("consent",) if has_consent else ()),
    )
    given = body["disclosures"]
    if not isinstance(given, list):
        raise _malformed("/disclosures", "want an array")
    items = tuple(_read_item(item, f"/disclosures/{i}") for i, item in enumerate(given))
    order = [encode_base64(item.commitment) for item in items]
    if order != sorted(set(order)):
        raise _malformed("/disclosures", "want each commitment once, in order")
    return Disclosures(
        subject=_text(body, "subject", ""),
        items=items,
        consent=_read_consent(body["consent"]) if has_consent else None,
    )


def profile_in_force(
    subject: str, events: Iterable[LoggedEvent]
) -> dict[str, bytes] | None:
    """Return the commitments of a party's newest profile, by member.

    Only what the party itself has issued about itself, and has not declared in error,
    is its profile. A later one replaces the one before whole; one without members takes
    everything back. What stands in a member and is no commitment is not there.

    Args:
        subject: The party's id.
        events: All events that were verified about it, in any order.

    Returns:
        None if the party never had a profile.
    """
    found = None
    kept, _ = settle_errors(events)
    for logged in kept:
        event = logged.event
        if (
            PROFILE in event.body
            and logged.party == subject
            and subject in event.subjects
        ):
            found = _commitments(event.body[PROFILE])
    return found


def check_disclosures(
    profile: Mapping[str, bytes], disclosures: Sequence[Disclosure]
) -> tuple[Shown, ...]:
    """Return what may be shown for each member of a profile, in a fixed order.

    A value whose commitment is not in the profile is not looked at.
    """
    given = {item.commitment: item for item in disclosures}
    return tuple(
        _shown(member, profile[member], given.get(profile[member]))
        for member in PROFILE_MEMBERS
        if member in profile
    )


def check_value(member: str, value: str) -> None:
    """Refuse a value that its member may not hold.

    Raises:
        MalformedError: It is empty or too long, or a photo that is no JPEG, PNG or WebP
            as a ``data:`` URI.
        CharacterError: A name or story has characters that mislead a reader.

    >>> check_value("name", "household 7 (simulated)")
    """
    pointer = f"/{member}"
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise _malformed(pointer, "a lone surrogate") from None
    if not 0 < size <= MAX_BYTES[member]:
        raise _malformed(
            pointer,
            f"got {size} bytes, want at least 1 and at most {MAX_BYTES[member]}",
        )
    if member != "photo":
        check_characters(value, pointer)
        return
    head = _PHOTO.match(value)
    if head is None:
        raise _malformed(
            pointer, "want data:image/jpeg;base64,… or the same of png or webp"
        )
    try:
        decode_base64(value[head.end() :])
    except EncodingError:
        raise _malformed(pointer, "want padded standard base64") from None


def _shown(member: str, commitment: bytes, given: Disclosure | None) -> Shown:
    missing = Shown(member, commitment, "missing", None)
    if given is None:
        return missing
    try:
        verify_commitment(commitment, given.value, given.salt)
    except (EncodingError, VerificationError):
        return replace(missing, state="mismatch")
    try:
        check_value(member, given.value)
    except (MalformedError, CharacterError):
        return replace(missing, state="unfit")
    return Shown(member, commitment, "shown", given.value)


def _commitments(profile: Json) -> dict[str, bytes]:
    """Return the commitments of a profile: those members that hold just one."""
    found: dict[str, bytes] = {}
    for member in PROFILE_MEMBERS:
        value = profile.get(member) if isinstance(profile, dict) else None
        if not isinstance(value, dict) or [*value] != ["caravan:commit"]:
            continue
        try:
            found[member] = _hash(value, "caravan:commit", "")
        except LedgerError:
            continue
    return found


def _read_item(value: Json, pointer: str) -> Disclosure:
    if not isinstance(value, dict):
        raise _malformed(pointer, "want an object")
    _check_members(value, pointer, ("commit", "salt", "value"))
    return Disclosure(
        commitment=_hash(value, "commit", pointer),
        salt=_hash(value, "salt", pointer),
        value=_text(value, "value", pointer),
    )


def _read_consent(value: Json) -> Consent:
    if not isinstance(value, dict):
        raise _malformed("/consent", "want an object")
    _check_members(value, "/consent", ("given", "purpose", "words"))
    return Consent(
        given=_text(value, "given", "/consent"),
        purpose=_text(value, "purpose", "/consent"),
        words=_text(value, "words", "/consent"),
    )


def _check_members(
    body: Mapping[str, Json], pointer: str, names: Sequence[str]
) -> None:
    if sorted(body) != sorted(names):
        raise _malformed(pointer, f"want exactly {', '.join(sorted(names))}")


def _text(body: Mapping[str, Json], name: str, pointer: str) -> str:
    value = body[name]
    if not isinstance(value, str):
        raise _malformed(f"{pointer}/{name}", "want a string")
    return value


def _hash(body: Mapping[str, Json], name: str, pointer: str) -> bytes:
    try:
        return decode_base64(_text(body, name, pointer), SALT_BYTES)
    except EncodingError:
        raise _malformed(f"{pointer}/{name}", "want 32 bytes in base64") from None


def _malformed(pointer: str, reason: str) -> MalformedError:
    return MalformedError(
        f"disclosures: {pointer or 'document'}: {reason}", pointer=pointer
    )
