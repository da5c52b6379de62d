import functools
from collections import defaultdict
from decimal import Decimal

from ledger.audit.finding import Finding
from ledger.audit.records import Records
from ledger.audit.report.balances import balances_of
from ledger.audit.report.figures import MOST, figures_of
from ledger.audit.report.masses import Masses
from ledger.audit.report.ways import growth_of, journey_of
from ledger.simulate.plan import SMALL
from ledger.template import builtin_templates
from tests.support.audits import DraftAuditor
from tests.support.forge import HOST, ORIGIN
from tests.support.frauds import KINDS, plant, season_with
from tests.support.reports import JOURNEY, RULES, YIELD
from tests.support.seasons import season

TRUE = season(SMALL)


@functools.cache
def book(kind=None):
    found = TRUE
    if kind is not None:
        planted = plant(kind, TRUE.drafts, KINDS[kind].strengths[0], 1)
        found = season_with(TRUE, planted)
    auditor = DraftAuditor(Records(), origin=ORIGIN, templates=builtin_templates())
    auditor.take_season(found)
    auditor.records.flush()
    return auditor.book()


def records_of(found):
    for scope in [*found.records.scopes("place")]:
        yield from found.period("place", scope.name, scope.month).records


def balance(kind=None):
    (only,) = figures_of(book(kind), ()).balances
    return only


def nodes(balance, stage):
    return [node for node in balance.nodes if node.stage == stage]


def drawn(rule=None, *names):
    findings = (Finding(rule.id, "warning", names, (1,), {}),) if rule else ()
    return figures_of(book(), findings, known={each.id: each for each in RULES})


def test_masses_of_a_true_season_add_up_to_the_gram():
    found = balance()

    assert [stage for stage, _ in found.stages] == [
        "milking",
        "bulking",
        "loading",
        "receiving",
        "heating",
        "drying",
        "packing",
    ]
    for node in found.nodes:
        assert node.excess == node.missing == 0, node
        if node.taken:
            assert node.taken == node.made + node.lost, node
            into = sum(f.kilograms for f in found.flows if f.target == node.id)
            assert into == node.taken, node


def test_each_household_has_what_it_milked():
    told = defaultdict(Decimal)
    for record in records_of(book()):
        if record.process == "milking":
            told[record.party] += sum(thing.kilograms for thing in record.outputs)

    assert {node.name: node.made for node in nodes(balance(), "milking")} == told


def test_water_in_a_tank_is_from_nowhere():
    (bulking,) = nodes(balance("water-in-tank"), "bulking")

    assert bulking.excess > 0
    assert bulking.missing == 0


def test_packs_have_no_mass_that_is_told():
    (packing,) = nodes(balance(), "packing")

    assert not packing.is_counted
    assert all(node.is_counted for node in balance().nodes if node != packing)


def test_many_households_share_a_box(monkeypatch):
    whole = sum(node.made for node in nodes(balance(), "milking"))
    monkeypatch.setattr("ledger.audit.report.balances.MOST_PARTIES", 1)
    found = balance()
    first, others = nodes(found, "milking")

    assert others.count == 2
    assert first.made + others.made == whole
    into = {flow.source for flow in found.flows if flow.target == "bulking"}
    assert into == {first.id, others.id}


def test_what_came_first_does_not_matter():
    found = book()
    forwards, backwards = Masses(found), Masses(found)
    records = [*records_of(found)]
    for record in records:
        forwards.add(record)
    for record in reversed(records):
        backwards.add(record)

    assert balances_of(forwards, found.templates) == balances_of(
        backwards, found.templates
    )


def test_what_does_not_fit_in_memory_is_said_to_be_left_out(monkeypatch):
    monkeypatch.setattr("ledger.audit.report.masses.MOST_THINGS", 10)

    assert not balance().is_whole


def test_days_of_herds_are_held_against_the_template():
    found = drawn().yields

    assert found
    for yields in found:
        assert yields.bound.id == "yield.day.herdmean"
        assert not yields.basis.is_verified
        assert [day.day for day in yields.days] == sorted(
            day.day for day in yields.days
        )
        assert all(day.entries for day in yields.days)
        assert all(Decimal("0.5") < day.value < 4 for day in yields.days)


def test_a_place_with_findings_is_drawn_first():
    place = sorted({r.place for r in records_of(book()) if r.process == "milking"})[-1]
    first = drawn(YIELD, place).yields[0]

    assert first.place == place


def test_a_way_that_is_too_fast_is_marked():
    pallets = {
        thing.name
        for record in records_of(book("impossible-journey"))
        for thing in record.things
        if "/00/" in thing.name
    }
    true, false = (
        [
            leg.is_odd
            for name in sorted(pallets)
            if (journey := journey_of(book(kind).thing(name)))
            for leg in journey.legs
        ]
        for kind in (None, "impossible-journey")
    )

    assert true
    assert not any(true)
    assert any(false)


def test_ways_are_drawn_of_what_has_findings_and_of_no_more_than_fit():
    pallets = sorted(
        {
            thing.name
            for record in records_of(book())
            for thing in record.things
            if "/00/" in thing.name
        }
    )
    assert drawn().journeys == ()
    found = drawn(JOURNEY, *pallets).journeys
    assert 1 <= len(found) <= MOST
    assert {journey.lot for journey in found} <= {*pallets}


def test_a_lot_that_went_different_ways_has_none():
    lot = next(
        thing.name
        for record in records_of(book())
        for thing in record.things
        if "/10/" in thing.name
    )

    assert journey_of(book().thing(lot)) is None
    assert journey_of(book().thing(f"{HOST}/id/nothing")) is None


def test_an_animal_that_was_weighed_is_drawn():
    weighed = {
        name
        for record in records_of(book())
        if record.reading("caravan:weight")
        for name in record.names
    }
    drawings = [growth_of(book().thing(name)) for name in sorted(weighed)]
    found = [growth for growth in drawings if growth]

    assert found
    for growth in found:
        assert growth.bands
        assert [w.age for w in growth.weights] == sorted(w.age for w in growth.weights)
    about = tuple(growth.animal for growth in found)
    found_again = drawn(YIELD, *about).growth
    assert [each.animal for each in found_again] == [*about][:MOST]


def test_nothing_is_drawn_of_nothing():
    auditor = DraftAuditor(Records(), origin=ORIGIN, templates=builtin_templates())
    auditor.records.flush()
    found = figures_of(auditor.book(), ())

    assert (found.balances, found.yields, found.growth, found.journeys) == ((),) * 4


def test_what_is_drawn_depends_on_no_order_in_which_it_was_found():
    pallets = sorted(
        {
            thing.name
            for record in records_of(book())
            for thing in record.things
            if "/00/" in thing.name
        }
    )
    findings = [Finding(JOURNEY.id, "warning", (name,), (1,), {}) for name in pallets]
    known = {each.id: each for each in RULES}

    assert figures_of(book(), findings, known=known) == figures_of(
        book(), findings[::-1], known=known
    )
