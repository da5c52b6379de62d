"""The auditor: takes in a verified ledger, and looks at whatever is new in it.

Entries are taken one after the other. They are believed only after the fact: their
Merkle root has to be that of the checkpoint that was verified, or all of it is
forgotten. So an audit never reports on anything but what was verified, wherever the
entries were read from, now or last time.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from ledger.audit.book import Book
from ledger.audit.crew import Crew, Setting, crew_size
from ledger.audit.looking import Looked, look_at
from ledger.audit.record import Record, read_record
from ledger.audit.records import Records, program_hash
from ledger.directory import Directory
from ledger.encoding import read_judged
from ledger.errors import RootMismatchError
from ledger.merkle import Frontier, leaf_hash
from ledger.replay import PartialReplay
from ledger.seal import entry_kind, parse_seal
from ledger.template import Template

_AT_A_TIME: Final = 1000
_LINES: Final = 5
"""Of a statement's text, before its signatures."""


class _Position(msgspec.Struct, frozen=True):
    """How far a ledger was taken in."""

    origin: str
    program: str
    size: int
    hashes: tuple[bytes, ...]
    until_us: int


class Auditor:
    """The audit of one ledger, in one store.

    Attributes:
        records: The store.
        origin: Name of the ledger.
        until_us: Time of the last seal, in microseconds since 1970; 0 for none.
    """

    def __init__(
        self, records: Records, *, origin: str, templates: Sequence[Template]
    ) -> None:
        """Go on where an audit of this ledger by this program was left, or begin anew.

        Raises:
            StoreError: The store is damaged.
        """
        self.records = records
        self.origin = origin
        self._templates = tuple(templates)
        self.until_us = 0
        self._frontier = Frontier()
        self._replay = PartialReplay(origin)
        self._waiting: list[tuple[int, bytes, bytes]] = []
        self._is_whole = False
        self._is_going_on = False
        self._made: set[str] = set()
        self._known_signers: dict[bytes, tuple[str, tuple[str, ...], bool]] = {}
        self._take_up()

    @property
    def size(self) -> int:
        """How many entries were taken in."""
        return self._frontier.size

    @property
    def root(self) -> bytes:
        """The root hash of what was taken in."""
        return self._frontier.root()

    @property
    def directory(self) -> Directory:
        """The directory as of the last entry."""
        return self._replay.directory

    def take(self, index: int, entry: bytes) -> None:
        """Take in the next entry; one that was taken in already changes nothing.

        Args:
            index: Where it is; not beyond what was taken in.
            entry: One that was judged valid.

        Raises:
            LedgerError: It was not, or is damaged.
        """
        if index != self.size:
            return
        self._begin_change()
        self._frontier.append(leaf_hash(entry))
        if entry_kind(entry) == "seal":
            self._close(parse_seal(entry).time_ms * 1000)
            return
        _, _, kind, signers, body, _ = entry.split(b"\n", _LINES)
        if kind == b"directory":
            self._replay.take(index, entry)
            self.records.put_directory(index, entry)
            self.records.note("directory", str(index).encode())
            return
        self._waiting.append((index, signers, body))

    def put(self, record: Record) -> None:
        """Take in what an event tells; what it bears on is looked at again."""
        self.records.put(record)
        if self._is_going_on:
            self._made.update(record.created)

    def settle(self, size: int, root: bytes) -> None:
        """Believe what was taken in, since it leads to the root of what was verified.

        Raises:
            RootMismatchError: It does not; nothing of it is kept.
        """
        if self.size != size or self._frontier.root() != root:
            self.begin_anew()
            raise RootMismatchError(
                f"audited entries: of {size}, they do not lead to root {root.hex()}"
            )

    def begin_anew(self) -> None:
        """Forget everything that was taken in."""
        self._begin_change()
        self.records.clear()
        self.until_us = 0
        self._frontier = Frontier()
        self._replay = PartialReplay(self.origin)
        self._waiting = []
        self._made = set()
        self._is_going_on = False

    def run(
        self,
        on_progress: Callable[[int, int], None] | None = None,
        *,
        jobs: int | None = None,
    ) -> int:
        """Look at every scope that is due; return how many were.

        Args:
            on_progress: Called with scopes done and scopes to do.
            jobs: Processes that look; None for as many as it is worth, 0 for this one.
        """
        self._begin_change()
        expectations = self._expectations()
        if self.records.fact("expectations") != expectations:
            self.records.all_due()
            self.records.note("expectations", expectations)
            self.records.note("products", b"")
        self.records.come_of(self._made)
        self.records.spread(self.until_us)
        due = self.records.due()
        count = crew_size(due) if jobs is None else jobs
        products = {*self.products}
        if count and self.records.path is not None:
            self.records.commit()
            with Crew(count, self._setting()) as crew:
                for looked in crew.look(self.records, on_progress):
                    products.update(self._keep(looked))
        else:
            products.update(self._look(due, on_progress))
        self.records.note("products", " ".join(sorted(products)).encode())
        self._leave()
        self._made = set()
        self._is_going_on = True
        return due

    @property
    def products(self) -> tuple[str, ...]:
        """The products of which there is anything, so far as things were looked at."""
        return tuple(self.records.fact("products").decode().split())

    @property
    def templates(self) -> tuple[Template, ...]:
        """The templates of these products."""
        return tuple(t for t in self._templates if t.product in self.products)

    def book(self) -> Book:
        """Return what reports are made from."""
        return Book(self.records, self.directory, self._templates, self.until_us)

    def _look(
        self, due: int, on_progress: Callable[[int, int], None] | None
    ) -> frozenset[str]:
        """Look at what is due in this process; return the products that were met."""
        book, done, last = self.book(), 0, 0
        while scopes := self.records.next_due(last, _AT_A_TIME):
            for number, scope in scopes:
                self._keep(look_at(book, number, scope))
            last = scopes[-1][0]
            done += len(scopes)
            if on_progress is not None:
                on_progress(done, due)
        return book.products_found

    def _keep(self, looked: Looked) -> tuple[str, ...]:
        read = [*looked.read, *(self.records.id(scope) for scope in looked.added)]
        self.records.looked_at(
            looked.number, looked.findings, read=read, again_us=looked.again_us
        )
        return looked.products

    def _setting(self) -> Setting:
        return Setting(
            str(self.records.path), self.origin, self._templates, self.until_us
        )

    def _take_up(self) -> None:
        left = self.records.fact("position")
        program = program_hash()
        position = None
        if left and self.records.fact("whole"):
            position = msgspec.msgpack.decode(left, type=_Position)
        if position is None or (position.origin, position.program) != (
            self.origin,
            program,
        ):
            self.records.clear()
            return
        self._frontier = Frontier.from_hashes(position.size, position.hashes)
        self.until_us = position.until_us
        self._is_whole = self._is_going_on = True
        for index, entry in self.records.directory():
            self._replay.take(index, entry)

    def _leave(self) -> None:
        position = _Position(
            self.origin,
            program_hash(),
            self.size,
            self._frontier.hashes,
            self.until_us,
        )
        self.records.note("position", msgspec.msgpack.encode(position))
        self.records.note("whole", b"yes")
        self.records.commit()
        self._is_whole = True

    def _begin_change(self) -> None:
        """Have the file say that it is not whole, before anything of it changes.

        Nothing is journalled: whatever breaks off from here on is begun anew.
        """
        if self._is_whole:
            self.records.note("whole", b"")
            self.records.commit()
            self._is_whole = False

    def _close(self, logged_us: int) -> None:
        self.until_us = logged_us
        for index, signers, body in self._waiting:
            key, parties, is_importer = self._signers(signers)
            record = read_record(
                read_judged(body),
                index=index,
                parties=parties,
                key=key,
                is_importer=is_importer,
                logged_us=logged_us,
                directory=self.directory,
            )
            self.put(record)
        self._waiting = []

    def _signers(self, line: bytes) -> tuple[str, tuple[str, ...], bool]:
        """Return the issuer's key, the signers' parties, and if it is an importer's.

        A key is bound once, for ever: what was found of a line holds for all entries.
        """
        found = self._known_signers.get(line)
        if found is None:
            labels = line.decode().split(" ")
            keys = self.directory.keys
            bound = [keys[label] for label in labels if label in keys]
            parties = tuple(
                (keys[label].party if label in keys else None) or label
                for label in labels
            )
            is_importer = labels[0] in keys and keys[labels[0]].is_importer
            found = (labels[0], parties, is_importer)
            if len(bound) == len(labels):
                self._known_signers[line] = found
        return found

    def _expectations(self) -> bytes:
        """Return a hash of what, when it changes, has everything looked at again."""
        said = f"{self._templates!r}\n{self.records.fact('directory')!r}"
        return hashlib.sha256(said.encode()).digest()
