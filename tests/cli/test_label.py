"""``caravan label`` after the packing: what is printed, recorded, and printed again."""

import json
import os
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pypdfium2
import pytest

from ledger.cli.outcome import ExitStatus
from ledger.encoding import encode_base64, parse_canonical
from ledger.keys import write_key_file
from ledger.pins import default_pins
from ledger.statement import parse_statement
from ledger.trust import Trust
from ledger.verify import verify_passport
from tests.cli.command import caravan
from tests.support.forge import HOST, ORIGIN, PLACE, names_of, policy_text
from tests.support.lies.told import OTHER_WITNESS, WITNESS, cosigned, witnessed_policy
from tests.support.pouch import (
    ITEM,
    LOT,
    OTHER_LOT,
    PLANT,
    SHOP,
    STEPS,
    WORDS,
    Goods,
    classes,
    key_of,
)

SERIALS = [f"{ITEM}/21/A{number}" for number in range(3)]
PATH = ITEM.removeprefix("https://id.gs1.org") + "/10/L1"
DATE = {"ilmd": {"gs1:bestBeforeDate": "2028-06-11"}}
PRINTER = {"rights": {"persistent": WORDS, "steps": [*STEPS, ["encoding", None]]}}


@dataclass
class Plant:
    """A ledger that two witnesses cosign, as its server answers."""

    goods: Goods
    policy: str
    witnesses: tuple = (WITNESS, OTHER_WITNESS)
    url: str = ""
    posted: list = field(default_factory=list)
    refusal: dict | None = None

    def checkpoint(self):
        now = int(time.time() * 1000)
        return cosigned(self.goods.checkpoint(), *((w, now) for w in self.witnesses))

    def answer(self, path, query, body):
        if path == "/log/checkpoint":
            return self.checkpoint()
        if path == "/policy":
            return self.policy.encode()
        if path == "/passport":
            label = query.get("label")
            proof = None if label is None else self.goods.label(int(label[0]))
            subject = query["subject"][0]
            passport = self.goods.passport(
                subject, checkpoint=self.checkpoint(), label=proof
            )
            return passport.to_bytes()
        if self.refusal is not None:
            return json.dumps([self.refusal]).encode()
        (note,) = json.loads(body)
        self.posted.append(parse_canonical(parse_statement(note.encode()).body))
        index = self.goods.add(note.encode(), names_of(self.posted[-1]))
        self.goods.seal()
        answer = {"index": index, "leaf_hash": "AAAA", "receipt": "", "flags": []}
        return json.dumps([answer]).encode()


@contextmanager
def serving(plant):
    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            asked = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            said = plant.answer(asked.path, parse_qs(asked.query), body)
            self.send_response(200)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    plant.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield plant
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def packing():
    """Return a ledger in which two pouches of a lot are packed."""
    goods = Goods()
    goods.join(PLANT, **PRINTER)
    goods.create(PLANT, ITEM)
    goods.pack(serials=SERIALS[:2], **DATE)
    goods.seal()
    return goods


@pytest.fixture
def plant():
    with serving(Plant(packing(), witnessed_policy())) as served:
        yield served


@pytest.fixture
def key(tmp_path):
    file = tmp_path / "packing.pem"
    write_key_file(file, key_of(PLANT), passphrase=None)
    return file


@pytest.fixture
def label(plant, key):
    """Print labels, by default of the lot by the one who packed it."""

    def run(*options, subject=LOT, keys=("--key", key)):
        return caravan("label", subject, "--ledger", plant.url, *keys, *options)

    return run


def fragments(ended):
    """Return what each code ends in, from the lines that end in one."""
    lines = [line for line in ended.out.splitlines() if line.startswith("http")]
    return [line[line.index("#") :] if "#" in line else "" for line in lines]


def print_it(goods, party=PLANT, *, root, size, lot=LOT):
    """State that a checkpoint is printed on labels; return the index."""
    said = {"caravan:label": {"root": encode_base64(root), "size": size}}
    index = goods.say(party, quantityList=classes(lot), **said)
    goods.seal()
    return index


# ------------------------------------------------------------------------- witnessed


def test_a_witnessed_label_ends_in_the_checkpoint_and_is_recorded(plant, label):
    size, root = len(plant.goods.entries), plant.goods.root(len(plant.goods.entries))
    wanted = plant.goods.fragment(size)

    ended = label("--witnessed")

    assert ended.status == ExitStatus.HOLDS, ended.err
    assert ended.out.splitlines()[-1] == plant.url + PATH + wanted
    (body,) = plant.posted
    assert body["caravan:label"] == {"root": encode_base64(root), "size": size}
    assert body["quantityList"] == [{"epcClass": LOT}]
    assert body["readPoint"] == {"id": PLACE}
    assert (body["type"], body["action"]) == ("ObjectEvent", "OBSERVE")
    assert body["bizStep"] == "encoding"
    assert f"caravan: entry {size} records {wanted} for {LOT}\n" in ended.err
    assert default_pins(os.environ).policy(ORIGIN) == plant.policy.encode()


def test_what_is_printed_holds_for_whoever_scans_it_later(plant, label):
    ended = label("--witnessed", subject=f"{LOT}/21/A0")
    plant.goods.create(PLANT, f"{ITEM}/21/B1")
    plant.goods.seal()

    (fragment,) = fragments(ended)
    size = int(fragment[3:].partition(".")[0])
    passport = plant.goods.passport(
        SERIALS[0], checkpoint=plant.checkpoint(), label=plant.goods.label(size)
    )
    now = int(time.time() * 1000)
    report = verify_passport(
        passport.to_bytes(),
        subject=SERIALS[0],
        lot=LOT,
        label=fragment,
        trust=Trust(plant.policy.encode(), "yours", now),
    )
    assert report.label_size == size
    assert "label" not in report.absent


def test_labels_printed_again_bear_what_is_recorded(plant, label):
    first = label("--witnessed")
    plant.goods.create(PLANT, f"{ITEM}/21/B1")
    plant.goods.seal()

    again = label("--witnessed", keys=())

    assert again.status == ExitStatus.HOLDS, again.err
    assert fragments(again) == fragments(first)
    assert len(plant.posted) == 1


def test_anew_takes_the_newest_checkpoint_and_records_that(plant, label):
    first = label("--witnessed")
    newest = plant.goods.fragment(len(plant.goods.entries))

    again = label("--witnessed", "--anew")

    assert fragments(again) == [newest] != fragments(first)
    assert len(plant.posted) == 2


def test_what_is_packed_after_the_recorded_checkpoint_gets_a_newer_one(plant, label):
    first = label("--witnessed")
    plant.goods.pack(serials=SERIALS[2:])
    plant.goods.seal()
    newest = plant.goods.fragment(len(plant.goods.entries))

    earlier = label("--witnessed", subject=f"{LOT}/21/A1")
    later = label("--witnessed", subject=f"{LOT}/21/A2")
    lot = label("--witnessed")

    assert fragments(earlier) == fragments(first)
    assert fragments(later) == [newest] == fragments(lot)
    assert len(plant.posted) == 2


def test_what_others_say_is_printed_on_the_labels_is_not_printed(plant, label):
    goods = plant.goods
    goods.ship(PLANT, LOT, SHOP, epcList=None, quantityList=classes(LOT))
    size = goods.seal() + 1
    print_it(goods, SHOP, root=goods.root(size), size=size)
    newest = goods.fragment(len(goods.entries))

    ended = label("--witnessed")

    assert fragments(ended) == [newest]
    assert len(plant.posted) == 1


def test_what_is_recorded_and_not_extended_is_not_printed(plant, label, tmp_path):
    size = len(plant.goods.entries)
    print_it(plant.goods, root=bytes(32), size=size)

    ended = label("--witnessed", "--out", tmp_path / "label.svg")

    assert ended.status == ExitStatus.BROKEN
    assert "label" in ended.err
    assert not (tmp_path / "label.svg").exists()
    assert plant.posted == []


def test_without_a_quorum_in_the_policy_no_fragment_is_printed(plant, label, tmp_path):
    plant.policy = policy_text()

    ended = label("--witnessed", "--out", tmp_path / "label.svg")

    assert ended.status == ExitStatus.CANNOT_CHECK
    assert "without a quorum no fragment is printed" in ended.err
    assert "leave --witnessed away" in ended.err
    assert ended.out == ""
    assert not (tmp_path / "label.svg").exists()
    assert plant.posted == []
    # The policy of the first time stays, and that is said.
    plant.policy = witnessed_policy()
    again = label("--witnessed")
    assert again.status == ExitStatus.CANNOT_CHECK
    assert "--accept-policy takes the served one" in again.err
    accepted = label("--witnessed", "--accept-policy")
    assert accepted.status == ExitStatus.HOLDS


def test_without_enough_cosignatures_no_fragment_is_printed(plant, label):
    plant.witnesses = (WITNESS,)

    ended = label("--witnessed")

    assert ended.status == ExitStatus.CANNOT_CHECK
    assert "quorum both: cosigned by dune" in ended.err
    assert "without a quorum no fragment is printed" in ended.err
    assert plant.posted == []


def test_the_reader_s_policy_decides_what_a_quorum_is(plant, label, tmp_path):
    (tmp_path / "policy").write_text(policy_text())

    ended = label("--witnessed", "--policy", tmp_path / "policy")

    assert ended.status == ExitStatus.CANNOT_CHECK
    assert plant.posted == []


@pytest.mark.parametrize("subject", [f"{LOT}/21/A2", f"{LOT}/21/nobody"])
def test_a_serial_whose_packing_nobody_knows_gets_no_label(plant, label, subject):
    plant.goods.pack(serials=SERIALS[2:], lots=[OTHER_LOT])
    plant.goods.seal()

    ended = label("--witnessed", subject=subject)

    assert ended.status == ExitStatus.CANNOT_CHECK
    assert "is not known under the checkpoint of" in ended.err
    assert plant.posted == []


def test_what_a_lot_was_packed_anew_into_is_none_of_its_serials(plant, label, tmp_path):
    plant.goods.make(PLANT, [LOT], [OTHER_LOT], outputEPCList=SERIALS[2:])
    plant.goods.seal()

    ended = label("--witnessed", subject=f"{LOT}/21/A2")

    assert ended.status == ExitStatus.CANNOT_CHECK
    assert fragments(label("--every-serial", "--sheet", tmp_path / "a.svg")) == ["", ""]


def test_a_ledger_that_contradicts_what_was_seen_here_gets_no_label(plant, label):
    other = packing()
    other.create(PLANT, f"{ITEM}/21/B1")
    other.seal()
    default_pins(os.environ).keep_checkpoint(ORIGIN, other.checkpoint())
    plant.goods.create(PLANT, f"{ITEM}/21/B2")
    plant.goods.seal()

    ended = label("--witnessed")

    assert ended.status == ExitStatus.BROKEN
    assert "seen before" in ended.err
    assert plant.posted == []


def test_a_packing_in_error_is_none(plant, label):
    index = max(plant.goods.told)
    plant.goods.in_error(PLANT, index)
    plant.goods.seal()

    ended = label("--witnessed")

    assert ended.status == ExitStatus.CANNOT_CHECK
    assert "any serial" in ended.err


def test_a_packing_by_whoever_may_not_create_the_serials_is_none(plant, label):
    goods = plant.goods
    goods.join(SHOP, **PRINTER)
    goods.ship(PLANT, LOT, SHOP, epcList=None, quantityList=classes(LOT))
    goods.pack(SHOP, serials=SERIALS[2:])
    goods.seal()

    ended = label("--witnessed", subject=f"{LOT}/21/A2")

    assert ended.status == ExitStatus.CANNOT_CHECK


def test_without_a_key_nothing_is_printed(plant, label):
    ended = label("--witnessed", keys=())

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert "give --key FILE" in ended.err
    assert ended.out == ""


def test_what_the_ledger_refuses_to_record_is_not_printed(plant, label, tmp_path):
    plant.refusal = {
        "type": "urn:caravan:problem:authority",
        "detail": "no right to encoding",
    }

    ended = label("--witnessed", "--out", tmp_path / "label.svg")

    assert ended.status == ExitStatus.FINDINGS
    assert "authority: no right to encoding" in ended.err
    assert "nothing is printed" in ended.err
    assert not (tmp_path / "label.svg").exists()


def test_what_cannot_be_drawn_is_not_recorded(plant, label, tmp_path):
    sheet = tmp_path / "labels.pdf"

    ended = label("--witnessed", "--every-serial", "--sheet", sheet, "--size", "15x10")

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert "too small" in ended.err
    assert plant.posted == []


def test_an_alarm_about_the_lot_is_said(plant, label):
    index = plant.goods.alarm(PLANT, LOT)
    plant.goods.seal()

    ended = label("--witnessed")

    assert ended.status == ExitStatus.HOLDS
    assert f"caravan: recalled: {LOT}, said in entry {index}\n" in ended.err


@pytest.mark.parametrize(
    "subject", [ITEM, SERIALS[0], f"https://{HOST}/id/animal/spring/7"]
)
def test_what_is_of_no_lot_has_no_witnessed_label(plant, label, subject):
    ended = label("--witnessed", subject=subject)

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert "…/01/GTIN/10/LOT/21/SERIAL" in ended.err


def test_serials_of_two_lots_have_no_fragment_in_common(plant, label):
    both = (LOT, OTHER_LOT)

    ended = caravan("label", *both, "--ledger", plant.url, "--witnessed")

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert "serials of one lot" in ended.err


def test_a_code_that_leads_elsewhere_than_to_the_ledger_s_domain_is_said(plant, label):
    ended = label("--witnessed")

    host = plant.url.removeprefix("http://")
    assert f"caravan: the code leads to {host}, not to {HOST}\n" in ended.err


def test_a_folder_cannot_be_asked_for_what_others_cosigned(label, tmp_path):
    ended = caravan("label", f"https://{HOST}{PATH}", "--witnessed")

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert "give --ledger URL" in ended.err


# ----------------------------------------------------------------------------- sheets


def test_a_sheet_has_every_serial_with_its_date(plant, label, tmp_path):
    plant.goods.pack(serials=SERIALS[2:])
    plant.goods.seal()
    sheet = tmp_path / "labels.pdf"

    ended = label(
        "--witnessed", "--every-serial", "--sheet", sheet, "--site", f"https://{HOST}"
    )

    assert ended.status == ExitStatus.HOLDS, ended.err
    (fragment,) = set(fragments(ended))
    assert ended.out.splitlines() == [
        f"https://{HOST}{PATH}/21/A{number}{fragment}" for number in range(3)
    ]
    assert "caravan: 3 labels on 1 page, a dot is 0." in ended.err
    assert "leads to" not in ended.err
    (page,) = pypdfium2.PdfDocument(sheet)
    text = page.get_textpage().get_text_bounded()
    assert text.count("Best before 2028-06-11") == 2
    assert text.count(HOST) == 3
    assert "(21) A2" in text


def test_a_sheet_without_fragments_needs_no_quorum_and_no_key(plant, label, tmp_path):
    plant.policy, plant.witnesses = policy_text(), ()

    ended = label("--every-serial", "--sheet", tmp_path / "labels.svg", keys=())

    assert ended.status == ExitStatus.HOLDS, ended.err
    assert ended.out == f"{plant.url}{PATH}/21/A0\n{plant.url}{PATH}/21/A1\n"
    assert "Best before 2028-06-11" in (tmp_path / "labels.svg").read_text()
    assert plant.posted == []


def test_serials_are_taken_from_a_file(tmp_path):
    (tmp_path / "serials").write_text(f"7\n\n a/b \nhttps://{HOST}/01/{PATH[4:18]}\n")

    ended = caravan(
        *("label", f"https://{HOST}{PATH}", "--serials", tmp_path / "serials"),
        *("--sheet", tmp_path / "labels.pdf", "--page", "label", "--size", "50x30"),
    )

    assert ended.out.splitlines() == [
        f"https://{HOST}{PATH}/21/7",
        f"https://{HOST}{PATH}/21/a%2Fb",
        f"https://{HOST}/01/{PATH[4:18]}",
    ]
    assert "3 labels on 3 pages" in ended.err
    document = pypdfium2.PdfDocument(tmp_path / "labels.pdf")
    assert "(21) a/b" in document[1].get_textpage().get_text_bounded()


def test_pages_of_svg_are_files_of_their_own(tmp_path):
    (tmp_path / "serials").write_text("\n".join(map(str, range(33))))

    ended = caravan(
        *("label", f"https://{HOST}{PATH}", "--serials", tmp_path / "serials"),
        *("--sheet", tmp_path / "labels.svg"),
    )

    assert ended.status == ExitStatus.HOLDS, ended.err
    files = sorted(file.name for file in tmp_path.glob("*.svg"))
    assert files == ["labels-1.svg", "labels-2.svg"]
    assert "(21) 32<" in (tmp_path / "labels-2.svg").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param([], "none is wanted", id="nothing"),
        pytest.param([f"https://{HOST}{PATH}"] * 2, "named twice", id="twice"),
        pytest.param(
            [f"https://{HOST}{PATH}", f"https://{HOST}{PATH}/21/1"],
            "--sheet takes many",
            id="many-without-a-sheet",
        ),
        pytest.param(
            [f"https://{'h' * 60}.example{PATH}/21/{'A' * 20}"],
            "bytes need a code of version 8, want 7",
            id="long",
        ),
        pytest.param(
            [f"https://{HOST}{PATH}", "--every-serial"],
            "give --ledger URL",
            id="no-ledger",
        ),
        pytest.param(
            [f"https://{HOST}/01/{PATH[4:18]}", "--every-serial"],
            "want one lot",
            id="no-lot",
        ),
        pytest.param(
            [f"https://{HOST}{PATH}", "--sheet", "labels.png"],
            "want .pdf or .svg",
            id="kind-of-file",
        ),
        pytest.param(
            [f"https://{HOST}{PATH}", "--sheet", "labels.pdf", "--size", "large"],
            "want WIDTHxHEIGHT",
            id="size",
        ),
    ],
)
def test_what_cannot_be_printed_is_said(arguments, said):
    ended = caravan("label", *arguments)

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert said in ended.err
    assert ended.out == ""


def test_a_long_code_is_printed_for_whoever_wants_it():
    uri = f"https://{'h' * 60}.example{PATH}/21/{'A' * 20}"

    ended = caravan("label", uri, "--large-code")

    assert ended.status == ExitStatus.HOLDS
    assert ended.out.splitlines()[-1] == uri
