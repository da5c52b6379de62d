"""Who takes part in the season: legal persons with names, households with pseudonyms.

A key is named after what it is for and never after a person: who drives the tanker is
``driver-1``. Keys are derived from a secret, so that the season can be signed again
byte for byte; they are for this season and nothing else.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.action import Rights
from ledger.encoding import Json
from ledger.note import NoteSigner
from ledger.roles import rights_body
from ledger.signatures import SigningKey
from ledger.simulate.chance import digest
from ledger.simulate.diary import texts
from ledger.simulate.names import TRADE_ITEM, Names
from ledger.statement import sign_statement

STATION: Final = "sim-keping-station"
HAULAGE: Final = "sim-keping-haulage"
PLANT: Final = "sim-keping-plant"
LABORATORY: Final = "sim-aksu-laboratory"
VETERINARIAN: Final = "sim-keping-vet-station"
ROAD: Final = "sim-road-freight"
AIR: Final = "sim-air-freight"
WAREHOUSE: Final = "sim-hangzhou-warehouse"
TRADER: Final = "sim-urumqi-trader"
"""Has none of these goods, ever."""
SHOPS: Final = ("sim-hangzhou-shop-1", "sim-hangzhou-shop-2")
AKSU: Final = "sim-aksu"
URUMQI: Final = "sim-urumqi"
HUZHOU: Final = "sim-huzhou"
AIRPORT: Final = "sim-aksu-airport"

HANDLER: Final = f"{STATION}/handler"
ANALYSER: Final = f"{STATION}/analyser"
DRIVER: Final = f"{HAULAGE}/driver-1"
ESCORT: Final = f"{HAULAGE}/escort-1"
RECEIVING: Final = f"{PLANT}/receiving"
PROCESS: Final = f"{PLANT}/process"
PACKING: Final = f"{PLANT}/packing"
QUALITY: Final = f"{PLANT}/quality"
TESTS: Final = f"{LABORATORY}/tests"
VET: Final = f"{VETERINARIAN}/rounds"
GOODS_IN: Final = f"{WAREHOUSE}/goods-in"
OFFICE: Final = f"{TRADER}/office"

BY_HAND: Final = frozenset({"phone", "till"})
"""Keys with which people enter things themselves: these take over no register."""
NUMBERED: Final = frozenset({ANALYSER, PROCESS})
"""Keys of devices that number what they sign."""


@dataclass(frozen=True, slots=True)
class Party:
    """One party as the registrar admits it."""

    word: str
    kind: str
    name: str | None
    prefixes: tuple[str, ...]
    depots: tuple[str, ...] = ()
    """Places it has besides the one named like itself."""


def household_word(number: int) -> str:
    """Return a household's pseudonym."""
    return f"sim-household-{digest('household', number)[:2].hex()}"


def all_parties(names: Names, households: Iterable[str]) -> list[Party]:
    """Return everybody, in the order of admission."""

    def own(word: str, *kinds: str) -> tuple[str, ...]:
        return tuple(names.own(kind, word) for kind in kinds)

    freight = (
        (ROAD, _name("公路货运", "road freight"), (AKSU, URUMQI, HUZHOU)),
        (AIR, _name("航空货运", "air freight"), (AIRPORT,)),
    )
    return [
        *(
            Party(word, "household", None, own(word, "animal", "milk"))
            for word in households
        ),
        Party(
            VETERINARIAN,
            "veterinarian",
            _name("柯坪兽医站", "Keping vet"),
            own(VETERINARIAN, "tag"),
        ),
        Party(
            STATION,
            "station",
            _name("柯坪奶站", "Keping station"),
            own(STATION, "load", "tank"),
        ),
        Party(HAULAGE, "carrier", _name("柯坪运奶队", "Keping haulage"), ()),
        Party(
            PLANT,
            "plant",
            _name("柯坪奶厂", "Keping plant"),
            (
                *own(PLANT, "powder", "tank"),
                TRADE_ITEM,
                # Prefixes end at a segment, and a company's SSCCs share none. Nobody
                # else in the season makes logistic units.
                TRADE_ITEM.partition("/01/")[0] + "/00",
            ),
        ),
        Party(LABORATORY, "laboratory", _name("阿克苏检测所", "Aksu laboratory"), ()),
        *(Party(word, "carrier", name, (), depots) for word, name, depots in freight),
        Party(WAREHOUSE, "distributor", _name("杭州仓库", "Hangzhou warehouse"), ()),
        *(
            Party(word, "retailer", _name(f"杭州 {n} 号店", f"Hangzhou shop {n}"), ())
            for n, word in enumerate(SHOPS, 1)
        ),
        Party(TRADER, "distributor", _name("乌鲁木齐商行", "Urumqi trader"), ()),
    ]


class Keys:
    """The keys of the season, each made when it is first asked for."""

    def __init__(self, origin: str, secret: bytes) -> None:
        """Begin without keys.

        Args:
            origin: The ledger; in another one the keys are others.
            secret: Whoever knows it can sign as every party of the season.
        """
        self._host = origin.split("/", 1)[0]
        self._base = b"caravan/simulated-key/v1\n" + origin.encode() + b"\n" + secret
        self._made: dict[str, NoteSigner] = {}

    def __getitem__(self, word: str) -> NoteSigner:
        """Return the key of a party's function."""
        if word not in self._made:
            seed = hashlib.sha256(self._base + b"\n" + word.encode()).digest()
            name = f"{self._host}/{word}"
            self._made[word] = NoteSigner(name, SigningKey.from_seed(seed))
        return self._made[word]


def directory_statements(
    parties: Iterable[Party],
    *,
    origin: str,
    registrar: NoteSigner,
    keys: Keys,
    functions: Iterable[str],
    rights: Mapping[str, Rights],
) -> Iterator[bytes]:
    """Yield what admits each party and authorises its keys.

    Args:
        parties: Whom to admit.
        origin: The ledger.
        registrar: Who admits.
        keys: The parties' keys.
        functions: Which of them to authorise.
        rights: What each party may state, by its word.
    """
    names = Names(origin.split("/", 1)[0])
    words = sorted(functions)
    for party in parties:
        admit: dict[str, Json] = {
            "action": "admit",
            "kind": party.kind,
            "party": names.party(party.word),
            "places": texts([names.place(p) for p in (party.word, *party.depots)]),
            "prefixes": texts(list(party.prefixes)),
            "rights": rights_body(
                rights.get(party.word, Rights(frozenset(), frozenset()))
            ),
        }
        if party.name is not None:
            admit["name"] = party.name
        yield sign_statement(
            origin=origin, kind="directory", body=admit, signers=[registrar]
        )
        for word in words:
            owner, _, function = word.partition("/")
            if owner != party.word:
                continue
            authorize: dict[str, Json] = {
                "action": "authorize",
                "key": keys[word].vkey.to_text(),
                "party": names.party(owner),
            }
            if function not in BY_HAND:
                authorize["importer"] = True
            yield sign_statement(
                origin=origin,
                kind="directory",
                body=authorize,
                signers=[registrar, keys[word]],
            )


def _name(chinese: str, english: str) -> str:
    return f"模拟{chinese} sim {english}"
