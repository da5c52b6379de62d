"""How a finding is told: what happened, how sure that is, and what to ask for next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.audit.finding import Basis, Finding
from ledger.audit.report.model import AuditReport
from ledger.audit.report.values import Values
from ledger.audit.report.wordbook import (
    Wordbook,
    expectation,
    parts,
    plain,
    shown,
)
from ledger.audit.rule import Rule
from ledger.template import builtin_templates

SHOWN_ENTRIES: Final = 10


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words.

    Attributes:
        finding: The finding.
        title: What its rule is called.
        parts: What it says in pieces: a text and nothing, or what is shown of an
            identifier and its whole.
        certainty: How sure it is, in a sentence.
        entries: The first of them, and how many more.
        place: When and where; empty if it is about neither.
        basis: What it was judged by, each part by itself.
        innocent: What else may explain it.
        ask: What to ask for next.
    """

    finding: Finding
    title: str
    parts: tuple[tuple[str, str], ...]
    certainty: str
    entries: str
    place: str
    basis: tuple[str, ...]
    innocent: tuple[str, ...]
    ask: str

    @property
    def message(self) -> str:
        """Return what it says, identifiers short and times to the minute."""
        return "".join(text for text, _ in self.parts)


class Teller:
    """Tells the findings of one report in one language."""

    def __init__(self, report: AuditReport, words: Wordbook) -> None:
        """Take what findings are told with.

        Args:
            report: Whose findings.
            words: Of the language.
        """
        self._rules = report.rules
        self._values = Values(builtin_templates(), words)
        self._products = {
            each.product: words.said(each.name) for each in report.templates
        }
        self._words = words

    def rule(self, finding: Finding) -> Rule:
        """Return the rule of a finding."""
        return self._rules[finding.rule_id]

    def tell(self, finding: Finding) -> Told:
        """Return a finding in words."""
        words, rule = self._words, self._rules[finding.rule_id]
        product = "" if finding.basis is None else finding.basis.product
        values = self._values.said(finding.values, product)
        return Told(
            finding=finding,
            title=words.said(rule.title),
            parts=tuple(parts(words.said(rule.message), values, words)),
            certainty=words(f"certainty.{rule.certainty}.long"),
            entries=entries_words(finding.entries, words),
            place=self._place(finding),
            basis=self._basis(finding.basis),
            innocent=tuple(words.said(each) for each in rule.innocent),
            ask=words.said(rule.ask),
        )

    def _place(self, finding: Finding) -> str:
        where = shown(finding.place) if finding.place else ""
        parts = (self._words.time(finding.at), where)
        return self._words("list.comma").join(part for part in parts if part)

    def _basis(self, basis: Basis | None) -> tuple[str, ...]:
        words = self._words
        if basis is None:
            return (words("basis.logic"),)
        known = self._products.get(basis.product)
        kind, _, name = basis.name.partition(" ")
        if kind == "step":
            name = self._values.step(name, basis.product)
        said = [
            words(
                "basis.words",
                product=known or self._values.product(basis.product),
                edition=basis.edition,
                kind=words.word("judged", kind),
                name=name,
            )
        ]
        if basis.expected:
            said.append(
                words("basis.expected", expected=expectation(basis.expected, words))
            )
        if basis.source:
            grade = words.word("grade", basis.grade)
            key = "basis.graded" if grade else "basis.source"
            said.append(words(key, source=basis.source, grade=grade))
        if not basis.is_verified:
            said.append(
                words("basis.unverified" if basis.source else "basis.unsourced")
            )
        return tuple(plain(part) for part in said)


def entries_words(
    entries: Sequence[int], words: Wordbook, most: int = SHOWN_ENTRIES
) -> str:
    """Return the first entries, and how many more there are.

    Args:
        entries: Their indices.
        words: Of the language.
        most: So many are shown.
    """
    said = " ".join(f"#{entry}" for entry in entries[:most])
    if len(entries) > most:
        said += " " + words("findings.entry_more", count=len(entries) - most)
    return said
