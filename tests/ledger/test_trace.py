"""The graph of goods: links, sums, findings, and the same both ways."""

from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.directory import Directory
from ledger.errors import LedgerError, NotFoundError, StoreError, TooLargeError
from ledger.event import parse_event
from ledger.goods import LoggedEvent, read_event
from ledger.lookup import KeptEvents, ListedEvents, ReplayedEvents
from ledger.replay import Occurrences, Replay
from ledger.telling import BACK, BOTH, FORTH, NOTHING, telling
from ledger.trace import parse_direction, parse_trace, trace
from tests.support.forge import (
    HOST,
    ORIGIN,
    OTHER_PARTY,
    PARTY,
    PLACE,
    STEPS,
    WELL,
    begun,
    event_body,
)

GTIN = "https://id.gs1.org/01/09521321000018"
OTHER_GTIN = "https://id.gs1.org/01/09520123456788"
POWDER = f"{GTIN}/10/P1"
CARTON = "https://id.gs1.org/00/095213210000000018"
PALLET = "https://id.gs1.org/00/095213210000000025"


def goods(name):
    return f"https://{HOST}/id/goods/{name}"


def serial(number, item=GTIN):
    return f"{item}/21/{number}"


def amount(name, quantity=None, uom=None):
    element = {"epcClass": name, "quantity": quantity, "uom": uom}
    return {member: value for member, value in element.items() if value is not None}


def transformation(inputs=(), outputs=(), **members):
    sides = {"inputQuantityList": [*inputs], "outputQuantityList": [*outputs]}
    return {
        "type": "TransformationEvent",
        "action": None,
        "epcList": None,
        "bizStep": "creating_class_instance",
        **{side: elements or None for side, elements in sides.items()},
    } | members


def packing(parent, children=(), **members):
    return {
        "type": "AggregationEvent",
        "action": "ADD",
        "bizStep": "packing",
        "epcList": None,
        "parentID": parent,
        "childEPCs": [*children],
    } | members


def making(serials, lots, **members):
    return {
        "action": "ADD",
        "bizStep": "commissioning",
        "epcList": [*serials],
        "quantityList": [*lots],
    } | members


def shipping(names, *destinations, **members):
    listed = [{"type": kind, "destination": name} for kind, name in destinations]
    return {
        "bizStep": "shipping",
        "epcList": [*names],
        "destinationList": listed or None,
    } | members


def logged(*told):
    """Return events with the indices 10, 11, …; a pair names another party."""
    found = []
    for number, item in enumerate(told, start=1):
        party, members = item if isinstance(item, tuple) else (PARTY, item)
        event = parse_event(event_body(number, **members), host=HOST)
        found.append(LoggedEvent(9 + number, (party,), event))
    return found


def finder(events):
    by_subject = defaultdict(list)
    for each in events:
        for subject in each.event.subjects:
            by_subject[subject].append(each)
    return lambda subjects: [e for name in subjects for e in by_subject[name]]


def traced(subject, direction, *told, **options):
    return trace(
        subject,
        direction,
        origin=ORIGIN,
        tree_size=99,
        events_about=finder(logged(*told)),
        **options,
    )


def levels(answer):
    return {node.subject: node.level for node in answer.nodes}


def node_of(answer, subject):
    (found,) = (node for node in answer.nodes if node.subject == subject)
    return found


def said(totals):
    return [f"{total.total} {total.uom}".rstrip() for total in totals]


SEASON = (
    transformation([amount(goods("can-1"), 40, "KGM")], [amount(goods("tank"), 100)]),
    transformation([amount(goods("can-2"), 60, "KGM")], [amount(goods("tank"))]),
    transformation([amount(goods("tank"))], [amount(POWDER, Decimal("15.5"), "KGM")]),
    making([serial(1), serial(2)], [amount(POWDER, 2)]),
    packing(CARTON, [serial(1), serial(2)]),
    packing(PALLET, [CARTON]),
    shipping([PALLET], ("owning_party", OTHER_PARTY), ("location", PLACE)),
)


# ------------------------------------------------------------------------------ links


def test_back_goes_level_by_level_to_every_input():
    answer = traced(serial(1), "back", *SEASON)

    assert levels(answer) == {
        serial(1): 0,
        POWDER: 1,
        goods("tank"): 2,
        goods("can-1"): 3,
        goods("can-2"): 3,
    }
    assert [link.statements for link in answer.links] == [(10,), (11,), (12,), (13,)]
    assert answer.recall is None


def test_forth_goes_on_to_serials_cartons_and_pallets():
    answer = traced(goods("can-1"), "forth", *SEASON)

    assert levels(answer) == {
        goods("can-1"): 0,
        goods("tank"): 1,
        POWDER: 2,
        serial(1): 3,
        serial(2): 3,
        CARTON: 4,
        PALLET: 5,
    }


def test_a_recall_lists_serials_units_shipments_and_consignees():
    recall = traced(goods("can-2"), "forth", *SEASON).recall

    assert recall.serials == (serial(1), serial(2))
    assert recall.logistic_units == (CARTON, PALLET)
    (shipment,) = recall.shipments
    assert (shipment.index, shipment.subjects) == (16, (PALLET,))
    assert [(c.id, c.types, c.statements) for c in recall.consignees] == [
        (OTHER_PARTY, ("owning_party",), (16,)),
        (PLACE, ("location",), (16,)),
    ]


def test_a_shipment_to_nobody_is_listed_too():
    recall = traced(PALLET, "forth", shipping([PALLET])).recall

    assert [shipment.destinations for shipment in recall.shipments] == [()]
    assert recall.consignees == ()


def test_whom_goods_were_packed_for_is_a_consignee_but_that_is_no_shipment():
    to = [{"type": "possessing_party", "destination": OTHER_PARTY}]

    answer = traced(
        serial(1), "forth", packing(CARTON, [serial(1)], destinationList=to)
    )

    assert answer.recall.shipments == ()
    assert [(c.id, c.statements) for c in answer.recall.consignees] == [
        (OTHER_PARTY, (10,))
    ]
    assert [each.index for each in answer.statements] == [10]


@pytest.mark.parametrize("value", [3, ["x"], [{"type": "location"}], {"a": 1}])
def test_a_destination_of_another_form_names_nobody(value):
    recall = traced(PALLET, "forth", shipping([PALLET], destinationList=value)).recall

    assert recall.consignees == ()
    assert [shipment.index for shipment in recall.shipments] == [10]


def test_events_that_share_a_transformation_are_one():
    shared = {"transformationID": goods("drying-7")}
    told = (
        transformation([amount(goods("milk"))], **shared),
        transformation([], [amount(POWDER)], **shared),
    )

    assert levels(traced(goods("milk"), "forth", *told)) == {
        goods("milk"): 0,
        POWDER: 1,
    }
    (link,) = traced(POWDER, "back", *told).links
    assert link.statements == (10, 11)


def test_single_things_are_inputs_and_outputs_like_classes():
    told = transformation(
        inputEPCList=[goods("animal-7")],
        outputEPCList=[serial(1)],
        outputQuantityList=[amount(POWDER)],
    )

    answer = traced(goods("animal-7"), "forth", told)

    assert levels(answer) == {goods("animal-7"): 0, POWDER: 1, serial(1): 1}
    assert [link.kind for link in answer.links] == ["lot", "transformation"]


def test_a_tag_leads_to_its_animal():
    told = packing(goods("animal-7"), [goods("tag-1")], type="AssociationEvent")

    (link,) = traced(goods("tag-1"), "forth", told).links

    assert link.kind == "association"
    assert link.outputs[0].subject == goods("animal-7")


def test_what_was_taken_out_of_a_parent_was_in_it():
    told = packing(CARTON, [serial(1)], action="DELETE")

    assert CARTON in levels(traced(serial(1), "forth", told))


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(
            making([serial(1, OTHER_GTIN)], [amount(POWDER)]), id="other-item"
        ),
        pytest.param(making([goods("bag")], [amount(POWDER)]), id="no-serial"),
        pytest.param(making([serial(1)], [amount(GTIN)]), id="item-without-lot"),
        pytest.param(shipping([POWDER, serial(1)]), id="only-listed-together"),
        pytest.param(
            packing(None, [POWDER, serial(1)], action="OBSERVE"), id="no-parent"
        ),
        pytest.param(transformation([amount(POWDER)]), id="outputs-elsewhere"),
    ],
)
def test_what_does_not_say_that_it_belongs_together_links_nothing(told):
    answer = traced(POWDER, "forth", told, shipping([POWDER]))

    assert levels(answer) == {POWDER: 0}
    assert answer.links == ()


# ------------------------------------------------------------------------- quantities


def test_quantities_are_summed_by_role_and_by_unit_exactly():
    tank = goods("tank")
    told = (
        transformation([], [amount(tank, Decimal("0.1"), "KGM")]),
        transformation([], [amount(tank, 200, "GRM"), amount(tank, 3, "LTR")]),
        transformation([], [amount(tank, Decimal("4.5"), "DLT"), amount(tank, 2)]),
        transformation([amount(tank, 7, "H87"), amount(tank, 1, "EA")]),
        transformation([amount(tank, 9, "XYZ"), amount(tank)]),
        making([], [amount(tank, 1, "KGM")], epcList=None),
        making([], [amount(tank, 5, "KGM")], epcList=None, action="OBSERVE"),
    )

    quantities = node_of(traced(tank, "back", *told), tank).quantities

    assert said(quantities["output"]) == ["2", "0.3 KGM", "3.45 LTR"]
    assert said(quantities["input"]) == ["1 EA", "7 H87", "9 XYZ"]
    assert said(quantities["created"]) == ["1 KGM"]
    assert [total.dimension for total in quantities["output"]] == [
        "count",
        "mass",
        "volume",
    ]
    assert [total.dimension for total in quantities["input"]][-1] == "unknown"


def test_no_digit_of_a_sum_is_lost():
    large, small = 999_999_999_999_999, Decimal("0.000001")
    told = [
        transformation([], [amount(POWDER, large, "TNE"), amount(POWDER, 1, "MC")]),
        transformation([], [amount(POWDER, small, "MC")]),
    ]

    quantities = node_of(traced(POWDER, "back", *told), POWDER).quantities

    assert said(quantities["output"]) == ["999999999999999000.000000001000001 KGM"]


def test_a_link_has_the_quantities_of_its_own_statements():
    told = (
        transformation([amount(goods("tank"), 30, "KGM")], [amount(POWDER)]),
        transformation([amount(goods("tank"), 50, "KGM")], [amount(goods("cream"))]),
    )

    answer = traced(POWDER, "back", *told)

    (link,) = answer.links
    assert said(link.inputs[0].quantities) == ["30 KGM"]
    assert said(node_of(answer, goods("tank")).quantities["input"]) == ["80 KGM"]


@pytest.mark.parametrize("quantity", [True, "3", None, [1], {"value": 1}])
def test_what_is_no_number_adds_to_no_sum(quantity):
    told = transformation([], [amount(POWDER) | {"quantity": quantity, "uom": "KGM"}])

    assert node_of(traced(POWDER, "back", told), POWDER).quantities == {"output": ()}


# --------------------------------------------------------------- errors, alarms, cycles


def test_an_event_declared_in_error_is_left_out_and_listed():
    wrong = transformation([amount(goods("wrong"))], [amount(POWDER, 9, "KGM")])
    right = transformation([amount(goods("right"))], [amount(POWDER, 1, "KGM")])
    declared = wrong | {"eventID": event_body(1)["eventID"], "errorDeclaration": {}}

    answer = traced(POWDER, "back", wrong, right, declared)

    assert levels(answer) == {POWDER: 0, goods("right"): 1}
    assert said(node_of(answer, POWDER).quantities["output"]) == ["1 KGM"]
    assert [(left.index, left.declared_by) for left in answer.left_out] == [(10, 12)]


def test_nobody_declares_anothers_event_in_error():
    told = transformation([amount(goods("milk"))], [amount(POWDER)])
    copied = told | {"eventID": event_body(1)["eventID"]}
    declared = copied | {"errorDeclaration": {}}

    answer = traced(
        POWDER, "back", told, (OTHER_PARTY, copied), (OTHER_PARTY, declared)
    )

    assert levels(answer) == {POWDER: 0, goods("milk"): 1}
    assert [left.index for left in answer.left_out] == [11]


def test_alarms_stand_with_what_they_are_about():
    raised = {
        "epcList": [goods("tank")],
        "persistentDisposition": {"set": ["recalled"]},
    }
    failed = {"epcList": [goods("tank")], "disposition": "non_conformant"}
    lifted = raised | {"persistentDisposition": {"unset": ["recalled"]}}

    answer = traced(POWDER, "back", *SEASON, raised, failed, lifted)

    assert [
        (alarm.index, alarm.raised, alarm.lifted)
        for alarm in node_of(answer, goods("tank")).alarms
    ] == [
        (17, ("recalled",), ()),
        (18, ("non_conformant",), ()),
        (19, (), ("recalled",)),
    ]
    assert node_of(answer, POWDER).alarms == ()
    assert {17, 18, 19} <= {each.index for each in answer.statements}


@pytest.mark.parametrize("direction", ["back", "forth"])
def test_goods_that_came_of_themselves_are_a_finding(direction):
    told = (
        transformation([amount(goods("a"))], [amount(goods("b"))]),
        transformation([amount(goods("b"))], [amount(goods("c"))]),
        transformation([amount(goods("c"))], [amount(goods("a"))]),
    )

    answer = traced(goods("a"), direction, *told)

    (finding,) = answer.findings
    assert finding.code == "cycle"
    assert finding.subjects == (goods("a"), goods("b"), goods("c"))
    assert finding.statements == (10, 11, 12)
    assert len(answer.nodes) == 3


def test_a_tank_that_is_filled_up_is_a_cycle_of_one():
    told = transformation(
        [amount(goods("tank")), amount(goods("can"))], [amount(goods("tank"))]
    )

    (finding,) = traced(goods("can"), "forth", told).findings

    assert finding.subjects == (goods("tank"),)


def test_two_ways_to_one_thing_are_no_cycle():
    told = (
        transformation(
            [amount(goods("milk"))], [amount(goods("cream")), amount(goods("whey"))]
        ),
        transformation([amount(goods("cream"))], [amount(POWDER)]),
        transformation([amount(goods("whey"))], [amount(POWDER)]),
    )

    assert traced(POWDER, "back", *told).findings == ()


def test_a_serial_in_two_lots_is_a_finding_and_both_are_followed():
    other = f"{GTIN}/10/P2"

    answer = traced(
        serial(1),
        "back",
        making([serial(1)], [amount(POWDER)]),
        shipping([serial(1)], quantityList=[amount(other)]),
    )

    assert levels(answer) == {serial(1): 0, POWDER: 1, other: 1}
    (finding,) = answer.findings
    assert finding.code == "two-lots"
    assert finding.subjects == (serial(1), POWDER, other)


def test_a_very_long_way_is_no_trouble():
    told = [
        transformation([amount(goods(str(n)))], [amount(goods(str(n + 1)))])
        for n in range(1500)
    ]

    assert len(traced(goods("0"), "forth", *told).nodes) == 1501


# ---------------------------------------------------------------------- limits, parsing


def test_what_nobody_spoke_of_is_not_found():
    with pytest.raises(NotFoundError):
        traced(goods("ghost"), "back", *SEASON)


def test_more_subjects_than_the_limit_are_refused():
    assert len(traced(goods("can-1"), "forth", *SEASON, max_subjects=7).nodes) == 7
    with pytest.raises(TooLargeError, match="begin nearer"):
        traced(goods("can-1"), "forth", *SEASON, max_subjects=6)


def test_an_answer_is_read_back_as_it_was_written():
    answer = traced(goods("can-1"), "forth", *SEASON)

    assert parse_trace(answer.to_bytes()) == answer


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"format":"caravan/trace/v2"}',
        b'{"format":"\xff"}',
        b'{"nodes":' + b"[" * 100_000,
    ],
)
def test_an_answer_of_another_form_is_refused(data):
    with pytest.raises(StoreError):
        parse_trace(data)


def test_a_direction_is_one_of_two_words():
    assert [parse_direction(word) for word in ("back", "forth")] == ["back", "forth"]
    with pytest.raises(LedgerError) as refusal:
        parse_direction("up")
    assert refusal.value.code == "malformed"


# ------------------------------------------------------------------------- in a ledger


def lot_ledger():
    """Return a ledger in which two parties speak of a lot, one of them in error."""
    forge = begun()
    told = transformation([amount(goods("milk"))], [amount(POWDER)])
    subjects = (goods("milk"), POWDER)
    steps = [*STEPS, ["creating_class_instance", None]]
    forge.admit(steps=steps)
    forge.admit(OTHER_PARTY, steps=steps)
    forge.authorize(WELL, OTHER_PARTY)
    forge.add(forge.event_entry(1, **told), subjects)
    forge.add(forge.event_entry(2, **told), subjects)
    forge.seal()
    forge.add(forge.event_entry(1, WELL, **told), subjects)
    wrong = forge.event_entry(1, WELL, **told, errorDeclaration={})
    forge.add(wrong, subjects)
    forge.seal()
    return forge


def parties(answer):
    return [(said.index, said.party) for said in answer.statements]


def test_a_replayed_ledger_is_traced_with_the_party_of_each_key():
    forge = lot_ledger()

    answer = trace(
        POWDER,
        "back",
        origin=ORIGIN,
        tree_size=len(forge.entries),
        events_about=ReplayedEvents(ORIGIN, enumerate(forge.entries)),
    )

    assert levels(answer) == {POWDER: 0, goods("milk"): 1}
    first = answer.links[0].statements[0]
    assert parties(answer) == [(first, PARTY), (first + 1, PARTY)]
    assert [(left.index, left.declared_by) for left in answer.left_out] == [
        (first + 3, first + 4)
    ]


DIRECTORY = Directory(ORIGIN)


class Lists:
    """The lists of a forged ledger, and what was asked of them."""

    def __init__(self, forge):
        self.forge = forge
        self.asked = []

    def indices_about(self, subjects, below):
        return tuple(
            index
            for index, entry in enumerate(self.forge.entries[:below])
            if any(f'"{subject}"'.encode() in entry for subject in subjects)
        )

    def indices_telling(self, subjects, direction, below):
        return tuple(
            index
            for index in self.indices_about(subjects, below)
            if (logged := read_event(index, self.forge.entries[index], DIRECTORY))
            and any(
                tells & direction and subject in subjects
                for subject, tells in telling(logged.event).items()
            )
        )

    def indices_of(self, event_ids, below):
        return tuple(
            index
            for index, entry in enumerate(self.forge.entries[:below])
            if any(f'"eventID":"{name}"'.encode() in entry for name in event_ids)
        )

    def entries(self, indices):
        self.asked += indices
        return {index: self.forge.entries[index] for index in indices}


def directory_of(forge):
    replay = Replay(ORIGIN, occurrences=Occurrences())
    for entry in forge.entries[:9]:
        replay.advance(replay.judge(entry))
    return replay.directory


def test_lists_give_the_same_answer_and_each_entry_is_read_once():
    forge = lot_ledger()
    lists = Lists(forge)
    size = len(forge.entries)
    everything = ReplayedEvents(ORIGIN, enumerate(forge.entries))

    answers = [
        trace(POWDER, "back", origin=ORIGIN, tree_size=size, events_about=events)
        for events in (
            ListedEvents(
                KeptEvents(lists), directory_of(forge), "back", tree_size=size
            ),
            everything,
        )
    ]

    assert answers[0] == answers[1]
    assert len(lists.asked) == len(set(lists.asked)) == 4


def test_nothing_beyond_the_tree_size_is_read():
    forge = lot_ledger()
    lists = Lists(forge)
    first = lists.indices_about([POWDER], 99)[0]
    events = ListedEvents(
        KeptEvents(lists), directory_of(forge), "back", tree_size=first + 1
    )

    assert [logged.index for logged in events([POWDER])] == [first]


def test_more_statements_than_a_server_reads_are_refused(monkeypatch):
    monkeypatch.setattr("ledger.lookup.MAX_STATEMENTS", 3)
    forge = lot_ledger()
    kept = KeptEvents(Lists(forge))
    events = ListedEvents(kept, directory_of(forge), "back", tree_size=99)

    with pytest.raises(TooLargeError):
        list(events([POWDER]))


# --------------------------------------------------------------------------- both ways

NAMES = [goods(letter) for letter in "abcdef"] + [POWDER, serial(1), serial(2), CARTON]
SOME = st.lists(st.sampled_from(NAMES), max_size=3, unique=True)


@st.composite
def anything(draw):
    """Draw an event of any kind, about a few of ten subjects."""
    near, far = draw(SOME), draw(SOME)
    shared = draw(st.sampled_from([None, None, goods("batch"), goods("a")]))
    match draw(st.integers(0, 3)):
        case 0:
            told = transformation(
                map(amount, near),
                map(amount, far),
                inputEPCList=draw(SOME) or None,
                outputEPCList=draw(SOME) or None,
                transformationID=shared,
            )
        case 1:
            told = packing(draw(st.sampled_from(NAMES)), near)
        case 2:
            told = making(near, map(amount, far))
        case _:
            told = shipping(near)
    return told


@settings(max_examples=150, deadline=None)
@given(st.lists(anything(), max_size=8), st.sets(st.integers(0, 7), max_size=2))
def test_what_is_found_forth_is_found_back_and_the_other_way_round(told, wrong):
    told += [
        told[number]
        | {"eventID": event_body(number + 1)["eventID"], "errorDeclaration": {}}
        for number in sorted(wrong)
        if number < len(told)
    ]

    def reached(name, direction):
        try:
            return set(levels(traced(name, direction, *told)))
        except NotFoundError:
            return {name}

    back = {name: reached(name, "back") for name in NAMES}
    forth = {name: reached(name, "forth") for name in NAMES}

    for x in NAMES:
        for y in NAMES:
            assert (y in forth[x]) == (x in back[y])


# ----------------------------------------------------------------- what is passed over

OBSERVED = {
    "seen": {},
    "made": {"action": "ADD", "bizStep": "commissioning"},
    "recalled": {"disposition": "recalled"},
    "lifted": {"persistentDisposition": {"unset": ["expired"]}},
    "sent": {"bizStep": "shipping"},
    "bound-for": {"destinationList": [{"type": "location", "destination": PLACE}]},
    "counted": {"action": "ADD", "quantityList": [amount(POWDER, 3)]},
    "seen-of-a-lot": {"quantityList": [amount(POWDER)]},
    "packed": packing(CARTON, bizStep="inspecting", action="OBSERVE"),
    "shared": {"transformationID": goods("batch")},
    "of-another-word": {"ext:said": {"epcList": ['"recalled"', "\\\\"]}},
}


@st.composite
def observed(draw):
    """Draw an event that tells something of goods, or nothing."""
    name = draw(st.sampled_from(NAMES))
    members = OBSERVED[draw(st.sampled_from(sorted(OBSERVED)))]
    return members | {"childEPCs" if "parentID" in members else "epcList": [name]}


@pytest.mark.parametrize(
    ("told", "tells"),
    [
        pytest.param({"epcList": [CARTON]}, NOTHING, id="seen"),
        pytest.param(shipping([CARTON]), FORTH, id="sent"),
        pytest.param(packing(CARTON, [PALLET]), BACK, id="parent"),
        pytest.param(packing(PALLET, [CARTON]), FORTH, id="child"),
        pytest.param(transformation(inputEPCList=[CARTON]), FORTH, id="input"),
        pytest.param(transformation(outputEPCList=[CARTON]), BACK, id="output"),
        pytest.param(transformation([amount(CARTON)]), BOTH, id="summed"),
        pytest.param(making([CARTON], [amount(POWDER)]), BACK, id="made-in-a-lot"),
        pytest.param(making([CARTON], []) | {"quantityList": None}, NOTHING, id="made"),
        pytest.param(
            {"epcList": [CARTON], "disposition": "recalled"}, BOTH, id="alarm"
        ),
    ],
)
def test_what_an_event_tells_of_a_subject(told, tells):
    event = logged(told)[0].event
    assert telling(event).get(CARTON, NOTHING) == tells
    declared = logged(told | {"errorDeclaration": {}})[0].event
    assert telling(declared)[CARTON] == BOTH


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_a_server_passes_over_changes_no_answer(data):
    told = data.draw(st.lists(st.one_of(observed(), anything()), max_size=8))
    wrong = data.draw(st.sets(st.integers(0, 7), max_size=2))
    forge = begun()
    directory = directory_of(forge)
    for number, members in enumerate(told):
        forge.add(forge.event_entry(number, **members))
    for number in sorted(wrong):
        if number < len(told):
            forge.add(forge.event_entry(number, **told[number], errorDeclaration={}))
    kept = KeptEvents(Lists(forge))
    size = len(forge.entries)
    everything = ReplayedEvents(ORIGIN, enumerate(forge.entries))

    def answer(name, direction, events):
        try:
            return trace(
                name, direction, origin=ORIGIN, tree_size=size, events_about=events
            )
        except NotFoundError:
            return None

    for name in NAMES:
        for direction in ("back", "forth"):
            # The second time from what was kept.
            for _ in range(2):
                listed = ListedEvents(kept, directory, direction, tree_size=size)
                found = answer(name, direction, listed)
                assert found == answer(name, direction, everything)
