"""An audit of the real herds that come with the program.

What is said is read as from a ledger that takes the whole register over at one time, by
keys that may: nothing of it is late. No tree is made of it.
"""

import functools
import hashlib

from ledger.audit.auditor import Auditor
from ledger.audit.record import read_record
from ledger.audit.records import Records
from ledger.cli.herds import admissions, read_herds
from ledger.encoding import parse_canonical
from ledger.goods import parties_of
from ledger.note import NoteSigner
from ledger.signatures import SigningKey
from ledger.statement import parse_statement
from ledger.template import builtin_templates
from tests.support.forge import HOST, ORIGIN, REGISTRAR, START_MS, Forge


def herd_key(herd):
    seed = hashlib.sha256(f"caravan test herd {herd}".encode()).digest()
    return NoteSigner(f"{HOST}/herd/{herd}", SigningKey.from_seed(seed))


@functools.cache
def herd_statements():
    """Return the directory's statements and the herds' events, as they are posted.

    No row is left out: every one of them is told.
    """
    register, herds = read_herds()
    keys = {herd: herd_key(herd) for herd in herds}
    bound = tuple(admissions(keys, origin=ORIGIN, registrar=REGISTRAR))
    made = register.statements(origin=ORIGIN, signer_of=keys.__getitem__)
    return bound, tuple(note for _, note in made)


class HerdAuditor(Auditor):
    """Takes the statements of herds without entries between them."""

    def take_herds(self):
        """Take all of them in."""
        forge = Forge(self.origin)
        forge.genesis()
        bound, notes = herd_statements()
        index = 0
        for entry in (forge.entries[0], *bound):
            self.take(index, entry)
            index += 1
        self.until_us = START_MS * 1000
        for note in notes:
            statement = parse_statement(note)
            self.put(
                read_record(
                    parse_canonical(statement.body),
                    index=index,
                    parties=parties_of(statement, self.directory),
                    key=statement.signers[0].label,
                    is_importer=self.directory.is_importer(statement.signers[0]),
                    logged_us=self.until_us,
                    directory=self.directory,
                )
            )
            index += 1


def audited_with(templates):
    """Return the auditor of the herds, after its audit with templates."""
    auditor = HerdAuditor(Records(), origin=ORIGIN, templates=templates)
    auditor.take_herds()
    auditor.run()
    return auditor


@functools.cache
def audited_herds():
    """Return the auditor of the herds, after its audit."""
    return audited_with(builtin_templates())
