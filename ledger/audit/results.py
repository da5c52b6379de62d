"""Results of tests: out of date, of nothing, or silent about the species."""

from collections.abc import Iterator

from ledger.audit.book import Book, Thing
from ledger.audit.duties import has_failed
from ledger.audit.finding import Finding, finding_of
from ledger.audit.packs import OUTWARD, act_of, is_release, told_of_packs
from ledger.audit.record import Record, is_test
from ledger.audit.scope import month_of
from ledger.audit.when import instant_of


def expired_tests(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if goods went on after their last test was no more in force."""
    if not thing.tests:
        return
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
    if not thing.tests:
        return
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
    if not thing.tests:
        return
    if not all(is_test(r) or is_release(r) for r in thing.all_records):
        return
    if thing.book.directory.admissions(thing.name):
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
    item, found, _ = thing.name.partition("/10/")
    if not found or not thing.made_by:
        return
    release = next((r for r in thing.in_time if is_release(r)), None)
    if release is None:
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
    written = test.fact("validUntil")
    return instant_of(written) if written else None
