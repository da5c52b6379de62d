import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ledger
from ledger.encoding import parse_canonical, parse_json
from ledger.event import parse_event
from ledger.flags import (
    KeySequence,
    flags_of_event,
    flags_of_subject,
    is_stay_boundary,
)
from tests.support.make_vectors import event as events
from tests.support.make_vectors import flags as maker

VECTORS = Path(__file__).parents[1] / "vectors/flags"
HERDS = Path(ledger.__file__).parent / "importer/data/dairy-herds"
HOST = maker.HOST


def cases(name):
    content = json.loads((VECTORS / name).read_text())
    return [pytest.param(case, id=case["name"]) for case in content["cases"]]


def read(text):
    return parse_event(parse_canonical(text.encode()), host=HOST)


def told(flags):
    return [{"code": f.code, "detail": f.detail, "index": f.index} for f in flags]


def moved(index, *, time, step, place, epc, action="OBSERVE"):
    """Return a listed event, as an importer makes it of a register's row."""
    body = events.event(
        eventID=f"urn:x:{index}",
        eventTime=time,
        bizStep=step,
        action=action,
        bizLocation={"id": place},
        epcList=[epc],
    )
    return index, parse_event(body, host=HOST)


@pytest.mark.parametrize("case", cases("event.json"))
def test_an_event_has_the_flags_of_the_vectors(case):
    flags = flags_of_event(
        case["index"],
        read(case["body"]),
        log_time_ms=case["log_time_ms"],
        is_importer=case["is_importer"],
    )

    assert told(flags) == case["want"]


@pytest.mark.parametrize("case", cases("subject.json"))
def test_a_history_has_the_flags_of_the_vectors(case):
    listed = [(index, read(text)) for index, text in case["listed"]]

    assert told(flags_of_subject(listed)) == case["want"]


@pytest.mark.parametrize("case", cases("boundary.json"))
def test_an_event_begins_or_ends_a_stay_as_the_vectors_say(case):
    assert is_stay_boundary(read(case["body"])) is case["want"]


@pytest.mark.parametrize("case", cases("key.json"))
def test_a_key_leaves_the_gaps_of_the_vectors(case):
    sequence = KeySequence()

    flags = [
        sequence.take(index, read(text), bytes.fromhex(text_hash))
        for index, text, text_hash in case["listed"]
    ]

    assert told(flag for flag in flags if flag is not None) == case["want"]


MOVES = st.lists(
    st.tuples(
        st.integers(1, 28),
        st.sampled_from(["arriving", "departing", "receiving", "shipping"]),
        st.sampled_from([maker.NORTH, maker.SOUTH]),
    ),
    max_size=12,
)


def history(moves):
    return [
        moved(
            index,
            time=f"2026-06-{day:02}T00:00:00Z",
            step=step,
            place=place,
            epc=maker.ANIMAL,
        )
        for index, (day, step, place) in enumerate(moves)
    ]


@given(MOVES, st.randoms(use_true_random=False))
def test_flags_do_not_depend_on_the_order_of_listing(moves, random):
    listed = history(moves)
    shuffled = random.sample(listed, len(listed))

    assert flags_of_subject(shuffled) == flags_of_subject(listed)


@given(MOVES)
def test_what_is_no_boundary_changes_no_flag_of_a_subject(moves):
    listed = history(moves)
    seen = [
        (len(moves) + place, read(maker.SINGLE["in-time"]["body"])) for place in (0, 1)
    ]

    assert flags_of_subject(listed + seen) == flags_of_subject(listed)


@given(MOVES)
def test_each_statement_is_flagged_once_and_of_its_own_kind(moves):
    steps = [step for _, step, _ in moves]

    flags = flags_of_subject(history(moves))

    assert len({(f.code, f.index) for f in flags}) == len(flags)
    for flag in flags:
        is_opening = steps[flag.index] in {"arriving", "receiving"}
        assert flag.code == ("overlap" if is_opening else "out-before-in")
        assert flag.detail != f"#{flag.index}"


@given(st.lists(st.integers(0, 3), min_size=1, max_size=9))
def test_stays_that_follow_each_other_are_never_flagged(lengths):
    moves, day = [], 1
    for number, length in enumerate(lengths):
        place = (maker.NORTH, maker.SOUTH)[number % 2]
        moves += [(day, "arriving", place), (day + length, "departing", place)]
        day += length

    assert flags_of_subject(history(moves)) == ()


def rows(name):
    with (HERDS / name).open(newline="") as file:
        return list(csv.DictReader(file))


def imported():
    """Return each animal's events as its herds' registers tell them."""
    events_of, index = {}, 0
    for animal in rows("sample_anim_3herds.csv"):
        birth = (animal["birth_date"], "commissioning", animal["birth_herd"], "ADD")
        events_of[animal["anim_id"]] = [birth]
    for row in rows("sample_mvt_3herds.csv"):
        listed = events_of[row["anim_id"]]
        if row["cause_in"] != "N":
            listed.append((row["date_in"], "arriving", row["herd_id"], "OBSERVE"))
        if row["date_out"]:
            listed.append((row["date_out"], "departing", row["herd_id"], "OBSERVE"))
    for animal, told_events in events_of.items():
        listed = []
        for day, step, herd, action in told_events:
            listed.append(
                moved(
                    index,
                    time=f"{day}T00:00:00+01:00",
                    step=step,
                    place=f"https://{HOST}/id/herd/{herd.lower()}",
                    epc=f"https://{HOST}/id/animal/{animal.lower()}",
                    action=action,
                )
            )
            index += 1
        yield animal, listed


def test_real_herds_have_three_overlapping_stays_and_none_inverted():
    flags = {animal: flags_of_subject(listed) for animal, listed in imported()}

    found = {animal: [f.code for f in some] for animal, some in flags.items() if some}
    assert found == {
        "FR005584": ["overlap"],
        "FR005606": ["overlap"],
        "FR005607": ["overlap"],
    }


def test_real_herds_have_two_recordings_with_zero_fat():
    flags = []
    for index, row in enumerate(rows("sample_rec_3herds.csv")):
        measured = [row[name] for name in ("milk", "fat", "prot", "scc")]
        reports = [{"value": parse_json(text.encode())} for text in measured if text]
        body = events.event(
            epcList=[maker.ANIMAL], sensorElementList=[{"sensorReport": reports}]
        )
        event = parse_event(body, host=HOST)
        flags += flags_of_event(index, event, log_time_ms=0, is_importer=False)

    assert [f.code for f in flags] == ["zero-value", "zero-value"]
    report = "/sensorElementList/0/sensorReport"
    assert all(f"{report}/1/value" in f.detail.split(" ") for f in flags)
