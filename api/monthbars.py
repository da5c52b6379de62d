"""The months of a harvest, drawn as bars: where each stands, and how high."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from api.texts import Texts
from ledger.supply import Span
from ledger.wording import date

_MONTHS: Final = 12
_WIDTH: Final = 340
_TOP: Final = 20
_BASE: Final = 120
_WHOLE_FROM: Final = 10
_YEAR_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A month in the drawing: where it stands, and how high."""

    x: int
    width: int
    y: int
    height: int
    low: int
    high: int
    month: str
    year: str
    value: str
    words: str

    @property
    def middle(self) -> int:
        """Return where its middle is, from the left."""
        return self.x + self.width // 2


def month_bars(months: Sequence[Span], texts: Texts) -> Iterator[Bar]:
    """Yield the last months, those without a harvest too."""
    by_name = {span.name: span for span in months}
    names = _consecutive(months)
    highest = max((Decimal(span.high) for span in months), default=Decimal(0))
    slot = _WIDTH // max(len(names), 6)
    left = (_WIDTH - slot * len(names)) // 2
    year = ""
    for place, name in enumerate(names):
        span = by_name.get(name, Span(name, "0", 0, "0", "0", "0"))

        def y(value: str) -> int:
            share = Decimal(value) / highest if highest else Decimal(0)
            return _BASE - int(share * (_BASE - _TOP))

        month = texts(f"date.month.{int(name[5:])}")
        yield Bar(
            x=left + slot * place + slot // 6,
            width=slot - slot // 3,
            y=y(span.middle),
            height=_BASE - y(span.middle),
            low=y(span.low),
            high=y(span.high),
            month=month,
            year="" if name[:4] == year else name[:4],
            value=rounded(span.middle) if span.count else "",
            words=f"{date(name, texts.messages)}: {rounded(span.middle)}",
        )
        year = name[:4]


def rounded(number: str) -> str:
    """Return a number without decimals, if it is large enough to be read without."""
    value = Decimal(number)
    if value < _WHOLE_FROM:
        return number
    return str(value.quantize(Decimal(1), ROUND_HALF_EVEN))


def _consecutive(months: Sequence[Span]) -> list[str]:
    """Return the names of the last months, up to the last with a harvest."""
    if not months:
        return []
    first, last = (
        int(span.name[:4]) * _YEAR_MONTHS + int(span.name[5:]) - 1
        for span in (months[0], months[-1])
    )
    return [
        f"{number // _YEAR_MONTHS:04}-{number % _YEAR_MONTHS + 1:02}"
        for number in range(max(first, last - _MONTHS + 1), last + 1)
    ]
