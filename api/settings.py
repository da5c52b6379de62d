"""What an operator can choose about the HTTP service; read once, never a global."""

from dataclasses import dataclass
from pathlib import Path

# Beside this package, in a checkout as in site-packages.
_SCANNER_WEB = Path(__file__).resolve().parent.parent / "scanner_web"


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits and places of the service.

    The limits bound memory before anything is parsed; what the ledger itself admits is
    smaller and is decided there.
    """

    max_note_bytes: int = 66_560
    """Largest body with one note: 64 KiB, and room for a later second signature."""
    max_batch_bytes: int = 16 * 1024 * 1024
    max_batch_notes: int = 10_000
    max_held_bytes: int = 48 * 1024 * 1024
    """Of all batches that are not answered yet; more is asked to come again."""
    requests_per_second: float = 50
    """Of one address, in the long run: a mirror copies 12,800 entries a second."""
    request_burst: int = 500
    """Of one address at once: several pages with all their parts."""
    statements_a_day: int = 1_000_000
    """Of one party; of keys that take over a register ten times that."""
    subjects_on_a_page: int = 20
    """How many subjects a party's page lists."""
    scanner_web: Path = _SCANNER_WEB
