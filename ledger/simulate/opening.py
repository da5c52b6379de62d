"""Before the first milk: each party says of itself and its places that a season begins.

The page of a party or a place has what the registrar says of it, which has no label. It
is this statement that makes the page say that it is simulated.
"""

from collections.abc import Iterable
from typing import Final

from ledger.simulate.diary import DAY, HOUR, OBSERVE, Diary, texts
from ledger.simulate.parties import BY_HAND, NUMBERED, Party

PROCESS: Final = "season start"


def write_opening(diary: Diary, parties: Iterable[Party]) -> None:
    """Write down that the season begins for everybody in it.

    Args:
        diary: Where all the rest is written down already.
        parties: Everybody.
    """
    keys = sorted({word for draft in diary.drafts for word in draft.signers})
    for party in parties:
        own = [key for key in keys if _is_plain(key, party)]
        places = [diary.names.place(word) for word in (party.word, *party.depots)]
        diary.write(
            f"season-start/{party.word}",
            OBSERVE,
            at=-DAY + 9 * HOUR,
            # In a small season a shop may have nothing to sell, and no other key.
            by=[*own, f"{party.word}/office"][0],
            step="other",
            place=party.word,
            epcList=texts([diary.names.party(party.word), *places]),
            caravan__process=PROCESS,
        )


def _is_plain(key: str, party: Party) -> bool:
    """Tell whether a key is a party's, of no device and of nobody who types."""
    owner, _, function = key.partition("/")
    return owner == party.word and key not in NUMBERED and function not in BY_HAND
