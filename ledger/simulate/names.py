"""Identifiers of everything in the season, and of its trade item under 952.

GS1 keeps the prefix 952 for demonstrations: no goods on any shelf have it.
"""

from dataclasses import dataclass
from typing import Final

from ledger.identifier import GS1, check_digit
from ledger.simulate.chance import digest

_COMPANY: Final = "9521600"
_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Thirty-two characters that nobody takes for one another."""
_SERIAL_LENGTH: Final = 8


def _gtin(item: str) -> str:
    digits = f"0{_COMPANY}{item}"
    return digits + check_digit(digits)


GTIN: Final = _gtin("00010")


@dataclass(frozen=True, slots=True)
class Names:
    """Spells identifiers under one host."""

    host: str

    def own(self, *segments: str) -> str:
        """Return an identifier of the ledger's own.

        >>> Names("a.b").own("animal", "7")
        'https://a.b/id/animal/7'
        """
        return f"https://{self.host}/id/" + "/".join(segments)

    def party(self, word: str) -> str:
        """Return a party's id."""
        return self.own("party", word)

    def place(self, word: str) -> str:
        """Return where a party is."""
        return self.own("place", word)


TRADE_ITEM: Final = f"{GS1}01/{GTIN}"


def lot_id(lot: str) -> str:
    """Return a lot of the trade item."""
    return f"{TRADE_ITEM}/10/{lot}"


def serial_id(serial: str) -> str:
    """Return one pouch."""
    return f"{TRADE_ITEM}/21/{serial}"


def label_path(lot: str, serial: str) -> str:
    """Return the path of the code that is printed on a pouch.

    >>> label_path("K1", "7")
    '/01/09521600000104/10/K1/21/7'
    """
    return f"/01/{GTIN}/10/{lot}/21/{serial}"


def serial_number(lot: str, number: int) -> str:
    """Return a serial that does not tell the next one."""
    drawn = digest("serial", lot, number)
    return "".join(_ALPHABET[byte % 32] for byte in drawn[:_SERIAL_LENGTH])


def logistic_unit_id(number: int) -> str:
    """Return a carton or a pallet (SSCC).

    >>> logistic_unit_id(1)
    'https://id.gs1.org/00/095216000000000012'
    """
    digits = f"0{_COMPANY}{number:09}"
    return f"{GS1}00/{digits}{check_digit(digits)}"
