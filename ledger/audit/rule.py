"""The rules of the audit: their names for good, and what they say to people.

One file for each family in ``rules/``: how sure a finding of the rule is, the rule in
words, what a finding says, what else may explain it, and what to ask for next; each in
two languages. The check that finds it stands in the module of the same name.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

from ledger.template import Name
from ledger.templatefile import Table, parse_file

Certainty = Literal["impossible", "unlikely", "missing"]
"""What a finding says of what is told: it cannot all be as told; it can, but is seldom
so; or something that should be told is not."""
Family = Literal[
    "mass",
    "origin",
    "plausibility",
    "time",
    "custody",
    "tests",
    "devices",
    "animals",
    "codes",
]

FAMILIES: Final[tuple[Family, ...]] = get_args(Family)
_CERTAINTIES: Final[tuple[Certainty, ...]] = get_args(Certainty)
_FOLDER: Final = Path(__file__).parent / "rules"
_ID: Final = re.compile(r"[a-z]+(-[a-z]+)*")
_BLANK: Final = re.compile(r"\{([a-z_]+)\}")
_LANGUAGES: Final = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        id: Its name for good; reports and tickets cite it.
        family: What it belongs to.
        certainty: How sure a finding of it is.
        title: What it is called.
        rule: What is expected, in a sentence.
        message: What a finding says; ``{lot}`` and the like stand for its values.
        innocent: What else may explain it, the likeliest first.
        ask: What to ask for next, and whom.
    """

    id: str
    family: Family
    certainty: Certainty
    title: Name
    rule: Name
    message: Name
    innocent: tuple[Name, ...]
    ask: Name

    @property
    def blanks(self) -> frozenset[str]:
        """Return the names of the values that its message asks for."""
        return frozenset(_BLANK.findall(self.message.en))


def rules() -> Mapping[str, Rule]:
    """Return every rule by its id, family by family.

    >>> {rule.family for rule in rules().values()} <= set(FAMILIES)
    True
    """
    return _rules()


def filled(message: str, values: Mapping[str, str]) -> str:
    """Return a message with its values; a blank without one stays as it is.

    >>> filled("{lot}: {mass} kg", {"lot": "L1", "mass": "3"})
    'L1: 3 kg'
    """
    return _BLANK.sub(lambda match: values.get(match[1], match[0]), message)


@cache
def _rules() -> Mapping[str, Rule]:
    found: dict[str, Rule] = {}
    for family in FAMILIES:
        path = _FOLDER / f"{family}.toml"
        table = parse_file(path.read_bytes(), file=path.name)
        table.check_members(required=("rules",))
        for each in table.tables("rules"):
            rule = _rule(each, family)
            if rule.id in found:
                raise each.refusal("id", f"twice, got {rule.id!r}")
            found[rule.id] = rule
    return found


def _rule(table: Table, family: Family) -> Rule:
    said = ("title", "rule", "message", "ask")
    table.check_members(required=("id", "certainty", *said, "innocent"))
    rule_id = table.text("id")
    if not _ID.fullmatch(rule_id):
        raise table.refusal("id", f"got {rule_id!r}, want words of a-z with hyphens")
    certainty = table.text("certainty")
    known = next((each for each in _CERTAINTIES if each == certainty), None)
    if known is None:
        raise table.refusal("certainty", f"want one of {', '.join(_CERTAINTIES)}")
    title, rule, message, ask = (_name(table.table(name)) for name in said)
    if {*_BLANK.findall(message.en)} != {*_BLANK.findall(message.zh)}:
        raise table.refusal("message", "the languages have different blanks")
    innocent = tuple(_name(each) for each in table.tables("innocent"))
    if not innocent:
        raise table.refusal("innocent", "want at least one explanation")
    return Rule(rule_id, family, known, title, rule, message, innocent, ask)


def _name(table: Table) -> Name:
    table.check_members(required=_LANGUAGES)
    return Name(table.text("en"), table.text("zh"))
