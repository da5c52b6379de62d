"""How the values of a finding are said: words for codes, and something for nothing.

A check fills the blanks of its message with what programs agree on: a step's id, a
role, the code of a unit. A reader gets the words of the template, or else those of the
report; what neither knows is said as it is written.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from ledger.audit.report.wordbook import Wordbook, expectation
from ledger.template import Template

_NOTHING: Final = frozenset({"", "-"})
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# ``fat 5.62, freezing_point -0.601``: words before a number.
_FIGURE: Final = re.compile(r"(?<![a-z_])[a-z]+(?:[ _][a-z]+)*(?= -?[0-9])")
_UNIT: Final = re.compile(r"(?<=[0-9] )[A-Za-z0-9]+(?=$|;)")
# ``input https://… 3 KGM; output …``: what an event says of its goods.
_PART: Final = re.compile(r"(?:^|(?<=; ))([a-z]+) (?=https://)")
_STEPS: Final = frozenset({"step", "process", "before", "after", "beyond", "last_step"})
_PRODUCTS: Final = frozenset({"product", "products", "made", "recipe", "claimed"})
_KINDS: Final = {"roles": "role", "mode": "mode", "reason": "disposition"}
_LISTS: Final = frozenset(
    {*_PRODUCTS, "roles", "signed", "hands", "areas", "to", "days", "numbers"}
)
_AMOUNTS: Final = frozenset({"amount", "unit", "packed", "found", "first", "second"})
_CODES: Final = frozenset(
    {"area", "areas", "number", "numbers", "before", "tag", "report", "device"}
    | {"first", "last", "date", "new_date", "until", "printed"}
)
"""Digits that are no number, or are said as they were given out."""


class Values:
    """Says values in one language."""

    def __init__(self, templates: Iterable[Template], words: Wordbook) -> None:
        """Take what values are said with.

        Args:
            templates: They name steps and products; a later one of a product stands
                before an earlier one.
            words: Of the language.
        """
        self._words = words
        self._products: dict[str, str] = {}
        self._steps: dict[str, str] = {}
        self._steps_of: dict[tuple[str, str], str] = {}
        for template in templates:
            self._products[template.product] = words.said(template.name)
            for step in template.steps:
                self._steps.setdefault(step.id, words.said(step.name))
                self._steps_of[template.product, step.id] = words.said(step.name)

    def said(self, values: Mapping[str, str], product: str = "") -> dict[str, str]:
        """Return values as they are said.

        Args:
            values: By blank, as a finding has them.
            product: Whose template the finding was judged by, if it was by one.
        """
        return {name: self._said(name, told, product) for name, told in values.items()}

    def step(self, word: str, product: str = "") -> str:
        """Return what a step of a template, a process or a business step is called."""
        known = self._steps_of.get((product, word)) or self._steps.get(word)
        return known or self._words.word("step", word).replace("_", " ")

    def product(self, word: str) -> str:
        """Return what a product or a species is called."""
        return self._products.get(word) or self._words.word("species", word)

    def _said(self, blank: str, told: str, product: str) -> str:
        words = self._words
        if told in _NOTHING:
            nothing = words("nothing.any")
            return words.texts.get(f"nothing.{blank}", nothing)
        if _NUMBER.fullmatch(told):
            return told if blank in _CODES else words.number(told)
        if blank in _LISTS:
            each = (self._word(blank, part, product) for part in told.split(", "))
            return words("list.items").join(each)
        return self._word(blank, told, product)

    def _word(self, blank: str, told: str, product: str) -> str:
        words = self._words
        if blank in _STEPS:
            return told if told.startswith("https://") else self.step(told, product)
        if blank in _PRODUCTS:
            return self.product(told)
        if blank in _KINDS:
            return words.word(_KINDS[blank], told)
        if blank == "component":
            return self._component(told)
        if blank == "figures":
            figures = _FIGURE.sub(lambda found: self._component(found[0]), told)
            return figures.replace(", ", words("list.comma"))
        if blank in _AMOUNTS:
            parts = _PART.sub(lambda found: self._part(found[1]), told)
            said = _unit_said(parts, lambda unit: words.word("unit", unit))
            return said.replace("; ", words("list.semicolon"))
        return expectation(told, words) if blank == "expected" else told

    def _part(self, role: str) -> str:
        word = self._words.word("part", role)
        return f"{word} " if word else ""

    def _component(self, told: str) -> str:
        word = told.replace(" ", "_")
        return self._words.word("component", word).replace("_", " ")


def _unit_said(told: str, say: Callable[[str], str]) -> str:
    """Return amounts, or a unit alone, with their units in words.

    >>> _unit_said("3.5 KGM", {"KGM": "kg"}.get), _unit_said("kg", str.upper)
    ('3.5 kg', 'KG')
    """
    if " " in told:
        return _UNIT.sub(lambda found: say(found[0]), told)
    return told if told.startswith("https://") else say(told)
