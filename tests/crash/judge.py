"""What must hold after a crash, and whether it does.

The judge believes no state of the ledger's: it reads the rows with the driver alone,
replays every entry, computes every root again and keeps those of all sizes, so that any
checkpoint that anybody was ever given can be compared with them.
"""

import sqlite3
from contextlib import closing

from ledger.checkpoint import open_checkpoint
from ledger.clock import SystemClock
from ledger.event import Event
from ledger.merkle import Frontier
from ledger.policy import parse_policy
from ledger.receipt import parse_receipt, verify_receipt
from ledger.replay import JudgedSeal, Occurrences, Replay
from ledger.telling import telling
from ledger.trust import Trust
from ledger.verify import verify_passport
from ledger.verify_ledger import verify_ledger

HASHES_OF_A_TILE = 256


class Judge:
    """One ledger, as far as it has been seen to hold."""

    def __init__(self, ground):
        """Begin with an empty ledger; nothing is read yet."""
        self.ground = ground
        self.keys = [ground.key]
        self.replay = Replay(
            ground.origin, occurrences=Occurrences(), check_every_index_root=True
        )
        self.entries = []
        self.leaves = []
        self.roots = {0: Frontier().root()}
        self.seals = {}
        self.statements = []
        self.listings = set()
        self._checkpoints = 0

    def take(self, acknowledged, in_flight, given_out):
        """Judge a ledger that was started again after a crash.

        Args:
            acknowledged: Each answer that somebody was given.
            in_flight: First number and count of what was posted without an answer.
            given_out: What was in the file of the newest checkpoint before the start.

        Returns:
            How many statements without an answer are not in the log: they are lost,
            which is allowed, and are posted again.
        """
        before = len(self.entries)
        self.read()
        kept = max((self.check_checkpoint(note).size for note in given_out), default=0)
        for answer in acknowledged:
            assert self.check_answer(answer).size <= kept, "given out and not kept"
        answered = {answer.number for answer in acknowledged}
        logged = {*self.entries[before:]}
        again = [
            note
            for first, count in in_flight
            for number in range(first, first + count)
            if number not in answered
            for note in [self.ground.note(number)]
        ]
        return again, sum(note not in logged for note in again)

    def read(self):
        """Judge every entry that is new, and each checkpoint that was kept.

        Everything that is there is whole: it ends with a seal, under a checkpoint.
        """
        with closing(self._connect()) as database:
            rows = database.execute(
                'SELECT "index", entry, chain FROM entry WHERE "index" >= ? ORDER BY 1',
                [len(self.entries)],
            )
            for index, entry, chain in rows:
                self._take(index, entry, chain)
            notes = database.execute(
                "SELECT size, note FROM checkpoint ORDER BY size LIMIT -1 OFFSET ?",
                [self._checkpoints],
            ).fetchall()
        self._checkpoints += len(notes)
        size = len(self.entries)
        for kept, note in notes:
            assert kept == self.check_checkpoint(note).size
        assert not notes or notes[-1][0] == size, (notes[-1][0], size)
        assert max(self.seals) == size - 1, "the last group is not closed"

    def check_answer(self, answer):
        """Assert that a statement is where it was said to be; return the checkpoint."""
        note = self.ground.note(answer.number)
        assert self.entries[answer.index] == note, f"{answer.number} is lost"
        receipt = parse_receipt(answer.receipt)
        assert receipt.index == answer.index
        signed = verify_receipt(
            receipt, note, origin=self.ground.origin, log_keys=self.keys
        )
        self._compare(signed.checkpoint)
        return signed.checkpoint

    def check_checkpoint(self, note):
        """Assert that a checkpoint is of this ledger; return it."""
        signed = open_checkpoint(note, origin=self.ground.origin, log_keys=self.keys)
        self._compare(signed.checkpoint)
        return signed.checkpoint

    def finish(self):
        """Verify the whole ledger as anybody does, and every row beside the entries."""
        self.read()
        policy = self.ground.data.policy.read_bytes()
        assert parse_policy(policy).log(self.ground.origin)
        trust = Trust(policy, "yours", SystemClock().now_ms())
        with closing(self._connect()) as database:
            (note,) = database.execute(
                "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1"
            ).fetchone()
            report = verify_ledger(
                database.execute('SELECT "index", entry, chain FROM entry ORDER BY 1'),
                checkpoint=note,
                trust=trust,
                check_every_index_root=True,
            )
            assert report.root == self.roots[len(self.entries)]
            self._check_tables(database)
        log = self.ground.open()
        subject = max(s for s, _, _ in self.listings if "/id/animal/" in s)
        passport = log.passport(subject)
        log.close()
        verify_passport(passport, subject=subject, lot=None, trust=trust)
        return report

    def _check_tables(self, database):
        """Assert that what can be computed from the entries is what is stored."""

        def rows(query):
            return database.execute(query).fetchall()

        assert rows('SELECT "index" FROM statement ORDER BY 1') == self.statements
        assert {*rows('SELECT subject, "index", tells FROM listing')} == self.listings
        assert dict(rows('SELECT "index", time_ms FROM seal')) == self.seals
        width = HASHES_OF_A_TILE
        full = [
            (0, n // width, b"".join(self.leaves[n : n + width]))
            for n in range(0, len(self.leaves) - width + 1, width)
        ]
        stored = rows("SELECT * FROM tile WHERE level = 0 ORDER BY number")
        assert stored == full

    def _take(self, index, entry, chain):
        assert index == len(self.entries), "an entry lacks"
        judged = self.replay.judge(entry)
        self.replay.advance(judged)
        assert chain == self.replay.chain_head, f"entry {index}: its chain head"
        self.entries.append(entry)
        self.leaves.append(judged.leaf)
        self.roots[index + 1] = self.replay.frontier.root()
        if isinstance(judged, JudgedSeal):
            self.seals[index] = judged.seal.time_ms
        else:
            self.statements.append((index,))
            event = judged.content if isinstance(judged.content, Event) else None
            tells = telling(event) if event else {}
            for subject in judged.listed_under:
                self.listings.add((subject, index, tells.get(subject, 0)))

    def _compare(self, checkpoint):
        assert checkpoint.size in self.roots, f"{checkpoint.size}: entries are lost"
        assert checkpoint.root == self.roots[checkpoint.size], "two histories"

    def _connect(self):
        # The driver alone: what the ledger's own reader would hide is seen here.
        return sqlite3.connect(self.ground.data.database)
