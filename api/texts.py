"""The words of the pages: a flat JSON file a language, shared with the script."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from api.negotiation import FALLBACK_LANGUAGE, LANGUAGES
from ledger.encoding import canonical

OF_OTHER_PAGES: Final = frozenset(
    {"refusal", "region", "scan", "search", "start", "supply", "verifier"}
)
"""What the keys of such texts begin with."""
_APART = ("parties.", "region.", "start.", "supply.")
"""How texts begin that stand on pages without a script."""
_UNCOMPARED: Final = re.compile(r"lookups\.(?!title$)")
"""What the server says on pages with a script and the script never compares."""
_LATER: Final = re.compile(
    # What sums up all of the way,
    r"(label\.)?(balance|brief|cold|gaps|growth|how|limit|map|milk|phase|share|tests|way)(\.|$)"
    # and why something is not verified.
    r"|label-gap\.|verdict\.(step\.|label-mismatch\.(?!title$))"
    r"|verdict\.not-verified\.(?!title$|nothing-changed$)"
    r"|code\.(?!error$|label$|network$|not-found$)"
)
COMMON: Final[Mapping[str, str]] = {
    "area": "330100 330500 650100 652901 652929",
    "country": "CN",
    "disposition": "active completeness_verified conformant container_closed "
    "in_progress in_transit inactive non_conformant recalled retail_sold "
    "sellable_accessible sellable_not_accessible",
    "document": "bol testres",
    "sensor": "Temperature caravan:acidity caravan:arrival caravan:ash "
    "caravan:bacteria caravan:camel_dna caravan:cooling_time caravan:density "
    "caravan:departure caravan:fat caravan:freezing_point caravan:holding_time "
    "caravan:inlet caravan:lactose caravan:milk caravan:moisture caravan:outlet "
    "caravan:phosphatase caravan:protein caravan:temperature_after "
    "caravan:temperature_before caravan:weight",
    "step": "accepting arriving collecting commissioning creating_class_instance "
    "decommissioning departing destroying encoding holding inspecting installing "
    "loading other packing receiving retail_selling sampling sensor_reporting "
    "shipping stock_taking stocking storing transporting unloading",
    "unit": "23 CEL GRM H87 K63 KGM KMT LTR MIN MON P1 SEC",
}
"""Of these families of words those that pages of milk commonly say.

The script comes with them; it loads the others when a page says one.
"""
_PLACE = re.compile(r"\.[0-9]+(?=\.|$)|\.more$")


class Texts:
    """The words of one language."""

    def __init__(self, lang: str, messages: Mapping[str, str]) -> None:
        """Keep the messages by their keys."""
        self.lang = lang
        self.messages = messages

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its blanks filled in; a missing one shows its key."""
        text = self.messages.get(key, key)
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    def label(self, fact: str) -> str:
        """Return the word in front of a fact: ``label.quantity`` for ``quantity.0``."""
        return self(f"label.{_PLACE.sub('', fact)}")


def read_messages(file: Path) -> Mapping[str, str]:
    """Return the texts of one language, what it lacks in English."""
    return _read(file.parent / f"{FALLBACK_LANGUAGE}.json") | _read(file)


def read_all_messages(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the texts of every language of the pages, by its code.

    Args:
        folder: Where a file of each language is.
    """
    return {lang: read_messages(folder / f"{lang}.json") for lang in LANGUAGES}


def words_of_script(messages: Mapping[str, str]) -> tuple[Mapping[str, str], ...]:
    """Return the texts that the script of a page may need, and those it needs later.

    The first are all that a good first verdict commonly says. Those of other pages are
    neither.
    """
    now, later = dict[str, str](), dict[str, str]()
    for key, text in messages.items():
        if key.partition(".")[0] in OF_OTHER_PAGES or _UNCOMPARED.match(key):
            continue
        (later if _LATER.match(key) or _is_rare(key) else now)[key] = text
    return now, later


def spell_messages(messages: Mapping[str, str]) -> bytes:
    """Return texts as they are sent: those that a script may ask for."""
    return canonical(
        {key: text for key, text in messages.items() if not key.startswith(_APART)}
    )


def _is_rare(key: str) -> bool:
    family, _, name = key.partition(".")
    return family in COMMON and name not in COMMON[family].split()


def _read(file: Path) -> dict[str, str]:
    return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
