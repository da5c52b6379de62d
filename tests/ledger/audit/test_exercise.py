"""The trace exercise: of true goods nothing is left over, and what is off is named."""

import csv
import hashlib
import io
import json
import tomllib
from contextlib import closing
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

import ledger.audit.printout
from ledger.audit.events import Events
from ledger.audit.exercise import drawn, run_exercise, trace_back, trace_forward
from ledger.audit.printout import COLUMNS, as_csv, as_json, as_lines
from ledger.audit.spool import Spool
from ledger.audit.stock import Goods
from ledger.audit.whereabouts import Whereabouts
from ledger.audit.worksheetpage import as_page
from ledger.encoding import canonical
from ledger.errors import NotFoundError
from ledger.simulate.names import logistic_unit_id
from ledger.simulate.plan import SMALL
from ledger.statement import parse_statement
from tests.support.forge import HOST, ORIGIN, Forge, begun
from tests.support.seasons import season

KG, GRAM = 10**15, 10**12
GTIN = "https://id.gs1.org/01/09520123456788"
LOT = f"{GTIN}/10/L1"
COW = f"https://{HOST}/id/animal/spring/7"
SHOP = f"https://{HOST}/id/party/shop"


def thing(word):
    return f"https://{HOST}/id/goods/{word}"


def kg(name, amount):
    known = {"epcClass": name}
    return (
        known
        if amount is None
        else known | {"quantity": Decimal(str(amount)), "uom": "KGM"}
    )


def serial(number):
    return f"{GTIN}/21/{number}"


class Told:
    """What statements tell, one after the other."""

    def __init__(self):
        self.forge = begun()
        self.number = 0

    def event(self, **members):
        self.number += 1
        time = f"2026-06-{1 + self.number:02d}T06:00:00+08:00"
        plain = {"action": None, "epcList": None, "eventTime": time}
        return self.forge.event(self.number, **(plain | members))

    def made(self, process, inputs, outputs, loss=None, **members):
        losses = [{"quantity": loss, "uom": "KGM", "reason": "spilt"}] if loss else None
        plain = {
            "type": "TransformationEvent",
            "bizStep": "creating_class_instance",
            "inputQuantityList": [kg(*each) for each in inputs] or None,
            "outputQuantityList": [kg(*each) for each in outputs] or None,
            "caravan:process": process,
            "caravan:loss": losses,
        }
        return self.event(**plain | members)

    def milked(self, name, amount):
        return self.made("milking", [], [(name, amount)], inputEPCList=[COW])

    def counted(self, name, amount):
        return self.event(
            action="OBSERVE", bizStep="stock_taking", quantityList=[kg(name, amount)]
        )

    def packed(self, source, amount, *numbers, told=None, lot=LOT):
        return self.made(
            "packing",
            [(source, amount)],
            [],
            outputEPCList=[serial(number) for number in numbers] or None,
            outputQuantityList=[
                {
                    "epcClass": lot,
                    "quantity": len(numbers) if told is None else told,
                    "uom": "H87",
                }
            ],
        )

    def product(self, grams=500):
        return self.event(
            action="ADD",
            bizStep="commissioning",
            quantityList=[{"epcClass": GTIN}],
            ilmd={"gs1:netContent": {"uom": "GRM", "value": grams}},
        )

    def saw(self, step, *names, **members):
        return self.event(action="OBSERVE", bizStep=step, epcList=[*names], **members)

    def goods(self):
        return Goods(Events(ORIGIN, self.forge.entries))


@pytest.fixture
def told():
    """A kilogram of milk, half of it powder, and that in one pack."""
    told = Told()
    told.product()
    told.milked(thing("milk"), 4)
    told.made("drying", [(thing("milk"), 4)], [(thing("powder"), 1)], loss=3)
    return told


@cache
def entries():
    forge = Forge()
    forge.genesis()
    return [forge.entries[0], *season(SMALL).statements()]


@cache
def of_season():
    return Goods(Events(ORIGIN, entries()))


def off(half):
    return {(row.table, row.subject, row.difference) for row in half.off}


# --------------------------------------------------------------------- the season


def test_every_lot_and_every_milking_of_the_season_is_accounted_for():
    goods = of_season()
    lots, milkings = goods.events.finished, goods.events.harvested

    assert len(lots) == 3
    assert len(milkings) > 200
    for lot in lots:
        half = trace_back(lot, goods)
        assert half.off == ()
        assert half.recovery == 1
        assert {row.step for row in half.table("sources")} == {"milking"}
        assert {row.step for row in half.table("tests")} >= {"inspecting", "release"}
    for milking in milkings:
        half = trace_forward(milking, goods)
        assert half.off == ()
        found = sum(row.share for row in half.table("shares"))
        assert abs(found - half.made) <= 3 * GRAM


def test_the_part_of_each_step_is_what_a_slow_count_gives():
    bodies = [
        json.loads(statement.body)
        for entry in entries()
        if (statement := parse_statement(entry)).kind == "event"
    ]
    steps = [body for body in bodies if body["type"] == "TransformationEvent"]
    lot = of_season().events.finished[0]

    def amount(body, side, name):
        return sum(
            Fraction(str(each["quantity"]))
            if each["uom"] == "KGM"
            else Fraction(each["quantity"], 2)
            for each in body.get(side, ())
            if each["epcClass"] == name
        )

    def part(name):
        if name == lot:
            return Fraction(1)
        made = sum(amount(body, "outputQuantityList", name) for body in steps)
        into = sum(
            amount(body, "inputQuantityList", name)
            * part(body["outputQuantityList"][0]["epcClass"])
            for body in steps
            if amount(body, "inputQuantityList", name)
        )
        return into / made

    checked = 0
    for row in trace_back(lot, of_season()).table("goods"):
        made = sum(amount(body, "outputQuantityList", row.subject) for body in steps)
        assert row.into == made * KG
        assert abs(row.share - part(row.subject) * made * KG) <= GRAM
        checked += 1
    assert checked > 30


def test_a_recalled_tank_stands_among_the_tests():
    goods = of_season()
    said = {
        word
        for lot in goods.events.finished
        for row in trace_back(lot, goods).table("tests")
        for word in row.note.split("; ")
    }
    assert {"non_conformant", "recalled", "conformant"} <= said


def test_who_gave_what_and_who_was_sent_what_is_told():
    lot = of_season().events.finished[0]
    half = trace_back(lot, of_season())

    milk = sum(row.share for row in half.table("sources"))
    steps = [row for row in half.table("steps") if row.step == "milking"]
    assert abs(milk - sum(row.share for row in steps)) <= len(steps) * GRAM
    assert all(row.pieces >= 2 for row in half.table("sources"))
    slips = [row for row in half.table("handovers") if "/slip/" in row.note]
    assert slips
    assert all(len(row.parties) == 4 for row in slips)
    warehouse, *shops = half.table("consignees")
    assert warehouse.pieces == sum(row.pieces for row in shops) == half.pieces - 1


# ---------------------------------------------------------------- what is left over


def test_goods_that_add_up_are_accounted_for(told):
    told.packed(thing("powder"), 1, "a", "b")
    half = trace_back(LOT, told.goods())

    assert half.off == ()
    assert (half.made, half.pieces, half.found) == (KG, 2, 2)
    assert [row.share for row in half.table("sources")] == [4 * KG]


def test_what_nobody_used_or_counted_is_left_over(told):
    told.packed(thing("powder"), 0.5, "a")
    assert off(trace_back(LOT, told.goods())) == {("goods", thing("powder"), KG // 2)}

    told.counted(thing("powder"), 0.5)
    assert trace_back(LOT, told.goods()).off == ()


def test_what_was_used_after_it_was_counted_is_not_counted_twice(told):
    told.counted(thing("powder"), 1)
    told.packed(thing("powder"), 0.5, "a")
    told.event(
        action="DELETE", bizStep="destroying", quantityList=[kg(thing("powder"), 0.125)]
    )
    (row,) = [
        row
        for row in trace_back(LOT, told.goods()).table("goods")
        if row.subject == thing("powder")
    ]
    assert (row.stock, row.lost, row.difference) == (375 * GRAM, 125 * GRAM, 0)


def test_more_used_than_made_is_off(told):
    told.packed(thing("powder"), 1.5, "a", "b", "c")
    assert off(trace_back(LOT, told.goods())) == {("goods", thing("powder"), -KG // 2)}


def test_more_out_of_a_step_than_in_is_off(told):
    told.packed(thing("powder"), 1, "a", "b", "c")
    (row,) = trace_back(LOT, told.goods()).off
    assert (row.table, row.step, row.difference) == ("steps", "packing", -KG // 2)
    assert row.running == -KG // 2


def test_a_mass_that_is_not_told_is_said_so(told):
    told.made("blending", [(thing("powder"), 1), (thing("sugar"), None)], [(LOT, 2)])
    half = trace_back(LOT, told.goods())

    assert {(row.table, row.subject, row.is_untold) for row in half.off} == {
        ("steps", LOT, True),
        ("goods", thing("sugar"), True),
        ("goods", LOT, False),
    }


def test_units_are_not_mixed(told):
    told.event(
        type="TransformationEvent",
        bizStep="creating_class_instance",
        inputQuantityList=[{"epcClass": thing("milk"), "quantity": 4, "uom": "LTR"}],
        outputQuantityList=[kg(LOT, 4)],
    )
    half = trace_back(LOT, told.goods())
    assert {row.subject for row in half.off if row.is_untold} == {thing("milk"), LOT}
    assert all(row.difference in (None, 4 * KG) for row in half.off)


def test_of_what_went_elsewhere_too_the_part_is_counted_and_the_rest_named(told):
    told.packed(thing("powder"), 0.25, told=1)
    told.packed(thing("powder"), 0.75, told=1, lot=f"{GTIN}/10/L2")
    half = trace_back(LOT, told.goods())

    shares = {row.subject: row.share for row in half.table("goods")}
    assert shares[thing("powder")] == KG // 4
    assert shares[thing("milk")] == KG
    (row,) = [r for r in half.table("goods") if r.subject == thing("powder")]
    assert row.note == f"also in: {GTIN}/10/L2"


def test_events_with_one_transformation_id_are_one_step(told):
    shared = {"transformationID": thing("run")}
    told.made("packing", [(thing("powder"), 1)], [], **shared)
    told.made("packing", [], [(LOT, 1)], **shared)
    half = trace_back(LOT, told.goods())

    (row, *_) = half.table("steps")
    assert (row.into, row.out, row.difference) == (KG, KG, 0)
    assert len(row.entries) == 2


def test_a_vessel_that_was_filled_is_a_step(told):
    told.event(
        type="AggregationEvent",
        action="ADD",
        bizStep="loading",
        parentID=thing("tanker"),
        childQuantityList=[kg(thing("powder"), 1)],
    )
    told.made("receiving", [(thing("tanker"), 1)], [(LOT, 1)])
    half = trace_back(LOT, told.goods())

    assert [row.step for row in half.table("steps")] == [
        *("receiving", "loading", "drying", "milking")
    ]


def test_what_was_declared_in_error_counts_for_nothing(told):
    at = told.made("packing", [(thing("powder"), 9)], [(LOT, 9)])
    body = json.loads(parse_statement(told.forge.entries[at]).body)
    told.forge.event(
        told.number,
        **body
        | {
            "action": None,
            "epcList": None,
            "errorDeclaration": {"declarationTime": body["eventTime"]},
        },
    )
    told.packed(thing("powder"), 1, "a", "b")

    assert trace_back(LOT, told.goods()).off == ()


def test_goods_that_came_of_themselves_end_the_walk():
    told = Told()
    told.made("blending", [(thing("a"), 1)], [(thing("b"), 1)])
    told.made("blending", [(thing("b"), 1)], [(thing("a"), 1)])
    told.made("packing", [(thing("a"), 1)], [(LOT, 1)])

    half = trace_back(LOT, told.goods())

    assert len(half.table("steps")) == 3
    assert off(half) >= {("goods", thing("a"), -KG)}
    trace_forward(thing("a"), told.goods())


# ------------------------------------------------------------------------- packs


def states(told, lot=LOT):
    found = Whereabouts(lot, told.goods().events).found
    return {name.rpartition("/")[2]: each.state for name, each in found.items()}


def test_pieces_without_a_code_and_codes_without_a_pack_are_not_found(told):
    told.event(
        action="OBSERVE",
        bizStep="encoding",
        epcList=[serial("c"), serial("d")],
        quantityList=[{"epcClass": LOT}],
    )
    told.packed(thing("powder"), 1, "a", told=2)
    told.event(action="DELETE", bizStep="decommissioning", epcList=[serial("d")])
    rows = {row.step: row for row in trace_back(LOT, told.goods()).table("packs")}

    assert (rows["told"].pieces, rows["told"].pieces_off) == (2, 1)
    assert (rows["issued"].pieces, rows["issued"].pieces_off) == (3, 1)
    assert trace_back(LOT, told.goods()).recovery == Fraction(1, 2)


def test_a_pack_is_where_it_or_what_it_is_in_was_seen_last(told):
    told.packed(thing("powder"), 1, "a", "b")
    box = logistic_unit_id(1)
    aggregate = {"type": "AggregationEvent", "parentID": box}
    told.event(
        action="ADD",
        bizStep="packing",
        childEPCs=[serial("a"), serial("b")],
        **aggregate,
    )
    told.event(
        action="DELETE", bizStep="unpacking", childEPCs=[serial("b")], **aggregate
    )
    told.saw(
        "shipping",
        box,
        destinationList=[{"type": "possessing_party", "destination": SHOP}],
    )
    assert states(told) == {"a": "away", "b": "there"}
    packs = Whereabouts(LOT, told.goods().events)
    (shop,) = packs.consignees
    assert (shop.names, shop.sent, shop.under_way, shop.untold) == ((SHOP,), 1, 1, 0)

    told.saw("receiving", box, readPoint={"id": SHOP})
    assert states(told) == {"a": "there", "b": "there"}
    told.saw("retail_selling", serial("a"), readPoint={"id": SHOP})
    told.saw("inspecting", box)
    assert states(told) == {"a": "sold", "b": "there"}
    told.saw("returning", serial("a"), disposition="returned")
    assert states(told)["a"] == "there"
    told.saw("destroying", serial("a"), disposition="destroyed")
    told.saw("inspecting", serial("a"))
    assert states(told)["a"] == "ended"


def test_a_pack_that_was_sold_after_its_end_says_both(told):
    told.packed(thing("powder"), 1, "a", "b")
    told.saw("decommissioning", serial("a"), disposition="inactive")
    told.saw("retail_selling", serial("a"), disposition="retail_sold")

    rows = trace_back(LOT, told.goods()).table("packs")
    (sold,) = [row for row in rows if row.step == "sold"]
    assert sold.note == "inactive; retail_sold"


# -------------------------------------------------------------- drawing and printing


def test_a_draw_can_be_repeated_by_anybody():
    names = [thing(number) for number in range(50)]

    def rank(name):
        return hashlib.sha256(f"Li Na\nff00\n{name}".encode()).hexdigest()

    assert drawn(names, "lot", seed="Li Na", root="ff00") == sorted(names, key=rank)[0]
    assert len({drawn(names, "lot", seed=f"{s}", root="ff00") for s in range(40)}) > 20
    with pytest.raises(NotFoundError):
        drawn([], "lot", seed="1", root="ff00")


@pytest.mark.parametrize("name", [thing("never"), thing("milk")])
def test_what_nothing_made_cannot_be_traced(name):
    told = Told()
    told.counted(thing("milk"), 1)
    with pytest.raises(NotFoundError, match="nothing in the ledger"):
        trace_back(name, told.goods())
    with pytest.raises(NotFoundError, match="nothing in the ledger"):
        trace_forward(name, told.goods())


def exercise(told, **given):
    known = {"origin": ORIGIN, "tree_size": 9, "root": "ff00", "seed": "1"}
    return run_exercise(told.goods(), **known | given)


def test_every_form_has_every_line_and_says_what_is_off(told):
    told.packed(thing("powder"), 0.5, "a")
    done = exercise(told, lot=LOT, harvest=thing("milk"))
    lines = [row for half in (done.back, done.forward) for row in half.rows]

    text = as_csv(done)
    assert text.startswith("\ufeff")
    table = [*csv.reader(io.StringIO(text.removeprefix("\ufeff")))]
    assert tuple(table[0]) == COLUMNS
    assert len(table) == 1 + len(lines)
    told_off = [row for row in table if row[COLUMNS.index("adds_up")] == "no"]
    assert {row[COLUMNS.index("difference_kg")] for row in told_off} == {"0.5"}
    assert not done.is_accounted

    document = json.loads(canonical(as_json(done)))
    assert document["is_accounted"] is False
    assert document["back"]["lines_off"] == 1
    assert sum(len(rows) for rows in document["back"]["tables"].values()) == len(
        done.back.rows
    )
    for language, word in (("en", "NOT ACCOUNTED FOR"), ("zh", "未能全部查明")):
        page = as_page(done, language)
        assert word in page
        assert page.count('<tr class="off">') == 2
        assert word in "\n".join(as_lines(done, language))


def test_hostile_words_steer_neither_page_nor_spreadsheet_nor_terminal(told):
    evil = "=1+1<script>\u202e\x1b[2J"
    told.made(
        "=cmd",
        [(thing("powder"), 1)],
        [(LOT, 1)],
        **{"caravan:loss": [{"quantity": 0, "uom": "KGM", "reason": evil}]},
    )
    done = exercise(told)

    assert "<script>" not in as_page(done)
    for row in csv.reader(io.StringIO(as_csv(done).removeprefix("\ufeff"))):
        assert not any(cell.startswith("=") for cell in row)
    shown = as_page(done) + as_csv(done) + "\n".join(as_lines(done))
    assert "\u202e" not in shown
    assert "\x1b" not in shown


def test_both_languages_have_the_same_texts():
    file = Path(ledger.audit.printout.__file__).with_name("exercise.toml")
    words = tomllib.loads(file.read_text("utf-8"))
    known = {"word"}

    assert words["en"].keys() == words["zh"].keys()
    for name in words["en"].keys() - known:
        if isinstance(words["en"][name], dict):
            assert words["en"][name].keys() == words["zh"][name].keys()
    assert words["en"]["word"].keys() <= words["zh"]["word"].keys()


def test_entries_on_the_disk_are_those_that_were_put_there():
    kept = [b"a", b"", b"milk" * 5000]
    with closing(Spool()) as spool:
        for entry in (*kept, b"of a reading that was begun anew"):
            spool.append(entry)
        spool.cut(3)

        assert ([*spool], len(spool)) == (kept, 3)
        spool.cut(1)
        spool.append(b"other")
        assert [*spool] == [b"a", b"other"]
        for index in (-1, 2):
            with pytest.raises(IndexError):
                spool[index]
