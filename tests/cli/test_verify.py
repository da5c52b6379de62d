"""Every exit status of ``caravan verify``, and the first wrong thing named."""

import shutil
import sqlite3

import pytest

from ledger.cli.documents import judge_passport
from ledger.cli.explanations import EXPLANATIONS
from ledger.cli.folder import DataFolder
from ledger.client import LedgerClient
from ledger.clock import SystemClock
from ledger.cosignature import Cosigner
from ledger.errors import CannotCheckError, LedgerError, VerificationError
from ledger.fragment import fragment_of
from ledger.keys import generate, read_key_file, write_key_file
from ledger.note import NoteSigner
from ledger.passport import parse_passport
from ledger.signatures import SigningKey
from ledger.statement import sign_statement
from ledger.tile import bundle_path, encode_bundle
from tests.cli.command import caravan, run, serving
from tests.cli.conftest import ANIMAL, HOST, append, event, signed

HOLDS, NOTHING, BROKEN, CANNOT = 0, 2, 3, 4


def change(folder, statement, *values):
    """Change the database past its triggers, as whoever has the disk can."""
    with sqlite3.connect(folder / "ledger.db") as database:
        for table in ("entry", "checkpoint"):
            for verb in ("update", "delete"):
                database.execute(f"DROP TRIGGER {table}_no_{verb}")
        database.execute(statement, values)
    database.close()


def entry_of(folder, index):
    store = DataFolder(folder).open_store()
    try:
        return store.entries_at([index])[index]
    finally:
        store.close()


def change_entry(folder, index, old, new):
    entry = entry_of(folder, index)
    assert entry.count(old) >= 1
    changed = entry.replace(old, new, 1)
    change(folder, 'UPDATE entry SET entry = ? WHERE "index" = ?', changed, index)


def copy_log(folder, to):
    """Copy a log as tlog-tiles lays it out; a mirror would fetch the same files."""
    log = DataFolder(folder).open_log(clock=SystemClock())
    try:
        (to / "tile" / "entries").mkdir(parents=True)
        (to / "checkpoint").write_bytes(log.checkpoint())
        bundle = to / bundle_path(0, log.size)
        bundle.parent.mkdir()
        bundle.write_bytes(log.entry_bundle(0, log.size))
    finally:
        log.close()
    return to


def passport_of(folder, subject=ANIMAL):
    log = DataFolder(folder).open_log(clock=SystemClock())
    try:
        file = folder.parent / "passport.json"
        file.write_bytes(log.passport(subject))
    finally:
        log.close()
    return file


def receipt_of(folder, index=5):
    log = DataFolder(folder).open_log(clock=SystemClock())
    try:
        file = folder.parent / "entry.receipt"
        file.write_bytes(log.receipt(index)[0])
        (folder.parent / "entry.note").write_bytes(log.entry(index))
    finally:
        log.close()
    return file


def verify(target, folder, *options):
    return caravan("verify", target, "--policy", folder / "policy", "--json", *options)


# ------------------------------------------------------------------ what is honest


def test_a_whole_ledger_holds_in_each_of_its_forms(folder, tmp_path):
    copied = copy_log(folder, tmp_path / "copied")

    for target in (folder, folder / "ledger.db", copied):
        ended = verify(target, folder)

        assert ended.status == HOLDS, ended.err
        assert ended.json["outcome"] == "verified"
        assert ended.json["policy"] == "yours"
        assert [ended.json[n] for n in ("events", "seals", "parties")] == [2, 3, 1]
        assert ended.json["index_root"] == "recomputed at the last seal"


def test_every_seal_is_said_when_every_seal_was_recomputed(folder):
    ended = verify(folder, folder, "--every-seal")

    assert ended.json["index_root"] == "recomputed at every seal"


def test_a_served_ledger_and_its_passport_hold_for_the_installed_command(folder):
    with serving(folder) as url:
        ended = run("verify", url)
        again = run("verify", url, "--json")
        page = caravan("verify", f"{url}/id/animal/7", "--json")
        nothing = caravan("verify", f"{url}/id/animal/8", "--json")

    assert ended.status == HOLDS, ended.err
    assert ended.out.startswith("verified: herd.example/log-")
    assert "this server's own word; first use, pinned here" in ended.out
    assert "on the ledger's word alone" in ended.out
    assert "does not show that what they said is true" in ended.out
    assert again.json["policy"] == "this server's own word; pinned here"
    assert "\x1b" not in ended.out + ended.err
    # Nobody has said that the animal came into being, so nobody has a say about it.
    assert page.json["shown_apart"] == [5, 6]
    assert "standing" in page.json["not_checked"]
    assert nothing.status == NOTHING


def test_the_uri_of_a_label_asks_the_server_to_compare_it(folder):
    with serving(folder) as url, LedgerClient(url) as client:
        label = parse_passport(client.passport(ANIMAL, label=3)).label
        page = f"{url}/id/animal/7{fragment_of(3, label.root).to_text()}"
        other = f"{url}/id/animal/7{fragment_of(3, bytes(32)).to_text()}"
        larger = f"{url}/id/animal/7{fragment_of(999, label.root).to_text()}"

        held = caravan("verify", page, "--json")
        disagrees = caravan("verify", other, "--json")
        unknown = [
            caravan("verify", target, "--json") for target in (larger, page[:-1])
        ]

    assert held.status == HOLDS, held.err
    assert held.json["label"] == "printed from 3 entries, which today's ledger extends"
    assert "label" not in held.json["not_checked"]
    assert (disagrees.status, disagrees.json["code"]) == (BROKEN, "label-mismatch")
    assert {(ended.status, ended.json["code"]) for ended in unknown} == {
        (CANNOT, "label")
    }


def test_a_passport_is_complete_as_the_ledger_says_and_no_more(folder):
    ended = caravan(
        "verify",
        passport_of(folder),
        "--policy",
        folder / "policy",
        "--subject",
        ANIMAL,
    )

    assert ended.status == HOLDS, ended.err
    assert "complete according to the ledger; nobody else has checked" in (
        ended.out.lower()
    )
    assert "not checked: replay, standing, witnesses" in ended.out


def test_a_receipt_holds_with_its_statement(folder):
    receipt = receipt_of(folder)

    ended = verify(receipt, folder, "--entry", folder.parent / "entry.note")

    assert ended.status == HOLDS, ended.err
    assert ended.json["tree_size"] == 8


# -------------------------------------------------------------------- what is broken


@pytest.mark.parametrize(
    ("index", "old", "new", "code"),
    [
        pytest.param(0, b":86400", b":86401", "signature", id="genesis"),
        pytest.param(2, b"Green", b"Brown", "signature", id="name-of-a-party"),
        pytest.param(5, b"T06:10", b"T06:11", "signature", id="time-of-an-event"),
        pytest.param(5, b"\n\n", b"\n", "note", id="no-blank-line"),
        pytest.param(6, b"\xe2\x80\x94", b"--", "note", id="no-signature-line"),
        pytest.param(7, b"seal/v1", b"sea1/v1", "statement-format", id="no-kind"),
        pytest.param(7, b"\n4\n", b"\n1\n", "seal-mismatch", id="previous-seal"),
    ],
)
def test_one_changed_byte_in_the_database_is_named_where_it_is(
    folder, index, old, new, code
):
    change_entry(folder, index, old, new)

    ended = verify(folder, folder)

    assert ended.status == BROKEN, ended.err
    assert ended.json["outcome"] == "not verified"
    assert ended.json["index"] == index
    assert ended.json["step"] == 3
    assert ended.json["code"] == code


def test_a_changed_chain_head_is_named_where_it_is(folder):
    change(folder, 'UPDATE entry SET chain = ? WHERE "index" = 3', bytes(32))

    ended = verify(folder, folder)

    assert (ended.status, ended.json["code"]) == (BROKEN, "chain-broken")
    assert ended.json["index"] == 3


def test_a_row_that_is_gone_is_named_where_it_was(folder):
    change(folder, 'DELETE FROM entry WHERE "index" = ?', 5)

    ended = verify(folder, folder)

    assert (ended.status, ended.json["code"]) == (BROKEN, "incomplete")
    assert ended.json["index"] == 5


def test_a_changed_checkpoint_is_refused(folder):
    store = DataFolder(folder).open_store()
    note = store.newest_checkpoint()
    store.close()
    change(folder, "UPDATE checkpoint SET note = ?", note.replace(b"\n8\n", b"\n5\n"))

    ended = verify(folder, folder)

    assert (ended.status, ended.json["code"]) == (BROKEN, "signature")


def test_a_damaged_checkpoint_is_broken_evidence(folder):
    change(folder, "UPDATE checkpoint SET note = ?", "x\n\n— a.b AAAA\n".encode())

    assert verify(folder, folder).status == BROKEN


def test_a_database_file_cut_in_half_is_broken_evidence(folder):
    append(folder, *signed(folder, *(event(100 + n) for n in range(150))))
    database = folder / "ledger.db"
    data = database.read_bytes()
    for extra in folder.glob("ledger.db-*"):
        extra.unlink()
    database.write_bytes(data[: len(data) // 2 // 4096 * 4096])

    ended = verify(database, folder)

    assert (ended.status, ended.json["code"]) == (BROKEN, "incomplete")


@pytest.mark.parametrize("whole", [0, 1, 7])
def test_a_truncated_copy_of_a_log_names_the_entry_that_is_cut(folder, tmp_path, whole):
    copied = copy_log(folder, tmp_path / "copied")
    bundle = copied / bundle_path(0, 8)
    entries = [entry_of(folder, index) for index in range(whole)]
    kept = len(encode_bundle(entries)) + 9
    bundle.write_bytes(bundle.read_bytes()[:kept])

    ended = verify(copied, folder)

    assert (ended.status, ended.json["code"]) == (BROKEN, "incomplete")
    assert ended.json["index"] == whole


def test_a_changed_entry_of_a_copied_log_is_named(folder, tmp_path):
    copied = copy_log(folder, tmp_path / "copied")
    bundle = copied / bundle_path(0, 8)
    bundle.write_bytes(bundle.read_bytes().replace(b"pasture", b"Pasture"))

    ended = verify(copied, folder)

    assert (ended.status, ended.json["index"]) == (BROKEN, 5)


def test_an_entry_left_out_of_a_copied_log_is_found(folder, tmp_path):
    copied = copy_log(folder, tmp_path / "copied")
    entries = [entry_of(folder, index) for index in (0, 1, 2, 3, 4, 6, 5, 7)]
    (copied / bundle_path(0, 8)).write_bytes(encode_bundle(entries))

    ended = verify(copied, folder)

    # Each is valid at its place; the seal's chain head knows their order.
    assert (ended.status, ended.json["index"]) == (BROKEN, 7)
    assert ended.json["code"] == "chain-broken"


@pytest.mark.parametrize(
    ("old", "new", "index"),
    [
        pytest.param("T06:10", "T06:11", 5, id="fact"),
        pytest.param("Green Oasis", "Brown Oasis", 2, id="name"),
    ],
)
def test_an_altered_passport_is_refused_and_says_where(folder, old, new, index):
    file = passport_of(folder)
    file.write_text(file.read_text("utf-8").replace(old, new, 1), "utf-8")

    ended = verify(file, folder)

    assert (ended.status, ended.json["code"]) == (BROKEN, "root-mismatch")
    assert ended.json["index"] == index


@pytest.mark.parametrize("kept", [0.3, 0.99])
def test_a_passport_cut_short_is_known_for_what_it_was(folder, kept):
    file = passport_of(folder)
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * kept)])

    ended = verify(file, folder)

    assert (ended.status, ended.json["code"]) == (BROKEN, "passport")


def test_a_passport_of_something_else_is_not_what_was_asked_for(folder):
    ended = verify(
        passport_of(folder), folder, "--subject", f"https://{HOST}/id/animal/8"
    )

    assert (ended.status, ended.json["pointer"]) == (BROKEN, "/subject")


def test_an_altered_receipt_is_refused(folder):
    file = receipt_of(folder)
    entry = folder.parent / "entry.note"
    honest = file.read_bytes()
    lies = {
        "root-mismatch": honest.replace(b"index 5", b"index 6"),
        "not-verified": honest.replace(b"index 5", b"index 9"),
        "proof-shape": honest.replace(honest.split(b"\n")[2] + b"\n", b""),
        "signature": honest.replace(b"\n8\n", b"\n9\n"),
        "receipt-format": honest.replace(b"index 5", b"index 05"),
    }
    for code, lie in lies.items():
        file.write_bytes(lie)

        ended = verify(file, folder, "--entry", entry)

        assert (ended.status, ended.json["code"]) == (BROKEN, code)


def test_a_receipt_of_another_statement_is_refused(folder):
    file = receipt_of(folder)
    other = folder.parent / "other.note"
    other.write_bytes(entry_of(folder, 6))

    ended = verify(file, folder, "--entry", other)

    assert (ended.status, ended.json["code"]) == (BROKEN, "root-mismatch")


# -------------------------------------------------------------------------- policies


def test_a_policy_of_another_ledger_says_nothing_about_this_one(folder, tmp_path):
    caravan("init", tmp_path / "other", "--host", "other.example", "--no-passphrase")

    ended = verify(folder, tmp_path / "other")

    assert (ended.status, ended.json["outcome"]) == (CANNOT, "cannot check")


def policy_with_another_key(folder, to):
    origin = (folder / "policy").read_text().split()[1].split("+")[0]
    other = NoteSigner(origin, SigningKey.from_seed(bytes(32)))
    to.write_text(f"log {other.vkey.to_text()}\nquorum none\n")
    return to


def test_a_log_signed_by_no_key_of_the_policy_is_broken(folder, tmp_path):
    policy = policy_with_another_key(folder, tmp_path / "policy")

    ended = caravan("verify", folder, "--policy", policy, "--json")

    assert (ended.status, ended.json["code"]) == (BROKEN, "unknown-key")


def test_a_policy_that_is_none_leaves_nothing_to_judge(folder, tmp_path):
    policy = tmp_path / "policy"
    policy.write_text("trust everybody\n")

    assert caravan("verify", folder, "--policy", policy).status == NOTHING
    assert caravan("verify", folder, "--policy", tmp_path / "none").status == NOTHING


def test_without_any_policy_a_passport_cannot_be_checked(folder):
    ended = caravan("verify", passport_of(folder), "--json")

    assert (ended.status, ended.json["code"]) == (CANNOT, "cannot-check")
    assert "--policy FILE" in ended.err


def test_a_quorum_that_is_not_there_cannot_be_checked(folder, tmp_path):
    witness = Cosigner("witness.example", SigningKey.from_seed(bytes(32)))
    policy = tmp_path / "policy"
    log_line = (folder / "policy").read_text().split("\n")[0]
    policy.write_text(
        f"{log_line}\nwitness w {witness.vkey.to_text()}\nquorum w\n",
    )

    for target in (folder, passport_of(folder), receipt_of(folder)):
        entry = ["--entry", folder.parent / "entry.note"]
        ended = caravan("verify", target, "--policy", policy, "--json", *entry)

        assert (ended.status, ended.json["code"]) == (CANNOT, "quorum")


def test_the_pinned_policy_stays_in_force_until_its_reader_says_otherwise(folder):
    caravan("verify", folder)
    with (folder / "policy").open("a") as policy:
        policy.write("# newer\n")

    ended = caravan("verify", folder)
    accepted = caravan("verify", folder, "--accept-policy")
    after = caravan("verify", folder)

    assert ended.status == HOLDS
    assert "the served policy differs: its fingerprint is" in ended.out
    assert "--accept-policy" in ended.out
    assert "taken now, pinned here" in accepted.out
    assert after.status == HOLDS
    assert "differs" not in after.out


def test_a_pin_of_another_key_is_not_given_up_by_itself(folder, home):
    honest = (folder / "policy").read_text()
    caravan("verify", folder)
    (pin,) = (home / "policies").iterdir()
    policy_with_another_key(folder, pin)

    ended = caravan("verify", folder, "--json")
    accepted = caravan("verify", folder, "--accept-policy")

    assert (ended.status, ended.json["code"]) == (BROKEN, "unknown-key")
    assert accepted.status == HOLDS
    assert pin.read_text() == honest


def test_a_policy_is_not_pinned_by_a_ledger_that_does_not_hold(folder, home):
    change_entry(folder, 5, b"T06:10", b"T06:11")

    assert caravan("verify", folder).status == BROKEN
    assert not (home / "policies").exists()


def change_ledger_key(folder):
    """Add a second ledger key and retire the first, as the registrar does."""
    registrar = read_key_file(folder / "keys" / "registrar.pem")
    old = read_key_file(folder / "keys" / "ledger.pem")
    new = generate(old.name)
    write_key_file(folder / "keys" / "ledger-2.pem", new, passphrase=None)
    for change, signer in (("add", new), ("retire", old)):
        body = {"action": "ledger-key", change: signer.vkey.to_text()}
        statement = sign_statement(
            origin=old.name, kind="directory", body=body, signers=[registrar]
        )
        append(folder, statement)
    (folder / "keys" / "ledger.pem").unlink()
    policy = folder / "policy"
    text = policy.read_text()
    policy.write_text(text.replace(old.vkey.to_text(), new.vkey.to_text()))
    append(folder, *signed(folder, event(50)))
    return old, new


def test_a_key_that_the_directory_leads_to_is_followed(folder):
    assert caravan("verify", folder).status == HOLDS
    old, new = change_ledger_key(folder)

    ended = caravan("verify", folder)
    again = caravan("verify", folder)

    assert ended.status == again.status == HOLDS, ended.err
    assert f"the directory leads from its key to {new.vkey.label}" in again.out
    assert "its key to " + old.vkey.label not in again.out


def test_a_new_key_that_nothing_seen_ties_to_the_policy_is_refused(folder, tmp_path):
    policy = shutil.copy(folder / "policy", tmp_path)
    change_ledger_key(folder)

    ended = caravan("verify", folder, "--policy", policy, "--json")

    assert (ended.status, ended.json["code"]) == (BROKEN, "unknown-key")


def test_a_new_key_does_not_make_another_history_pass(folder, tmp_path):
    other = shutil.copytree(folder.parent, tmp_path / "other") / "data"
    append(folder, *signed(folder, event(3)))
    assert verify(folder, folder).status == HOLDS
    append(other, *signed(folder, event(4)))
    change_ledger_key(other)

    ended = verify(other, folder)

    assert (ended.status, ended.json["code"]) == (BROKEN, "split-view")


# ------------------------------------------------------------------- what was seen


def test_an_older_ledger_than_the_one_seen_cannot_be_checked(folder, tmp_path):
    older = shutil.copytree(folder, tmp_path / "older")
    append(folder, *signed(folder, event(3)))
    assert verify(folder, folder).status == HOLDS

    ended = verify(older, older)

    assert (ended.status, ended.json["code"]) == (CANNOT, "stale")


@pytest.mark.parametrize("more", [1, 2], ids=["same-size", "other-size"])
def test_two_histories_of_one_ledger_are_kept_as_evidence(folder, tmp_path, home, more):
    other = shutil.copytree(folder, tmp_path / "other")
    append(folder, *signed(folder, event(3)))
    append(other, *signed(folder, *(event(10 + n) for n in range(more))))
    assert verify(folder, folder).status == HOLDS

    ended = verify(other, other)

    assert (ended.status, ended.json["code"]) == (BROKEN, "split-view")
    assert ended.json["step"] == 9
    assert len(ended.json["checkpoints"]) == 2
    (kept,) = (home / "split-views").iterdir()
    assert str(kept) in ended.err
    # Whoever has the policy can check the file, wherever it came from.
    shown = caravan("verify", kept, "--policy", folder / "policy", "--json")
    assert (shown.status, shown.json["code"]) == (BROKEN, "split-view")
    notes = [shown.json[one]["checkpoint"] for one in ("first", "second")]
    assert notes == ended.json["checkpoints"]


def test_a_split_view_is_said_even_if_its_evidence_cannot_be_kept(
    folder, tmp_path, home
):
    other = shutil.copytree(folder, tmp_path / "other")
    append(folder, *signed(folder, event(3)))
    append(other, *signed(folder, event(4)))
    assert verify(folder, folder).status == HOLDS
    (home / "split-views").write_text("a file")

    ended = verify(other, other)

    assert (ended.status, ended.json["code"]) == (BROKEN, "split-view")
    assert "no evidence was kept" in ended.err


def test_a_passport_that_contradicts_what_was_seen_is_a_split_view(folder, tmp_path):
    other = shutil.copytree(folder.parent, tmp_path / "other") / "data"
    append(folder, *signed(folder, event(3)))
    append(other, *signed(folder, event(4)))
    assert verify(folder, folder).status == HOLDS

    ended = verify(passport_of(other), folder)

    assert (ended.status, ended.json["code"]) == (BROKEN, "split-view")


# --------------------------------------------------------------- nothing, and unknown


def test_what_is_no_evidence_of_ours_leaves_nothing_to_judge(tmp_path):
    (tmp_path / "text").write_text("milk\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "checkpoint").write_text("<html>\n")
    database = sqlite3.connect(tmp_path / "other.db")
    database.execute("CREATE TABLE milk (kg)")
    database.close()

    for name in ("text", "empty", "page", "other.db", "missing"):
        ended = caravan("verify", tmp_path / name)

        assert ended.status == NOTHING
        assert ended.err.startswith("caravan: error: ")
        assert ended.out == ""


def test_no_connection_leaves_nothing_to_judge():
    ended = caravan("verify", "http://127.0.0.1:9")

    assert ended.status == NOTHING
    assert "no connection" in ended.err


def test_an_unknown_version_cannot_be_checked(folder):
    file = passport_of(folder)
    file.write_bytes(file.read_bytes().replace(b"passport/v3", b"passport/v4"))

    ended = verify(file, folder)

    assert (ended.status, ended.json["code"]) == (CANNOT, "unknown-version")


def test_a_receipt_without_its_statement_leaves_nothing_to_judge(folder):
    ended = verify(receipt_of(folder), folder)

    assert ended.status == NOTHING
    assert "--entry FILE" in ended.err


# ----------------------------------------------------------------------- in words


def test_the_first_wrong_thing_is_explained_to_a_person(folder):
    change_entry(folder, 5, b"T06:10", b"T06:11")

    ended = run("verify", folder)

    assert ended.status == BROKEN
    error, *hints = ended.err.splitlines()
    assert error.startswith("caravan: error: not verified: ")
    assert "entry 5: signature: " in error
    assert hints[0] == ("caravan: hint: step 3 of 9: every entry is valid at its index")
    assert len(hints) == 3
    assert ended.out == ""


def codes(cls):
    return {cls.code} | {
        code for child in cls.__subclasses__() for code in codes(child)
    }


def test_every_refusal_of_a_verifier_is_explained():
    wanted = codes(VerificationError) | codes(CannotCheckError)

    assert wanted <= EXPLANATIONS.keys()


def test_a_refusal_is_no_exception_to_a_caller_of_the_library(folder, home):
    data = passport_of(folder).read_bytes()

    def choose(_origin, _served):
        raise CannotCheckError("policy: none")

    with pytest.raises(LedgerError) as refusal:
        judge_passport(data, ANIMAL, choose, None)
    assert refusal.value.code == "cannot-check"
