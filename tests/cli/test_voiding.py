"""Codes that are on no pack: voided by who issued them, and shown as that."""

import json
import time
from pathlib import Path

import pytest

from api.content import read_content
from api.reading import read_passport
from api.texts import Texts, read_messages
from ledger.cli.outcome import ExitStatus
from ledger.cli.sign import sign_event
from ledger.cli.voiding import PER_EVENT
from ledger.encoding import canonical, parse_canonical
from ledger.trust import Trust
from ledger.verify import verify_passport
from tests.cli.command import caravan
from tests.support.forge import HOST, ORIGIN, names_of, policy_text
from tests.support.pouch import (
    ITEM,
    LOT,
    PLANT,
    STEPS,
    STRANGER,
    WORDS,
    Goods,
    key_of,
)

PLACE = f"https://{HOST}/id/place/plant"
USED, SPARE = f"{ITEM}/21/A0", f"{ITEM}/21/A1"
VOIDS = {
    "rights": {
        "persistent": WORDS,
        "steps": [*STEPS, ["decommissioning", "inactive"]],
    }
}
LOCALE = Path(__file__).parents[2] / "scanner_web/locale"


@pytest.fixture
def goods():
    made = Goods()
    for party in (PLANT, STRANGER):
        made.join(party, **VOIDS)
    made.create(PLANT, ITEM)
    made.pack(serials=[USED, SPARE])
    made.seal()
    return made


def void(goods, party, *names, **options):
    """Have serials voided by a party, as its people would."""
    given = [part for name, value in options.items() for part in (f"--{name}", value)]
    ended = caravan("label", *names, "--void", "--place", PLACE, *given)
    assert ended.status == ExitStatus.HOLDS, ended.err
    for line in ended.out.splitlines():
        note = sign_event(json.loads(line), origin=ORIGIN, signers=[key_of(party)])
        body = parse_canonical(note.split(b"\n")[4])
        goods.add(note, names_of(body))
    goods.seal()


def shown(goods, name):
    """Return the word for the title of a page, as the verifier and the page have it."""
    passport = goods.passport(name)
    trust = Trust(policy_text().encode(), "yours", int(time.time() * 1000))
    report = verify_passport(passport.to_bytes(), subject=name, lot=LOT, trust=trust)
    words = {alarm.word for alarm in report.alarms if alarm.subject == name}
    texts = Texts("en", read_messages(LOCALE / "en.json"))
    content = read_content(read_passport(passport, lot=LOT, origin=ORIGIN), texts)
    assert words == {*filter(None, [content.gravest])}
    return content.gravest


def test_a_spare_serial_is_voided_and_no_other(goods):
    void(goods, PLANT, SPARE, reason="cut off the roll")

    assert shown(goods, SPARE) == "inactive"
    assert shown(goods, USED) == ""


def test_whoever_did_not_issue_a_serial_voids_nothing(goods):
    void(goods, STRANGER, SPARE)

    assert shown(goods, SPARE) == ""


def test_serials_of_a_file_are_voided_a_hundred_in_a_statement(tmp_path):
    (tmp_path / "spare").write_text("".join(f"S{n}\n" for n in range(PER_EVENT + 1)))

    ended = caravan(
        *("label", LOT, "--serials", tmp_path / "spare"), "--void", "--place", PLACE
    )

    events = [parse_canonical(line.encode()) for line in ended.out.splitlines()]
    assert [len(event["epcList"]) for event in events] == [PER_EVENT, 1]
    assert events[1]["epcList"] == [f"{ITEM}/21/S{PER_EVENT}"]
    assert events[0]["disposition"] == "inactive"
    assert events[0]["caravan:reason"] == "not used"
    assert ended.out == "".join(f"{canonical(e).decode()}\n" for e in events)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param([LOT, "--place", PLACE], "want serials to void", id="lot"),
        pytest.param(["--place", PLACE], "want serials to void", id="nothing"),
        pytest.param([SPARE], "give --place URI", id="no-place"),
        pytest.param([SPARE, SPARE, "--place", PLACE], "named twice", id="twice"),
        pytest.param([SPARE, "--sheet", "a.pdf"], "prints no code", id="sheet"),
        pytest.param([SPARE, "--every-serial"], "prints no code", id="every"),
    ],
)
def test_what_cannot_be_voided_is_said(arguments, said):
    ended = caravan("label", "--void", *arguments)

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert said in ended.err
    assert ended.out == ""


def test_what_has_no_serial_leads_to_the_page_of_the_region(tmp_path):
    ended = caravan(
        *("label", "--region", "--site", "https://milk.example/"),
        *("--sheet", tmp_path / "poster.svg", "--size", "100x100"),
    )

    assert ended.out == "https://milk.example/\n"
    assert "milk.example" in (tmp_path / "poster.svg").read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--region"],
        ["--region", LOT, "--site", "https://milk.example"],
        ["--region", "--witnessed", "--site", "https://milk.example"],
    ],
)
def test_the_region_s_code_names_the_ledger_and_nothing_else(arguments):
    ended = caravan("label", *arguments)

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert ended.out == ""
