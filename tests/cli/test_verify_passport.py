"""``caravan verify`` of a passport: the code scanned, its alarms, and what is open."""

import pytest

from ledger.cli.documents import scanned
from ledger.errors import IdentifierError
from ledger.fragment import fragment_of
from tests.cli.command import caravan
from tests.support.forge import HOST, policy_text
from tests.support.pouch import (
    CARTON,
    ITEM,
    LOT,
    OTHER_LOT,
    PALLET,
    PLANT,
    POUCH,
    POWDER,
    STRANGER,
    TANK,
    boxed,
    made,
    packed,
)

HOLDS, FINDINGS, NOTHING, BROKEN, CANNOT_CHECK = 0, 1, 2, 3, 4
CODE = POUCH.replace("/21/", "/10/L1/21/").replace("id.gs1.org", "shop.example")


@pytest.fixture
def verify(tmp_path):
    """Close a ledger and verify its passport of the pouch."""
    (tmp_path / "policy").write_text(policy_text())

    def judge(goods, *options, names=None, subject=POUCH, label=None):
        if goods.last_seal != len(goods.entries) - 1:
            goods.seal()
        compared = None if label is None else goods.label(label)
        document = goods.passport(subject, names=names, label=compared).to_bytes()
        (tmp_path / "passport.json").write_bytes(document)
        policy = tmp_path / "policy"
        return caravan(
            "verify", tmp_path / "passport.json", "--policy", policy, *options
        )

    return judge


def test_a_pouch_without_an_alarm_holds(verify):
    ended = verify(made(), "--subject", CODE)

    assert ended.status == HOLDS, ended.err
    assert ended.out.startswith(f"verified: {POUCH}, the subject that was asked for\n")
    assert f"lot: {LOT}\n" in ended.out
    assert "sources: 4 of at least 4 checked\n" in ended.out
    assert "\nComplete according to the ledger; nobody else has checked.\n" in ended.out


def test_a_recalled_tank_is_said_first_and_is_a_finding(verify):
    goods = made()
    index = goods.alarm(PLANT, TANK)

    ended = verify(goods, "--subject", CODE)

    assert ended.status == FINDINGS
    assert ended.out.splitlines()[:2] == [
        f"recalled: {TANK}, 2 steps back, said by {PLANT} in entry {index}",
        f"verified: {POUCH}, the subject that was asked for",
    ]


def test_a_party_is_called_by_its_name_in_an_alarm(verify):
    goods = made()
    goods.become(PLANT, name="Milk \x1b[31mPlant")
    index = goods.alarm(PLANT, ITEM, "inactive")

    ended = verify(goods)

    line = ended.out.splitlines()[0]
    assert line == (
        f"inactive: {ITEM}, all of its kind, "
        f"said by Milk \\x1b[31mPlant in entry {index}"
    )


def test_a_stranger_s_recall_is_none_and_is_shown_apart(verify):
    goods = made()
    index = goods.alarm(STRANGER, LOT)

    ended = verify(goods)

    assert ended.status == HOLDS
    assert f"shown apart: {index}\n" in ended.out


def test_goods_that_came_of_themselves_are_a_finding(verify):
    goods = made()
    goods.make(PLANT, [POWDER], [TANK])

    ended = verify(goods, "--json")

    assert ended.status == FINDINGS
    assert ended.json["cycle"] == [POWDER, TANK]


def test_what_is_open_is_said_and_its_alarms_are_not_judged(verify):
    goods = made()
    index = goods.alarm(PLANT, TANK, "damaged")
    names = [name for name in goods.names if name != TANK]

    ended = verify(goods, names=names)
    as_json = verify(goods, "--json", names=names)

    assert ended.status == FINDINGS
    assert "; whether they may is not known\n" in ended.out
    assert "1 of at least 2 sources checked: " in ended.out
    assert as_json.json["alarms"] == [
        {"index": index, "is_judged": False, "subject": TANK, "word": "damaged"}
    ]
    assert as_json.json["members"][-1] == {
        "is_open": True,
        "level": 2,
        "relation": "source",
        "subject": TANK,
    }


@pytest.mark.parametrize("subject", [CARTON, PALLET, LOT, ITEM])
def test_what_holds_single_packs_is_not_simply_verified(verify, subject):
    goods = boxed(made())
    goods.alarm(PLANT, POUCH)

    ended = verify(goods, "--subject", subject, subject=subject)
    judged = verify(goods, "--subject", subject, "--json", subject=subject)

    assert ended.status == HOLDS, ended.err
    first, *_ = ended.out.splitlines()
    assert first.startswith(f"verified as a whole, not each single item: {subject}, ")
    assert "a recall of one of them does not show here" in ended.out
    assert "contents" in judged.json["not_checked"]


def test_what_goods_were_made_of_says_that_these_are_not_checked(verify):
    ended = verify(made(), "--subject", TANK, subject=TANK)

    assert ended.out.startswith(f"verified: {TANK}, ")
    assert "Not checked: what was made of it." in ended.out


def test_a_serial_in_another_lot_than_scanned_is_not_verified(verify):
    path = CODE.removeprefix("https://shop.example").replace("/L1/", "/L2/")

    ended = verify(packed(), "--subject", path, "--json")

    assert ended.status == BROKEN
    assert (ended.json["code"], ended.json["step"]) == ("not-packed", 11)
    assert OTHER_LOT in ended.json["message"]
    assert "step 11 of 19: " in ended.err


def test_a_passport_of_another_code_than_scanned_is_not_verified(verify):
    ended = verify(packed(), "--subject", POUCH + "7", "--json")

    assert (ended.status, ended.json["step"]) == (BROKEN, 1)
    assert "is not about what was asked for" in ended.err
    assert "damaged" not in ended.err


def test_the_gravest_alarm_is_said_first_wherever_it_stands(verify):
    goods = made()
    goods.alarm(PLANT, POWDER, "non_conformant")
    goods.alarm(PLANT, TANK, "damaged")
    goods.alarm(PLANT, TANK)

    ended = verify(goods, "--subject", CODE)

    words = [line.partition(":")[0] for line in ended.out.splitlines()[:3]]
    assert words == ["recalled", "non_conformant", "damaged"]


def test_of_many_entries_ten_are_named_and_with_json_all(verify):
    goods = made()
    for _ in range(9):
        goods.say(PLANT, epcList=[POUCH])

    ended = verify(goods, "--subject", CODE)
    judged = verify(goods, "--subject", CODE, "--json")

    indices = judged.json["statements"]
    assert len(indices) == 17
    first = ", ".join(map(str, indices[:10]))
    assert f"statements: {first}, and 7 more\n" in ended.out


def test_what_cannot_be_checked_is_said_once(verify, tmp_path):
    assert verify(packed()).status == HOLDS

    ended = caravan("verify", tmp_path / "passport.json")

    assert ended.status == CANNOT_CHECK
    assert f"cannot check: {tmp_path}/passport.json: policy: none for " in ended.err


def test_a_label_that_today_s_ledger_extends_is_said(verify):
    goods = made()
    goods.seal()

    ended = verify(goods, "--subject", CODE + goods.fragment(7), label=7)
    judged = verify(goods, "--subject", CODE + goods.fragment(7), "--json", label=7)

    assert ended.status == HOLDS, ended.err
    assert "label: printed from 7 entries, which today's ledger extends\n" in ended.out
    assert "Label not compared" not in ended.out
    assert judged.json["label_size"] == 7
    assert "label" not in judged.json["not_checked"]


def test_without_a_label_it_is_said_that_none_was_compared(verify):
    goods = made()
    goods.seal()

    ended = verify(goods, "--subject", CODE, label=7)
    judged = verify(goods, "--subject", CODE, "--json", label=7)

    assert ended.status == HOLDS, ended.err
    assert "\nLabel not compared: " in ended.out
    assert judged.json["label_size"] is None
    assert "label" in judged.json["not_checked"]


def test_a_label_of_another_history_is_not_verified_and_accuses_nobody(verify):
    goods = made()
    goods.seal()
    printed = fragment_of(7, bytes(range(32))).to_text()

    ended = verify(goods, "--subject", CODE + printed, "--json", label=7)

    assert ended.status == BROKEN
    assert (ended.json["code"], ended.json["step"]) == ("label-mismatch", 18)
    assert printed.rpartition(".")[2] in ended.json["message"]
    assert goods.fragment(7).rpartition(".")[2] in ended.json["message"]
    assert "label and ledger disagree" in ended.err
    assert "anyone can write such a link" in ended.err


@pytest.mark.parametrize(
    ("end", "given"),
    [
        ("#c=7.abc", 7),
        ("#c=", None),
        ("#c=999." + "A" * 32, 7),
        (None, None),
        (None, 6),
    ],
)
def test_a_label_that_cannot_be_compared_is_neither(verify, end, given):
    goods = made()
    goods.seal()

    ended = verify(
        goods, "--subject", CODE + (end or goods.fragment(7)), "--json", label=given
    )

    assert ended.status == CANNOT_CHECK
    assert (ended.json["code"], ended.json["step"]) == ("label", 18)
    assert "step 18 of 19: the ledger extends the tree " in ended.err


def test_what_is_no_code_leaves_nothing_to_judge(verify):
    ended = verify(packed(), "--subject", "milk")

    assert ended.status == NOTHING


@pytest.mark.parametrize(
    ("code", "want"),
    [
        (POUCH, (POUCH, None, None)),
        (LOT, (LOT, None, None)),
        (CODE, (POUCH, LOT, None)),
        (CODE + "#c=12.abc", (POUCH, LOT, "#c=12.abc")),
        (CODE + "#entry-5", (POUCH, LOT, None)),
        (CODE + "?17=270101", (POUCH, LOT, None)),
        (CODE + "?17=270101#c=1?#", (POUCH, LOT, "#c=1?#")),
        (CODE.removeprefix("https://shop.example"), (POUCH, LOT, None)),
        (TANK, (TANK, None, None)),
        (TANK.removeprefix(f"https://{HOST}"), (TANK, None, None)),
        (f"http://127.0.0.1:8000/id/{TANK.partition('/id/')[2]}", (TANK, None, None)),
    ],
)
def test_a_code_is_read_whatever_its_host(code, want):
    assert scanned(code, host=HOST) == want


@pytest.mark.parametrize("code", ["", "milk", "/", "/01/1", "https://shop.example"])
def test_what_is_no_code_is_refused(code):
    with pytest.raises(IdentifierError):
        scanned(code, host=HOST)
