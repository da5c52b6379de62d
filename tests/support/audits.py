"""An audit of drafts of the season, without signing them: that takes most of the time.

What is said is read as from a ledger to which each draft was posted when its author
posts it, and sealed at once. ``test_auditor.py`` audits a signed ledger.
"""

import functools
from collections import defaultdict
from datetime import datetime

from ledger.audit.auditor import Auditor
from ledger.audit.record import read_record
from ledger.audit.records import Records
from ledger.encoding import encode_base64
from ledger.simulate.parties import NUMBERED
from ledger.simulate.plan import SMALL
from ledger.template import builtin_templates
from tests.support.forge import ORIGIN, Forge
from tests.support.seasons import START, season

_ANY_HASH = encode_base64(bytes(32))
_SECOND_US = 1_000_000
_START_US = (
    int(datetime.fromisoformat(f"{START}T00:00:00+08:00").timestamp()) * _SECOND_US
)


class DraftAuditor(Auditor):
    """Takes drafts beside entries.

    Attributes:
        indices: Of the entries of each ``eventID``.
    """

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.indices = defaultdict(set)
        self.numbers = dict.fromkeys(NUMBERED, -1)
        self.next = 0

    def take_season(self, found):
        """Take in the directory of a season and its drafts."""
        self.take_directory(found)
        self.take_drafts(found.drafts)

    def take_directory(self, found):
        """Take in what admits the parties of a season."""
        forge = Forge(self.origin)
        forge.genesis()
        for entry in (forge.entries[0], *found.directory_statements()):
            self.take(self.next, entry)
            self.next += 1

    def take_drafts(self, drafts):
        """Take in drafts, each sealed when it is posted."""
        bound = self.directory.keys
        keys = {label.split("+")[0].split("/", 1)[1]: label for label in bound}
        numbers = self.numbers
        for draft in drafts:
            issuer = draft.signers[0]
            body = draft.body
            if issuer in numbers:
                numbers[issuer] += 1
                body = body | {"caravan:seq": numbers[issuer]}
                if numbers[issuer]:
                    body["caravan:prev"] = _ANY_HASH
            if draft.is_lost:
                continue
            parties = tuple(bound[keys[word]].party for word in draft.signers)
            logged_us = _START_US + draft.posted * _SECOND_US
            self.indices[body["eventID"]].add(self.next)
            self.until_us = max(self.until_us, logged_us)
            self.put(
                read_record(
                    body,
                    index=self.next,
                    parties=parties,
                    key=keys[issuer],
                    is_importer=bound[keys[issuer]].is_importer,
                    logged_us=logged_us,
                    directory=self.directory,
                )
            )
            self.next += 1


def audited(found, templates=None):
    """Return the auditor of a season, after its audit."""
    auditor = DraftAuditor(
        Records(), origin=ORIGIN, templates=templates or builtin_templates()
    )
    auditor.take_season(found)
    auditor.run()
    return auditor


@functools.cache
def audited_clean(plan=SMALL):
    """Return the auditor of the season that has no fraud in it."""
    return audited(season(plan))
