"""Results of tests: copied from day to day, out of date, or not of the goods."""

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Final

from ledger.audit.book import Book, Period, Thing, finding_of, is_test
from ledger.audit.duties import has_failed
from ledger.audit.finding import Finding
from ledger.audit.packs import OUTWARD, act_of, is_release, told_of_packs
from ledger.audit.quantities import month_text
from ledger.audit.record import Record
from ledger.audit.records import month_of
from ledger.audit.when import instant_of

_LEAST_ALIKE: Final = 3
"""Figures that have to be the same: two may well be."""
_BY_CHANCE: Final = 0.001
"""How many pairs of a month may be expected to be alike by chance."""
_ENOUGH: Final = 10
"""Tests from which it is read how much a figure varies."""
_WIDTHS: Final = 8
"""Deviations of a well-mixed tank that an ordinary range of bounds is taken to have."""

_Figures = dict[str, str]


def results_repeated(period: Period) -> Iterator[Finding]:
    """Yield a finding if tests of different goods have the same figures, to the last.

    What may be alike by chance is not told: of each figure it is estimated how many
    values it could as well have had.
    """
    earlier = [r for r in period.neighbour(-1).in_time if _is_told_test(r)][-50:]
    here = [r for r in period.in_time if _is_told_test(r)]
    tests = [*earlier, *here]
    alike = _alike(period, tests)
    now = {r.index for r in here}
    alike = [pair for pair in alike if pair[1].index in now]
    if not alike:
        return
    first, second, same = max(alike, key=lambda each: len(each[2]))
    entries = {r.index for pair in alike for r in pair[:2]}
    yield finding_of(
        "results-repeated",
        "warning",
        second,
        about=(
            period.name,
            *dict.fromkeys(name for _, later, _ in alike for name in later.names),
        ),
        values={
            "place": period.name,
            "month": month_text(period.month),
            "count": str(len({later.index for _, later, _ in alike})),
            "all": str(len(here)),
            "thing": second.names[0],
            "time": second.time,
            "other": first.names[0],
            "other_time": first.time,
            "figures": _told(same),
            "party": second.party,
        },
        entries=entries,
        mark=str(period.month),
    )


def test_expired(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if goods went on after their last test was no more in force."""
    valid = [(until, t) for t in thing.tests if (until := _valid_until(t)) is not None]
    if not valid:
        return
    until, test = max(valid, key=lambda each: each[0])
    unlimited = [
        t for t in thing.tests if not has_failed(t) and _valid_until(t) is None
    ]
    going = [
        r
        for r in told_of_packs(thing)
        if (is_release(r) or r.step in OUTWARD | {"retail_selling"}) and r.at_us > until
    ] + [r for flow in thing.used_by for r in flow.records if r.at_us > until]
    if unlimited or not going:
        return
    late = min(going, key=lambda r: (r.at_us, r.index))
    yield finding_of(
        "test-expired",
        "warning",
        late,
        about=(thing.name,),
        values={
            "thing": thing.name,
            "tester": test.party,
            "tested": test.time,
            "until": test.fact("validUntil"),
            "step": act_of(late),
            "time": late.time,
            "party": late.party,
            "count": str(len(going)),
        },
        entries=[test.index, *(r.index for r in going[:200])],
    )


def sample_of_another(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if who tested goods had no hand in taking the sample."""
    samples = [r for r in thing.records if r.step == "sampling"]
    if not samples:
        return
    for test in thing.tests:
        hands = {party for sample in samples for party in sample.parties}
        if test.party in hands:
            continue
        yield finding_of(
            "sample-of-another",
            "warning",
            test,
            about=(thing.name, test.party),
            values={
                "thing": thing.name,
                "tester": test.party,
                "time": test.time,
                "sampled": samples[0].time,
                "hands": ", ".join(sorted(hands)),
            },
            entries=[sample.index for sample in samples],
            mark=test.party,
        )
        return


def sample_from_nowhere(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if something was tested that nobody else tells of."""
    others = [r for r in thing.all_records if not is_test(r) and not is_release(r)]
    if others or not thing.tests or thing.book.directory.admissions(thing.name):
        return
    test = thing.tests[0]
    if test.process or not _is_of_goods(thing.book, test):
        return
    if any(thing.name in p.places for p in thing.book.directory.parties.values()):
        return
    yield finding_of(
        "sample-from-nowhere",
        "warning",
        test,
        about=(thing.name, *(name for _, name in test.documents)),
        values={
            "thing": thing.name,
            "tester": test.party,
            "time": test.time,
            "tests": str(len(thing.tests)),
        },
        entries=[t.index for t in thing.tests],
    )


def species_untested(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if a lot claims a species, and no test says which it is of.

    It is grave only where other lots of the trade item were tested so: else it is how
    this seller works, and worth knowing.
    """
    release = next((r for r in thing.in_time if is_release(r)), None)
    item, found, _ = thing.name.partition("/10/")
    if release is None or not found or not thing.made_by:
        return
    trade_item = thing.book.thing(item)
    told = [r for r in trade_item.records if r.fact("ilmd.recipe.species")]
    if not told:
        return
    claimed = told[-1].fact("ilmd.recipe.species")
    if _species_tests(thing) or any(
        _species_tests(thing.book.thing(source.name))
        for flow in thing.made_by
        for source in flow.inputs
        if source.quantity
    ):
        return
    lots = _sister_lots(thing, release)
    tested = [lot for lot in lots if _species_tests(thing.book.thing(lot))]
    yield finding_of(
        "species-untested",
        "warning" if tested else "notice",
        release,
        about=(thing.name, item),
        values={
            "lot": thing.name,
            "claimed": claimed,
            "time": release.time,
            "party": release.party,
            "tests": str(len(thing.tests)),
            "tested": str(len(tested)),
            "lots": str(len(lots)),
        },
        entries=[told[-1].index, *(t.index for t in thing.tests)],
    )


def is_species_test(component: str) -> bool:
    """Tell whether a figure says of which species goods are.

    >>> is_species_test("caravan:camel_dna"), is_species_test("caravan:fat")
    (True, False)
    """
    words = component.partition(":")[2].lower().split("_")
    return "dna" in words or "species" in words


def _species_tests(thing: Thing) -> list[Record]:
    return [
        t for t in thing.tests if any(is_species_test(r.component) for r in t.readings)
    ]


def _sister_lots(thing: Thing, release: Record) -> tuple[str, ...]:
    """Return the other lots of the trade item that were packed in months around it."""
    item = thing.name.partition("/10/")[0]
    makers = [r for flow in thing.made_by for r in flow.records]
    found: dict[str, None] = {}
    for maker in makers[:1]:
        for months in range(-3, 4):
            month = thing.book.period("place", maker.place, _month(maker) + months)
            found |= {
                made.name: None
                for r in month.records
                for made in r.outputs
                if made.quantity
                and made.name.startswith(f"{item}/10/")
                and made.name != thing.name
            }
    return tuple(found)


def _is_of_goods(book: Book, test: Record) -> bool:
    """Tell whether a test is of goods: not of a device, a place or a vehicle."""
    known = {
        bound.component
        for template in book.templates
        for bound in template.bounds
        if bound.product
    }
    return any(
        r.component in known or is_species_test(r.component) for r in test.readings
    )


def _month(record: Record) -> int:
    return month_of(record.day)


def _valid_until(test: Record) -> int | None:
    return instant_of(test.fact("validUntil"))


def _is_told_test(record: Record) -> bool:
    return is_test(record) and len(_figures(record)) >= _LEAST_ALIKE


def _figures(record: Record) -> _Figures:
    """Return the figures of a test, as written; nothing that was not found."""
    return {
        r.component: r.values[0]
        for r in record.readings
        if len(r.values) == 1 and Decimal(r.values[0])
    }


def _alike(
    period: Period, tests: Sequence[Record]
) -> list[tuple[Record, Record, _Figures]]:
    """Return each test that repeats an earlier one of other goods, and that one."""
    levels = _levels(period.book, tests)
    pairs = max(1, len(tests) * (len(tests) - 1) // 2)
    by_figures: defaultdict[tuple[tuple[str, str], ...], list[int]] = defaultdict(list)
    candidates: dict[int, Counter[int]] = {}
    for number, test in enumerate(tests):
        figures = sorted(_figures(test).items())
        shared: Counter[int] = Counter()
        for some in combinations(figures, _LEAST_ALIKE):
            shared.update(by_figures[some][-3:])
            by_figures[some].append(number)
        candidates[number] = shared
    found = []
    for number, shared in candidates.items():
        for other, _ in shared.most_common(3):
            first, second = tests[other], tests[number]
            same = _shared(first, second)
            if {*first.names} & {*second.names}:
                continue
            most = max(len(_figures(first)), len(_figures(second)))
            if len(same) < max(_LEAST_ALIKE, most - 1):
                continue
            chance = pairs * math.comb(most, len(same))
            if chance <= _BY_CHANCE * math.prod(levels[name] for name in same):
                found.append((first, second, same))
                break
    return found


def _shared(first: Record, second: Record) -> _Figures:
    one, other = _figures(first), _figures(second)
    return {name: told for name, told in one.items() if other.get(name) == told}


def _levels(book: Book, tests: Sequence[Record]) -> dict[str, float]:
    """Return of each figure how many values it could as well have had.

    That is one by the chance that two are the same: of a figure that is spread as a
    bell, 2 √π of its deviation by the last digit that is told. Results that were told
    several times count once: else what is copied would make itself likely.
    """
    distinct = {tuple(sorted(_figures(test).items())) for test in tests}
    by_name: defaultdict[str, list[float]] = defaultdict(list)
    finest: dict[str, float] = {}
    for figures in distinct:
        for name, told in figures:
            last = float(_last_digit(Decimal(told)))
            finest[name] = min(last, finest.get(name, last))
            by_name[name].append(float(told))
    found = {}
    for name, values in by_name.items():
        deviation = (
            statistics.stdev(values)
            if len(values) >= _ENOUGH
            else _usual_deviation(book, name)
        )
        levels = 2 * math.sqrt(math.pi) * deviation / finest[name]
        found[name] = max(1.0, levels)
    return found


def _usual_deviation(book: Book, component: str) -> float:
    """Return about how much a figure varies, by the narrowest bound for it."""
    widths = [
        bound.expected.most - bound.expected.least
        for template in book.templates
        for bound in template.bounds
        if bound.component == component
        and bound.expected.most is not None
        and bound.expected.least is not None
    ]
    return float(min(widths)) / _WIDTHS if widths else 0.0


def _last_digit(value: Decimal) -> Decimal:
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


def _told(figures: _Figures) -> str:
    return ", ".join(
        f"{name.partition(':')[2] or name} {value}" for name, value in figures.items()
    )
