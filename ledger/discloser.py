"""Take in what opens a commitment, give out what may be shown, erase the withdrawn.

Between the log, which says whose profile is in force, and the side table, which has the
values. Knowing a salt is the authority to disclose: until then nobody but who signed
the commitment can.
"""

from collections.abc import Sequence

from ledger.characters import check_characters
from ledger.disclosure import (
    PROFILE,
    Consent,
    Disclosures,
    check_disclosures,
    check_value,
    parse_disclosures,
    profile_in_force,
)
from ledger.errors import (
    EventError,
    LedgerError,
    MalformedError,
    RefusedError,
    TooLargeError,
    VerificationError,
)
from ledger.event import Event, parse_instant
from ledger.goods import read_event
from ledger.identifier import parse_identifier
from ledger.log import Log
from ledger.notices import failure
from ledger.personal import PersonalStore
from ledger.photo import check_photo
from ledger.replay import JudgedStatement

MAX_DOCUMENT_BYTES = 128 * 1024
"""Of one document: a value for each member, and the consent."""
MAX_WORDS_BYTES = 4 * 1024
MAX_PURPOSE_BYTES = 256


class Discloser:
    """The disclosures about the parties of one log."""

    def __init__(self, log: Log, store: PersonalStore) -> None:
        """Watch a log, and erase what was taken back while nobody did.

        Raises:
            StoreError: The side table cannot be read or written.
        """
        self._log = log
        self._store = store
        log.watch(self._erase_taken_back)
        for subject in store.subjects():
            self._settle(subject)

    def keep(self, data: bytes) -> int:
        """Keep the values of a document; return how many it has. Again is no error.

        Raises:
            MalformedError: It is not the document, has no consent or no values, or a
                value is not what its member may hold.
            TooLargeError: It, or a text of the consent, is too long.
            CharacterError: A text has characters that mislead a reader.
            RefusedError: A commitment is not in the profile in force of this subject,
                its value was erased, or a photo says where it was taken.
            VerificationError: A value or salt is not the one that was committed to.
            StoreError: Nothing is known to be kept; the same may be sent again.
        """
        if len(data) > MAX_DOCUMENT_BYTES:
            raise TooLargeError(
                f"disclosures: got {len(data)} bytes, want at most {MAX_DOCUMENT_BYTES}"
            )
        document = parse_disclosures(data)
        if not document.items:
            raise MalformedError("disclosures: got none", pointer="/disclosures")
        consent = _checked_consent(document)
        subject = parse_identifier(document.subject, host=self._log.host).text
        profile = self._profile(subject)
        given = {item.commitment for item in document.items}
        if not given <= {*profile.values()}:
            raise RefusedError(
                "disclosures: one has a commitment that is not in force; the statement "
                "with it is logged first, signed by the party's own key",
                pointer="/disclosures",
            )
        for shown in check_disclosures(profile, document.items):
            value = next(
                (i.value for i in document.items if i.commitment == shown.commitment),
                None,
            )
            if shown.state == "mismatch":
                raise VerificationError(
                    f"{shown.member}: value or salt is not what was committed to",
                    pointer="/disclosures",
                )
            if value is not None:
                check_value(shown.member, value)
                if shown.member == "photo":
                    check_photo(value)
        self._store.keep(subject, document.items, consent)
        # It may have been taken back since the profile was read.
        self._settle(subject)
        return len(document.items)

    def disclosed(self, subject: str) -> bytes:
        """Return the document of what may be shown about a subject, without consent.

        Raises:
            IdentifierError: It is no identifier.
            StoreError: The side table cannot be read.
        """
        name = parse_identifier(subject, host=self._log.host).text
        self._settle(name)
        kept = self._store.disclosed(name)
        shown = {
            said.commitment
            for said in check_disclosures(self._profile(name), kept)
            if said.state == "shown"
        }
        items = tuple(item for item in kept if item.commitment in shown)
        return Disclosures(name, items).to_bytes()

    def _profile(self, subject: str) -> dict[str, bytes]:
        """Return the commitments that are in force for a subject, by member."""
        log = self._log
        if subject not in log.directory.parties:
            return {}
        entries = log.entries(log.listing(subject))
        events = [
            event
            for index, entry in entries.items()
            if (event := read_event(index, entry, log.directory)) is not None
        ]
        return profile_in_force(subject, events) or {}

    def _settle(self, subject: str) -> None:
        """Erase what is kept about a subject and is not in force any more."""
        in_force = {*self._profile(subject).values()}
        kept = self._store.disclosed(subject)
        taken_back = [
            item.commitment for item in kept if item.commitment not in in_force
        ]
        if taken_back:
            self._store.erase(taken_back)

    def _erase_taken_back(self, statements: Sequence[JudgedStatement]) -> None:
        """Erase what new statements take back, before anybody hears of them."""
        for judged in statements:
            content = judged.content
            if not isinstance(content, Event) or PROFILE not in content.body:
                continue
            for subject in content.subjects:
                try:
                    self._settle(subject)
                except LedgerError as error:
                    # What is recorded is recorded. It is not given out any more, and
                    # whoever asks for it next has it erased.
                    failure("erase-failed", error, entry=judged.index)


def _checked_consent(document: Disclosures) -> Consent:
    consent = document.consent
    if consent is None:
        raise MalformedError(
            "disclosures: no consent: when it was given, what for, in which words",
            pointer="/consent",
        )
    try:
        parse_instant(consent.given, "/consent/given")
    except EventError:
        # Not from the error, which quotes.
        raise MalformedError(
            "/consent/given: want YYYY-MM-DDThh:mm:ss, then Z or ±hh:mm",
            pointer="/consent/given",
        ) from None
    for text, pointer, limit in (
        (consent.purpose, "/consent/purpose", MAX_PURPOSE_BYTES),
        (consent.words, "/consent/words", MAX_WORDS_BYTES),
    ):
        size = len(text.encode())
        if size > limit:
            raise TooLargeError(
                f"{pointer}: got {size} bytes, want at most {limit}", pointer=pointer
            )
        if not text:
            raise MalformedError(f"{pointer}: got nothing", pointer=pointer)
        check_characters(text, pointer)
    return consent
