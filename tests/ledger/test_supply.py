"""What a region gives, against a slow recount of what was written down."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.lookup import ReplayedEvents
from ledger.simulate.plan import SMALL
from ledger.supply import Supply, supply_of
from tests.support.forge import (
    HERDER,
    HOST,
    ORIGIN,
    OTHER_PARTY,
    PARTY,
    PLACE,
    WELL,
    Forge,
)
from tests.support.seasons import logged_season, season

LOT = "https://id.gs1.org/01/09520123456788/10"
STEPS = [
    ["commissioning", "active"],
    ["decommissioning", None],
    ["inspecting", None],
    ["inspecting", "conformant"],
    ["inspecting", "non_conformant"],
    ["inspecting", "recalled"],
]
DAY = "2026-03-{day:02}T{hour:02}:10:00{zone}"


@pytest.fixture(scope="module")
def entries(tmp_path_factory):
    with logged_season(tmp_path_factory.mktemp("season")) as log:
        yield [log.entry(index) for index in range(log.size)]


@pytest.fixture(scope="module")
def supply(entries):
    return supply_of(ORIGIN, entries)


@pytest.fixture(scope="module")
def report(supply):
    return supply.report()


def drafts():
    """Return what the season wrote down and did not take back."""
    all_of = [draft for draft in season(SMALL).drafts if not draft.is_lost]
    wrong = {d.body["eventID"] for d in all_of if "errorDeclaration" in d.body}
    return [draft for draft in all_of if draft.body["eventID"] not in wrong]


def milkings():
    for draft in drafts():
        if draft.body.get("caravan:process") == "milking":
            (made,) = draft.body["outputQuantityList"]
            yield draft.signers[0].partition("/")[0], draft.body, made["quantity"]


def figure(report, name):
    found = report.figure(name)
    return Decimal(found.numerator), Decimal(found.denominator or 0)


def of_harvest(report, name):
    (harvest,) = report.harvests
    return next(found for found in harvest.figures if found.name == name)


def test_kilograms_are_those_of_the_milkings(report):
    by_day, by_party, by_month = Counter(), Counter(), defaultdict(Counter)
    for party, body, kilograms in milkings():
        by_day[body["eventTime"][:10]] += kilograms
        by_month[body["eventTime"][:7]][body["eventTime"][:10]] += kilograms
        by_party[party] += kilograms
    (harvest,) = report.harvests

    assert harvest.process == "milking"
    assert Decimal(of_harvest(report, "volume").numerator) == sum(by_day.values())
    assert {
        span.name: (Decimal(span.total), span.count) for span in harvest.months
    } == {name: (sum(days.values()), len(days)) for name, days in by_month.items()}
    assert {
        party.rpartition("/")[2]: Decimal(total) for party, total in harvest.parties
    } == by_party
    last = max(map(datetime.fromisoformat, by_day))
    week = [(last - timedelta(days=n)).date().isoformat() for n in range(7)]
    assert Decimal(of_harvest(report, "recent").numerator) == sum(
        by_day[day] for day in week
    )


def test_concentration_is_that_of_the_parties(report):
    by_party = Counter()
    for party, _, kilograms in milkings():
        by_party[party] += Fraction(kilograms)
    whole = sum(by_party.values())
    largest, index = (of_harvest(report, name) for name in ("largest", "herfindahl"))

    assert Fraction(largest.numerator) == max(by_party.values())
    assert Fraction(index.numerator) / Fraction(index.denominator) == sum(
        (kilograms / whole) ** 2 for kilograms in by_party.values()
    )


def test_tests_gaps_and_corrections_are_those_planted(report):
    dispositions = Counter(draft.body.get("disposition") for draft in drafts())
    conformant = [
        draft
        for draft in drafts()
        if (draft.body["bizStep"], draft.body.get("disposition"))
        == ("inspecting", "conformant")
    ]
    failed = dispositions["non_conformant"]
    logged = season(SMALL).event_count

    assert figure(report, "failed") == (failed, failed + len(conformant))
    assert figure(report, "gaps")[0] == season(SMALL).planted["sequence-gap"]
    assert figure(report, "corrections") == (1, logged - 1)
    assert figure(report, "simulated") == (logged - 1, logged - 1)
    by_hand = [d for d in season(SMALL).drafts if "caravan:source" not in d.body]
    assert figure(report, "late") == (season(SMALL).planted["late"], len(by_hand))


def test_the_word_of_a_stranger_raises_no_alarm(report):
    recalls = [
        draft.signers[0].partition("/")[0]
        for draft in drafts()
        if draft.body.get("disposition") == "recalled"
        or "persistentDisposition" in draft.body
    ]

    # Its plant recalls a lot; what a trader says of a pouch counts nothing.
    assert "sim-urumqi-trader" in recalls
    assert dict(report.alarms)["recalled"] == 1


def test_a_party_is_told_what_it_gave_and_where_that_is(supply):
    household = season(SMALL).landmarks.household
    found = supply.party(household)

    assert [lot.rpartition("/")[2] for lot in found.lots] == ["S01", "S02", "S03"]
    assert found.animals == 8
    assert found.is_simulated
    assert sum(Decimal(total) for *_, total in found.months) == sum(
        kilograms
        for party, _, kilograms in milkings()
        if party == household.rpartition("/")[2]
    )


@pytest.mark.parametrize("piece", [1, 97, 700])
def test_in_pieces_it_comes_to_the_same(entries, report, piece):
    about = ReplayedEvents(ORIGIN, list(enumerate(entries)))
    counted = Supply(ORIGIN)
    for first in range(0, len(entries), piece):
        for entry in entries[first : first + piece]:
            counted.take(entry)
        for subject in counted.unjudged:
            counted.judge(subject, lambda name: list(about([name])))

    assert counted.report() == report


def forge():
    made = Forge()
    made.genesis()
    made.admit(PARTY, STEPS, prefixes=[f"https://{HOST}/id/animal/spring", LOT])
    made.admit(OTHER_PARTY, STEPS)
    made.authorize(HERDER, PARTY)
    made.authorize(WELL, OTHER_PARTY)
    made.seal()
    return made


def harvest(made, number, key=HERDER, *, lot="1", quantity=1, uom="KGM", **members):
    element = {"epcClass": f"{LOT}/{lot}", "quantity": quantity}
    if uom:
        element["uom"] = uom
    body = {
        "type": "TransformationEvent",
        "action": None,
        "bizStep": "commissioning",
        "disposition": "active",
        "caravan:process": "picking",
        "epcList": None,
        "outputQuantityList": [element],
        "readPoint": {"id": PLACE},
    } | members
    return body, made.event(number, key, **body)


def volume(made):
    report = supply_of(ORIGIN, made.entries).report()
    if not report.harvests:
        return Decimal(0)
    return Decimal(of_harvest(report, "volume").numerator)


def declare(made, number, body, key=HERDER):
    made.event(number, key, **body, errorDeclaration={"reason": "did_not_occur"})


def test_what_was_taken_back_counts_no_longer():
    made = forge()
    harvest(made, 1, quantity=3)
    wrong, _ = harvest(made, 2, quantity=40, lot="2")
    made.seal()
    assert volume(made) == 43

    declare(made, 2, wrong)
    made.seal()

    report = supply_of(ORIGIN, made.entries).report()
    assert volume(made) == 3
    assert figure(report, "lots") == (1, 0)
    assert figure(report, "corrections") == (1, 2)


def test_taken_back_after_the_prefix_is_gone_it_counts_no_longer():
    made = forge()
    body, _ = harvest(made, 1, quantity=3)
    made.admit(PARTY, STEPS, prefixes=[])
    declare(made, 1, body)
    made.seal()

    assert volume(made) == 0


def test_what_a_stranger_says_of_anothers_goods_counts_nothing():
    made = forge()
    harvest(made, 1, quantity=3)
    harvest(made, 2, WELL, quantity=500, lot="2")
    declare(made, 2, harvest(made, 3, WELL, quantity=9)[0], WELL)
    made.seal()

    assert volume(made) == 3
    assert supply_of(ORIGIN, made.entries).party(OTHER_PARTY).months == ()


def test_other_units_stand_apart_and_masses_are_kilograms():
    made = forge()
    harvest(made, 1, quantity=500, uom="GRM")
    harvest(made, 2, quantity=7, uom="LTR", lot="2")
    harvest(made, 3, quantity=9, uom=None, lot="3")
    made.seal()

    (found,) = supply_of(ORIGIN, made.entries).report().harvests
    assert volume(made) == Decimal("0.5")
    assert found.other_units == (("", "9"), ("LTR", "7"))


def test_an_animal_is_ended_by_its_own_herd_and_by_no_other():
    made = forge()
    animals = [f"https://{HOST}/id/animal/spring/{n}" for n in range(3)]
    born = {"bizStep": "commissioning", "disposition": "active", "action": "ADD"}
    ended = {"bizStep": "decommissioning", "disposition": None, "action": "DELETE"}
    made.event(1, **born, epcList=animals)
    made.event(2, **ended, epcList=animals[:1])
    made.event(3, WELL, **ended, epcList=animals[1:])
    made.seal()

    found = supply_of(ORIGIN, made.entries)
    assert figure(found.report(), "animals") == (2, 3)
    assert found.party(PARTY).animals == 2


def test_the_day_is_that_of_the_place():
    made = forge()
    harvest(
        made,
        1,
        eventTime="2026-03-31T17:00:00Z",
        eventTimeZoneOffset="+08:00",
    )
    made.seal()

    (found,) = supply_of(ORIGIN, made.entries).report().harvests
    assert found.last_day == "2026-04-01"


def test_a_band_of_the_season_needs_more_than_one_year():
    made = forge()
    for number, (year, kilograms) in enumerate([(2024, 3), (2025, 5), (2026, 9)], 1):
        harvest(
            made,
            number,
            lot=str(number),
            quantity=kilograms,
            eventTime=f"{year}-03-18T12:00:00+08:00",
        )
    made.seal()

    (found,) = supply_of(ORIGIN, made.entries).report().harvests
    (week,) = found.calendar
    assert (found.years, week.name) == (3, "W12")
    assert (week.count, week.low, week.middle, week.high) == (3, "3", "5", "9")


@pytest.mark.parametrize(
    "members",
    [
        {"outputQuantityList": [{"epcClass": f"{LOT}/1"}]},
        {"outputQuantityList": [{"epcClass": f"{LOT}/1", "quantity": "much"}]},
        {"outputQuantityList": [{"epcClass": f"{LOT}/1", "quantity": 1, "uom": 5}]},
        {"caravan:process": ["picking"]},
        {"caravan:simulated": "yes", "inputEPCList": []},
        {"eventTime": "0001-01-01T00:00:00+14:00", "eventTimeZoneOffset": "-14:00"},
        {"eventTime": "9999-12-31T23:59:59-14:00", "eventTimeZoneOffset": "+14:00"},
    ],
)
def test_no_valid_body_stops_the_counting(members):
    made = forge()
    harvest(made, 1, **members)
    made.seal()

    report = supply_of(ORIGIN, made.entries).report()
    assert report.to_json()["counted_entries"] == len(made.entries)


said = st.lists(
    st.tuples(
        st.sampled_from([HERDER, WELL]),
        st.integers(1, 3),
        st.integers(0, 5000).map(lambda grams: Decimal(grams).scaleb(-3)),
        st.sampled_from(["KGM", "GRM", "LTR"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@given(said)
@settings(max_examples=25)
def test_a_slow_recount_comes_to_the_same(story):
    made = forge()
    kept = Counter()
    for number, (key, day, quantity, uom, is_taken_back) in enumerate(story, 1):
        value = int(quantity) if quantity == int(quantity) else quantity.normalize()
        at = DAY.format(day=day, hour=9, zone="+08:00")
        body, _ = harvest(
            made, number, key, lot=str(number), quantity=value, uom=uom, eventTime=at
        )
        if is_taken_back:
            declare(made, number, body, key)
        elif key is HERDER and uom != "LTR":
            kept[day] += quantity if uom == "KGM" else quantity / 1000
    made.seal()

    assert volume(made) == sum(kept.values())
    harvests = supply_of(ORIGIN, made.entries).report().harvests
    months = harvests[0].months if harvests else ()
    assert sum(span.count for span in months) == len([1 for kg in kept.values() if kg])
