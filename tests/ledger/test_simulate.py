"""The simulated season: whole, plausible, balanced to the gram, and always the same."""

import functools
import hashlib
import re
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import mean, pstdev

import pytest

from ledger.encoding import canonical, parse_canonical
from ledger.event import ALARMS
from ledger.identifier import parse_identifier
from ledger.roles import role_rights
from ledger.simulate.plan import SEASON, SMALL, LotPlan, Plan
from ledger.simulate.season import Season
from ledger.statement import parse_statement
from tests.support.forge import HOST, ORIGIN, REGISTRAR, START_MS
from tests.support.seasons import START, season

NET_KG = Decimal("0.5")


@functools.cache
def logged():
    """Return the bodies that reach the ledger, in order."""
    return [draft.body for draft in season().drafts if not draft.is_lost]


def process(word):
    return [body for body in logged() if body.get("caravan:process") == word]


def record(body):
    """Return what the season calls an event; its first word says of what kind it is."""
    return body.get("caravan:source", {"record": "by hand"})["record"]


def of_kind(word):
    return [body for body in logged() if record(body).split("/")[0] == word]


def samples():
    return [body for body in logged() if body["bizStep"] == "sensor_reporting"]


def reading(body, component):
    """Return the one value that a statement has of something."""
    (value,) = (
        report["value"]
        for element in body["sensorElementList"]
        for report in element["sensorReport"]
        if report.get("component") == f"caravan:{component}"
    )
    return value


def masses(body, member):
    """Return the kilograms of each lot in a list; of pouches, their net mass."""
    return {
        element["epcClass"]: element["quantity"]
        * (NET_KG if element["uom"] == "H87" else 1)
        for element in body.get(member, [])
        if "quantity" in element
    }


def named(body):
    """Return what an event is about, as far as this season goes."""
    return {
        *(body["parentID"] for _ in [0] if "parentID" in body),
        *(
            epc
            for member in ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
            for epc in body.get(member, [])
        ),
        *(
            element["epcClass"]
            for member in ("quantityList", "inputQuantityList", "outputQuantityList")
            for element in body.get(member, [])
        ),
    }


def sources(body):
    return {*body.get("inputEPCList", []), *masses(body, "inputQuantityList")}


def results(body):
    return {*body.get("outputEPCList", []), *masses(body, "outputQuantityList")}


@functools.cache
def inputs():
    """Return what each thing is made of."""
    made_of = defaultdict(set)
    for body in logged():
        for product in results(body):
            made_of[product] |= sources(body)
    return made_of


def levels(*subjects):
    """Return what subjects are made of, level by level, each thing once."""
    found, level = set(subjects), set(subjects)
    while level:
        level = {source for thing in level for source in inputs()[thing]} - found
        if level:
            yield level
        found |= level


@functools.cache
def alarms():
    """Return the subjects of alarms, with their dispositions."""
    found = defaultdict(list)
    for body in logged():
        raised = body.get("persistentDisposition", {}).get("set", [])
        words = {body.get("disposition"), *raised} & ALARMS
        if "errorDeclaration" in body:
            words.add("declared")
        for subject in named(body) if words else ():
            found[subject] += sorted(words)
    return found


def moment(body):
    return datetime.fromisoformat(body["eventTime"])


# ----------------------------------------------------------------------- what is there


def test_the_season_is_as_large_as_it_says():
    households = {body["readPoint"]["id"] for body in process("milking")}
    milkers = {epc for body in samples() for epc in body["epcList"]}
    born = of_kind("birth") + of_kind("entry")
    serials = [epc for body in process("packing") for epc in body["outputEPCList"]]

    assert len(logged()) > 22_000
    assert (len(households), len(milkers)) == (8, 60)
    assert {epc for body in born for epc in body["epcList"]} >= milkers
    assert len({record(body).split("/")[-1] for body in of_kind("tank")}) == 118
    assert (len(serials), len(set(serials))) == (1500, 1500)
    assert len({lot for body in process("packing") for lot in lots_of(body)}) == 3
    assert len(of_kind("sale")) > 1000


def lots_of(body):
    return [element["epcClass"] for element in body["outputQuantityList"]]


def test_every_animal_is_born_tagged_weighed_monthly_and_vaccinated():
    animals = {epc for body in of_kind("weight") for epc in body["epcList"]}
    assert len(animals) == 120
    tagged = {body["parentID"] for body in of_kind("tag")}
    vaccinated = {epc for body in process("vaccination") for epc in body["epcList"]}
    assert tagged == vaccinated == animals

    weighed = Counter(epc for body in of_kind("weight") for epc in body["epcList"])
    # One was weighed once more, with a typing error that was corrected.
    assert Counter(weighed.values()) == {5: 119, 8: 1}


def test_tags_come_within_thirty_days_of_birth():
    born = {body["epcList"][0]: moment(body) for body in of_kind("birth")}
    for body in of_kind("tag"):
        if body["parentID"] in born:
            assert 0 <= (moment(body) - born[body["parentID"]]).days <= 30


def test_milking_is_twice_a_day_calf_first_with_a_sample_of_each_animal():
    sampled = Counter(
        (body["epcList"][0].split("/")[-2], body["eventTime"][:13])
        for body in samples()
    )
    assert sampled
    for body in process("milking"):
        assert body["caravan:calfFirst"] is True
        assert body["caravan:head"] == len(body["inputEPCList"])
    heads = sum(body["caravan:head"] for body in process("milking"))
    assert heads == len(samples())
    per_day = Counter(
        (body["epcList"][0], body["eventTime"][:10]) for body in samples()
    )
    assert set(per_day.values()) == {1, 2}


def test_a_slip_has_four_hands():
    slips = [d for d in season().drafts if "slip" in record(d.body).split("/")[0]]
    assert len(slips) == 60
    for slip in slips:
        assert [word.split("/")[1] for word in slip.signers] == [
            "receiving",
            "handler",
            "escort-1",
            "driver-1",
        ]


def test_serials_are_bound_to_their_lot_a_hundred_at_a_time():
    for body in process("packing"):
        (element,) = body["outputQuantityList"]
        assert element["quantity"] == len(body["outputEPCList"]) <= 100
        assert element["epcClass"].endswith(body["ilmd"]["cbvmda:lotNumber"])
        assert body["ilmd"]["gs1:bestBeforeDate"] > body["eventTime"][:10]


def test_the_product_is_described_in_two_languages_by_its_maker():
    (body,) = of_kind("product")
    names = {
        name["@language"]: name["@value"] for name in body["ilmd"]["gs1:productName"]
    }
    assert names.keys() == {"zh", "en"}
    assert "simulated" in names["en"]
    assert body["ilmd"]["gs1:netContent"] == {"uom": "GRM", "value": 500}
    assert [part["value"] for part in body["ilmd"]["caravan:recipe"]] == [100]


def test_gtins_are_those_for_demonstrations():
    for body in process("packing"):
        for name in named(body):
            if name.startswith("https://id.gs1.org/01/"):
                assert parse_identifier(name, host=HOST).parts[0].startswith("0952")


def test_one_lot_is_flown_and_none_travels_faster_than_it_can():
    hours = {"road": set(), "air": set()}
    for lot in season().lots:
        mine = [b for b in logged() if lot.pallet in b.get("epcList", [])]
        left = next(b for b in mine if b["bizStep"] == "shipping")
        stops = [(0, moment(left))] + [
            (b["caravan:distance"]["quantity"], moment(b))
            for b in mine
            if b["bizStep"] == "arriving"
        ]
        speeds = [
            (far - near) / ((then - now).total_seconds() / 3600)
            for (near, now), (far, then) in pairwise(stops)
        ]
        is_flown = left["caravan:mode"] == "air"
        assert max(speeds[:-1] if is_flown else speeds) < 75
        assert speeds[-1] < (800 if is_flown else 75)
        hours[left["caravan:mode"]].add(lot.word)
    assert {mode: len(lots) for mode, lots in hours.items()} == {"road": 2, "air": 1}


# ----------------------------------------------------------------------------- labelled


def test_every_event_says_that_it_is_simulated():
    assert all(body["caravan:simulated"] is True for body in logged())


def test_parties_are_labelled_and_only_legal_persons_have_names():
    for statement in map(parse_statement, season(SMALL).directory_statements()):
        body = parse_canonical(statement.body)
        assert body["party"].startswith(f"https://{HOST}/id/party/sim-")
        if body["action"] == "admit":
            is_household = body["kind"] == "household"
            assert ("name" in body) != is_household
            assert is_household or re.match("模拟.+ sim ", body["name"])


def test_keys_are_named_after_what_they_are_for():
    functions = {word.split("/")[1] for d in season().drafts for word in d.signers}
    assert functions == {
        *("analyser", "app", "driver-1", "escort-1", "freight", "goods-in", "handler"),
        *("office", "packing", "phone", "process", "quality", "receiving", "register"),
        *("rounds", "tests", "till"),
    }


def test_nobody_states_more_than_the_role_allows():
    for statement in map(parse_statement, season().directory_statements()):
        body = parse_canonical(statement.body)
        if body["action"] == "admit":
            allowed = role_rights(body["kind"])
            steps = {tuple(step) for step in body["rights"]["steps"]}
            assert steps <= allowed.steps, body["party"]
            assert set(body["rights"]["persistent"]) <= allowed.persistent


# ----------------------------------------------------------------------------- the same


def test_two_runs_give_the_same_bytes():
    first, second = (
        list(
            Season(
                origin=ORIGIN, registrar=REGISTRAR, secret=b"s", start=START, plan=SMALL
            ).statements()
        )
        for _ in range(2)
    )
    assert first == second
    assert len(first) == len(set(first))


def test_the_bytes_are_the_same_on_every_machine():
    sha256 = hashlib.sha256()
    for draft in season().drafts:
        sha256.update(canonical(draft.body))
    assert sha256.hexdigest()[:32] == "857e3710f7fddd2ce868477f349fe6db"


def test_another_secret_makes_other_keys_and_no_other_events():
    mine, other = season(SMALL), season(SMALL, secret=b"another")
    assert [d.body for d in mine.drafts] == [d.body for d in other.drafts]
    keys = [
        re.findall(rb"\+[0-9a-f]{8}", next(each.event_statements()))[0]
        for each in (mine, other)
    ]
    assert keys[0] != keys[1]


def test_a_season_of_the_latest_start_is_over():
    last = max(moment(draft.body) for draft in season().drafts)
    assert 0 < START_MS - last.timestamp() * 1000 < 48 * 3600 * 1000


def test_a_lot_that_asks_for_more_powder_than_there_is_is_no_season():
    greedy = Plan(
        days=36,
        milkers=(2, 1),
        lots=(LotPlan(first_run=0, runs=1, pouches=80, recalled_run=0),),
    )
    with pytest.raises(ValueError, match="more than its runs gave"):
        season(greedy)


# ----------------------------------------------------------------------------- balanced


def test_every_step_gives_out_what_it_took_in():
    milk = Counter()
    for body in samples():
        day = (
            f"{body['eventTime'][:10]}-{'am' if body['eventTime'][11] == '0' else 'pm'}"
        )
        herd = body["epcList"][0].split("/")[-2]
        milk[herd, day] += reading(body, "milk")
    for body in logged():
        if body["type"] != "TransformationEvent":
            continue
        given = sum(masses(body, "outputQuantityList").values())
        given += sum(part["quantity"] for part in body["caravan:loss"])
        if "inputEPCList" in body:
            herd, day = next(iter(results(body))).split("/")[-2:]
            taken = milk.pop((herd, day))
        else:
            taken = sum(masses(body, "inputQuantityList").values())
        assert given == taken, record(body)
    assert not milk


def test_what_is_made_is_used_thrown_away_or_still_there():
    left = Counter()
    # By their own time: some are entered late.
    for body in sorted(logged(), key=moment):
        for lot, kilograms in masses(body, "outputQuantityList").items():
            left[lot] += kilograms
        for lot, kilograms in masses(body, "inputQuantityList").items():
            left[lot] -= kilograms
            assert left[lot] >= 0
        if body.get("action") == "DELETE" or body["bizStep"] == "stock_taking":
            for lot, kilograms in masses(body, "quantityList").items():
                left[lot] -= kilograms
    goods = {lot.id for lot in season().lots}
    assert {lot for lot, kilograms in left.items() if kilograms} == goods
    assert sum(left[lot] for lot in goods) == 1500 * NET_KG


def test_nothing_is_sold_twice_or_before_it_is_on_the_shelf():
    shelved = {epc: moment(b) for b in of_kind("shelf") for epc in b["epcList"]}
    sales = [b for b in logged() if b["bizStep"] == "retail_selling"]
    sold = [epc for body in sales for epc in body["epcList"]]
    assert len(sold) == len(set(sold))
    assert all(shelved[body["epcList"][0]] < moment(body) for body in sales)


# ---------------------------------------------------------------------------- plausible


@pytest.mark.parametrize(
    ("component", "low", "high", "average"),
    [
        ("fat", "3.6", "7.9", ("5.5", "6.1")),
        ("protein", "3.1", "4.4", ("3.6", "3.9")),
    ],
)
def test_composition_is_that_of_bactrian_milk(component, low, high, average):
    values = [reading(body, component) for body in samples()]
    assert Decimal(low) <= min(values)
    assert max(values) <= Decimal(high)
    assert Decimal(average[0]) < mean(values) < Decimal(average[1])


def test_yields_are_those_of_bactrians():
    by_animal, by_day = Counter(), defaultdict(list)
    for body in samples():
        by_animal[body["epcList"][0], body["eventTime"][:10]] += reading(body, "milk")
    for (_, day), kilograms in by_animal.items():
        assert Decimal("0.3") < kilograms < 5
        by_day[day].append(kilograms)
    milkings = Counter(body["eventTime"][:10] for body in samples())
    full = [by_day[day] for day, count in milkings.items() if count >= 2 * 58]
    assert len(full) == 116
    for herd in full:
        assert Decimal("1.0") < mean(herd) < Decimal("3.8")
        assert Decimal("0.10") < pstdev(herd) / mean(herd) < Decimal("0.60")


def test_readings_are_not_repeated_more_than_meters_repeat_them():
    series = defaultdict(list)
    for body in samples():
        tenths = round(reading(body, "milk"), 1)
        series[body["epcList"][0], body["eventTime"][11:13] < "12"].append(tenths)
    pairs = [pair for values in series.values() for pair in pairwise(values)]
    # Of these, readings are of half a day and lie close together.
    assert sum(a == b for a, b in pairs) / len(pairs) < 0.30


def test_a_rainstorm_stops_milking_and_takes_some_of_the_yield():
    total = Counter()
    for body in samples():
        total[date.fromisoformat(body["eventTime"][:10])] += reading(body, "milk")
    storm = START + timedelta(days=SEASON.rain[0])
    days = (-2, 0, 2)
    before, during, after = (total[storm + timedelta(days=day)] for day in days)
    assert during == 0
    assert before * Decimal("0.7") < after < before


def test_calves_grow_and_camels_weigh_what_camels_weigh():
    wrong = {body["eventID"] for body in logged() if "errorDeclaration" in body}
    weights = defaultdict(dict)
    for body in of_kind("weight") + of_kind("birth"):
        if body["eventID"] not in wrong:
            weights[body["epcList"][0]][moment(body)] = reading(body, "weight")
    calves = {body["epcList"][0] for body in of_kind("birth")}
    for animal, weighed in weights.items():
        times = sorted(weighed)
        if animal not in calves:
            assert all(400 < kilograms < 725 for kilograms in weighed.values())
            continue
        assert 28 <= weighed[times[0]] <= 45
        for earlier, later in pairwise(times):
            if (later - earlier).days >= 28:
                gain = (weighed[later] - weighed[earlier]) / (later - earlier).days
                assert Decimal("-0.2") < gain < Decimal("0.95"), animal


def test_milk_is_cold_in_two_hours_and_heated_within_two_days():
    assert all(reading(body, "cooling_time") <= 120 for body in of_kind("cooling"))
    assert all(reading(b, "temperature_after") <= 4 for b in of_kind("cooling"))
    milked = {lot: moment(body) for body in process("milking") for lot in results(body)}
    for body in process("pasteurising"):
        lots = [
            lot for level in levels(*results(body)) for lot in level & milked.keys()
        ]
        oldest = min(milked[lot] for lot in lots)
        assert (moment(body) - oldest).total_seconds() < 48 * 3600


def test_ratios_are_those_of_a_dairy():
    for body in process("spray drying"):
        milk = sum(masses(body, "inputQuantityList").values())
        powder = sum(masses(body, "outputQuantityList").values())
        assert Decimal("5.8") < milk / powder < Decimal("7.5")
    for body in process("receiving"):
        loaded = sum(masses(body, "inputQuantityList").values())
        received = sum(masses(body, "outputQuantityList").values())
        assert Decimal("0.985") < received / loaded < Decimal("1.003")
    for body in process("milking"):
        can = sum(masses(body, "outputQuantityList").values())
        home = sum(part["quantity"] for part in body["caravan:loss"])
        assert Decimal("0.80") < can / (can + home) <= 1


def test_tests_at_the_station_are_within_what_is_published():
    accepted = [b for b in of_kind("test") if b["disposition"] == "conformant"]
    assert len(accepted) == 943
    for body in accepted:
        assert Decimal("1.028") <= reading(body, "density") <= Decimal("1.036")
        assert Decimal("17") <= reading(body, "acidity") <= Decimal("23")
        freezing = reading(body, "freezing_point")
        assert Decimal("-0.671") <= freezing <= Decimal("-0.543")


# ------------------------------------------------------------------------------ planted


def test_the_recall_is_found_two_steps_up_and_nowhere_nearer():
    marks = season().landmarks
    powders, tanks, *further = levels(marks.recalled_pouch, marks.recalled_lot)

    assert marks.recalled_tank in tanks
    assert set(alarms()[marks.recalled_tank]) == {"non_conformant", "recalled"}
    clean = {marks.recalled_pouch, marks.recalled_lot, marks.trade_item}
    clean |= powders | tanks - {marks.recalled_tank} | set().union(*further)
    assert not clean & alarms().keys()


@pytest.mark.parametrize("pouch", ["pouch", "flown_pouch"])
def test_nothing_that_a_good_pouch_is_made_of_or_in_has_an_alarm(pouch):
    marks = season().landmarks
    lots = {marks.pouch: season().lots[0], marks.flown_pouch: season().lots[2]}
    serial = getattr(marks, pouch)
    lot = lots[serial]

    made_of = set().union(*levels(serial, lot.id))
    carton = next(carton.id for carton in lot.cartons if serial in carton.pouches)

    assert len([name for name in made_of if "/animal/" in name]) == 60
    assert not {serial, lot.id, carton, lot.pallet, *made_of} & alarms().keys()


def test_what_goes_wrong_is_what_was_planted():
    found = Counter(word for words in alarms().values() for word in words)
    held = [epc for body in of_kind("held") for epc in body["epcList"]]
    assert found == {
        "declared": 1,  # a calf's weight
        "destroyed": 2,  # two cans that were sour
        "inactive": 3,  # a pouch of each lot that leaked
        "non_conformant": 3,  # the cans, and the tank
        # The tank, what shops still had, and what a stranger says of a pouch.
        "recalled": 1 + len(held) + 1,
    }
    assert season().planted == {"late": 15, "sequence-gap": 1}


def test_the_typing_error_stands_beside_its_correction():
    (declaration,) = (body for body in logged() if "errorDeclaration" in body)
    (corrective,) = declaration["errorDeclaration"]["correctiveEventIDs"]
    (right,) = (body for body in logged() if body["eventID"] == corrective)
    assert reading(declaration, "weight") == 10 * reading(right, "weight")
    assert right["epcList"] == [season().landmarks.corrected_calf]


@pytest.mark.parametrize("plan", [SEASON, SMALL], ids=["season", "small"])
@pytest.mark.parametrize(
    ("pouch", "number"),
    [("pouch", 0), ("flown", 2), ("recalled", 1), ("voided", 0), ("disputed", 0)],
)
def test_the_path_on_a_pouch_names_the_lot_and_serial_it_was_packed_as(
    plan, pouch, number
):
    lot = season(plan).lots[number]
    marks = season(plan).landmarks
    name = pouch if pouch == "pouch" else f"{pouch}_pouch"
    path = getattr(marks, f"{name}_path")
    item, packed_in, serial = re.fullmatch(
        r"(/01/[0-9]{14})(/10/[^/]+)(/21/[^/]+)", path
    ).groups()

    assert lot.id == f"https://id.gs1.org{item}{packed_in}"
    assert getattr(marks, name) == f"https://id.gs1.org{item}{serial}"
    assert serial.rpartition("/")[2] in lot.serials


def test_landmarks_are_pouches_of_their_own():
    marks = season().landmarks
    pouches = {getattr(marks, name) for name in dir(marks) if name.endswith("pouch")}
    assert len(pouches) == 5
