"""The herds of the demonstration: their register, their keys, and their admission.

Real records of three French dairy herds and the herds that their cows came from or went
to, published under pseudonyms. They are cows: nothing here says that they are camels.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import ledger.importer
from ledger.action import Rights
from ledger.cli.importing import read_register
from ledger.cli.party import party_id
from ledger.encoding import Json
from ledger.importer.statements import Register
from ledger.keys import generate, read_key_file, write_key_file
from ledger.note import NoteSigner
from ledger.roles import rights_body
from ledger.statement import sign_statement

MAPPING: Final = (
    Path(ledger.importer.__file__).parent / "data" / "dairy-herds" / "mapping.toml"
)
ABOUT: Final = (
    "These are real records of three French dairy herds and their neighbours, as\n"
    "published under pseudonyms (DairyHerdData, MIT licence), faults included. The\n"
    "animals are cows, not camels."
)
_KIND: Final = "farm"
# What the register tells of, and nothing else: of the role "farm" a small part.
_RIGHTS: Final = Rights(
    frozenset(
        {
            ("arriving", "active"),
            ("commissioning", "active"),
            ("departing", None),
            ("inspecting", "active"),
        }
    ),
    frozenset(),
)
_HERD_COLUMNS: Final = ("birth_herd", "herd_id")


def read_herds() -> tuple[Register, tuple[str, ...]]:
    """Return the register, and the name of every herd in it in small letters.

    Raises:
        LedgerError: A file is not there, or not what it should be.
    """
    register = read_register(MAPPING)
    names = {
        values[column].lower()
        for table in register.tables.values()
        for _, values in table.rows
        if not isinstance(values, Exception)
        for column in _HERD_COLUMNS
        if column in values
    }
    return register, tuple(sorted(names))


def herd_keys(folder: Path, herds: tuple[str, ...], host: str) -> dict[str, NoteSigner]:
    """Return each herd's own key, made on first use and without a passphrase.

    Raises:
        KeyFileError: A key cannot be written or read.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    return {herd: _herd_key(folder, herd, host) for herd in herds}


def admissions(
    keys: dict[str, NoteSigner], *, origin: str, registrar: NoteSigner
) -> Iterator[bytes]:
    """Yield the statements that admit each herd and authorise its key.

    They are the same each time, so that a demonstration which goes on posts nothing
    twice.
    """
    host = origin.split("/", 1)[0]
    for herd, key in keys.items():
        party = party_id(herd, origin)
        # A herd under a pseudonym is a farm without a name.
        admit: dict[str, Json] = {
            "action": "admit",
            "kind": _KIND,
            "party": party,
            "places": [f"https://{host}/id/place/{herd}"],
            "prefixes": [f"https://{host}/id/animal/{herd}"],
            "rights": rights_body(_RIGHTS),
        }
        authorize: dict[str, Json] = {
            "action": "authorize",
            "importer": True,
            "key": key.vkey.to_text(),
            "party": party,
        }
        for body, signers in ((admit, [registrar]), (authorize, [registrar, key])):
            yield sign_statement(
                origin=origin, kind="directory", body=body, signers=signers
            )


def _herd_key(folder: Path, herd: str, host: str) -> NoteSigner:
    file = folder / f"{herd}.pem"
    if not file.exists():
        # Whoever is stopped here leaves a whole key file or none.
        fresh = folder / f"{herd}.new"
        fresh.unlink(missing_ok=True)
        write_key_file(fresh, generate(f"{host}/herd/{herd}"), passphrase=None)
        fresh.rename(file)
    return read_key_file(file)
