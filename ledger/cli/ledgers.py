"""Which ledger is meant: by its origin, its URL or its data folder."""

from pathlib import Path

from ledger.cli.folder import DataFolder
from ledger.cli.outcome import with_hint
from ledger.client import LedgerClient
from ledger.errors import NotFoundError
from ledger.note import check_key_name


def is_url(text: str) -> bool:
    """Tell a URL from a path."""
    return text.startswith(("http://", "https://"))


def find_origin(origin: str | None, ledger: str | None) -> str:
    """Return the origin that a statement is to be signed for.

    Args:
        origin: As given by the user, who knows best.
        ledger: Else the URL or the data folder of the ledger, which is asked.

    Raises:
        NoteError: The origin is not in our grammar.
        NotFoundError: Neither is given, or there is no ledger.
        StoreError: The ledger cannot be asked.
    """
    if origin is not None:
        check_key_name(origin)
        return origin
    if ledger is None:
        raise with_hint(
            NotFoundError("ledger: not known for which one this is"),
            "give --ledger URL or --origin NAME, or set CARAVAN_LEDGER",
        )
    if is_url(ledger):
        with LedgerClient(ledger) as client:
            return client.origin()
    store = DataFolder(Path(ledger)).open_store()
    try:
        return store.origin
    finally:
        store.close()
