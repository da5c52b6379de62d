"""Keys over time: ledger keys added and retired, the registrar rotated and recovered.

A reader who knew the old key is led to the new one by the log itself, and what was
given out before stays what it was.
"""

import shutil
import stat

import pytest

from ledger.answer import Appended
from ledger.checkpoint import open_checkpoint
from ledger.cli.folder import DataFolder
from ledger.clock import SystemClock
from ledger.errors import AuthorityError, LedgerError
from ledger.keys import generate, read_key_file, write_key_file
from ledger.log import Log
from ledger.note import parse_vkey
from ledger.receipt import parse_receipt, verify_receipt
from ledger.statement import sign_statement
from tests.cli.command import caravan
from tests.cli.conftest import ANIMAL, HOST, append, event, signed

HOLDS, NOTHING, BROKEN = 0, 2, 3
ANSWERED = 5
"""Index of an entry that was there before any key was changed."""


def stated(*arguments, folder, key=None):
    """Return the statement that a verb of ``caravan party`` makes."""
    key = key or folder / "keys" / "registrar.pem"
    done = caravan("party", *arguments, "--key", key, "--ledger", folder)
    assert done.status == HOLDS, done.err
    return done.out.encode()


def tried(folder, note):
    """Return what becomes of one statement."""
    log = DataFolder(folder).open_log(clock=SystemClock())
    try:
        (answer,) = log.append_statements([note])
    finally:
        log.close()
    return answer


def add_second_key(folder):
    """Make a second ledger key, and have it added; return both."""
    made = caravan("key", "ledger", folder, "--no-passphrase")
    assert made.status == HOLDS, made.err
    append(folder, stated("ledger-key", "--add", made.out.strip(), folder=folder))
    first = read_key_file(folder / "keys" / "ledger.pem").vkey
    return first, parse_vkey(made.out.strip())


def name_in_policy(folder, *vkeys):
    """Have the policy that the ledger suggests name these keys."""
    lines = [f"log {vkey.to_text()} https://{HOST}/log\n" for vkey in vkeys]
    (folder / "policy").write_text("".join(lines) + "quorum none\n")


def retire(folder, vkey):
    append(folder, stated("ledger-key", "--retire", vkey.to_text(), folder=folder))


def given_out(folder):
    """Return what the ledger gives out now: checkpoint, a receipt, a passport."""
    log = DataFolder(folder).open_log(clock=SystemClock())
    try:
        entry = log.entry(ANSWERED)
        (known,) = log.append_statements([entry])
        assert isinstance(known, Appended)
        return log.checkpoint(), known.receipt, log.passport(ANIMAL), entry
    finally:
        log.close()


def signed_by(note, *vkeys):
    return {*open_checkpoint(note, origin=vkeys[0].name, log_keys=vkeys).signed_by}


# -------------------------------------------------------------------- ledger keys


def test_a_second_ledger_key_is_made_beside_the_first(folder):
    made = caravan("key", "ledger", folder, "--no-passphrase")
    third = caravan("key", "ledger", folder, "--no-passphrase")

    file = folder / "keys" / "ledger-2.pem"
    vkey = read_key_file(file).vkey
    assert made.out == f"{vkey.to_text()}\n"
    assert vkey.name == read_key_file(folder / "keys" / "ledger.pem").name
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_key_file(folder / "keys" / "ledger-3.pem").vkey.to_text() in third.out
    # They sign nothing until the registrar says so.
    assert caravan("verify", folder).status == HOLDS


def test_checkpoints_carry_every_key_in_force_and_what_is_old_is_given_out_anew(
    folder, tmp_path
):
    note, receipt, _, entry = given_out(folder)
    first, second = add_second_key(folder)
    both = first, second
    assert signed_by(note, *both) == {first.label}
    name_in_policy(folder, *both)

    assert signed_by(given_out(folder)[0], *both) == {first.label, second.label}
    append(folder, *signed(folder, event(20)))
    assert signed_by(given_out(folder)[0], *both) == {first.label, second.label}
    retire(folder, first)
    name_in_policy(folder, second)
    (folder / "keys" / "ledger.pem").unlink()
    note, again, passport, _ = given_out(folder)

    assert signed_by(note, *both) == {second.label}
    # The same entry has a receipt of today, and that of then is what it was.
    for old_or_new, keys in ((receipt, [first]), (again, [second])):
        parsed = parse_receipt(old_or_new)
        assert parsed.index == ANSWERED
        verify_receipt(parsed, entry, origin=first.name, log_keys=keys)
    file = tmp_path / "passport.json"
    file.write_bytes(passport)
    judged = caravan("verify", file, "--policy", folder / "policy")
    assert judged.status == HOLDS, judged.err
    whole = caravan("verify", folder, "--policy", folder / "policy", "--every-seal")
    assert whole.status == HOLDS, whole.err


def test_who_knows_the_retired_key_is_led_on_by_the_ledger_and_not_by_a_passport(
    folder, tmp_path
):
    assert caravan("verify", folder).status == HOLDS  # which pins the first key
    first, second = add_second_key(folder)
    name_in_policy(folder, first, second)
    both = caravan("verify", folder)
    retire(folder, first)
    name_in_policy(folder, second)
    _, receipt, passport, entry = given_out(folder)
    for name, data in (("p", passport), ("r", receipt), ("e", entry)):
        (tmp_path / name).write_bytes(data)
    shown = ["verify", tmp_path / "p"]
    kept = ["verify", tmp_path / "r", "--entry", tmp_path / "e"]

    assert both.status == HOLDS
    for document in (shown, kept):
        refused = caravan(*document)
        assert refused.status == BROKEN
        assert "no line of a key of this log" in refused.err
        assert "hint: where the ledger has changed its key" in refused.err
    led = caravan("verify", folder)
    assert led.status == HOLDS, led.err
    assert f"the directory leads from its key to {second.label}" in led.out
    assert "--accept-policy takes the served one" in led.out
    assert caravan("verify", folder, "--accept-policy").status == HOLDS
    for document in (shown, kept):
        assert caravan(*document).status == HOLDS


def test_a_ledger_key_that_is_not_on_the_server_stops_it_with_one_line(folder):
    _, second = add_second_key(folder)
    (folder / "keys" / "ledger-2.pem").rename(folder / "elsewhere.pem")

    refused = caravan("serve", folder, "--port", "0")

    assert refused.status == NOTHING
    (line,) = [line for line in refused.err.splitlines() if "caravan: error" in line]
    assert line == (
        f"caravan: error: ledger key {second.label}: in force, but not here; "
        "put its key file there and start again"
    )


def test_the_last_key_that_the_policy_names_is_not_retired_unawares(folder):
    first, second = add_second_key(folder)
    asked = ["party", "ledger-key", "--retire", first.to_text()]
    asked += ["--key", folder / "keys" / "registrar.pem"]

    refused = caravan(*asked, "--ledger", folder)

    assert refused.status == NOTHING
    assert f"policy: names no other ledger key than {first.label}" in refused.err
    assert "add a log line" in refused.err
    # Who insists can sign it, and the server says what is missing.
    insisted = caravan(*asked, "--origin", first.name)
    append(folder, insisted.out.encode())
    with pytest.raises(LedgerError, match="names no ledger key in force") as stopped:
        DataFolder(folder).open_log(clock=SystemClock())
    assert f"log {second.to_text()}" in stopped.value.__notes__[0]
    name_in_policy(folder, first, second)
    assert signed_by(given_out(folder)[0], first, second) == {second.label}


@pytest.mark.parametrize("options", [[], ["--add", "{key}", "--retire", "{key}"]])
def test_a_ledger_key_is_either_added_or_retired(folder, options):
    key = folder / "keys" / "ledger.pem"
    options = [option.format(key=key) for option in options]

    refused = caravan("party", "ledger-key", *options, "--key", key, "--origin", "a.b")

    assert refused.status == NOTHING
    assert "want one of --add and --retire" in refused.err


# ---------------------------------------------------------------------- registrar


def new_registrar(folder, number=2):
    file = folder.parent / f"registrar-{number}.pem"
    name = f"{HOST}/registrar-{number}"
    made = caravan("key", "new", name, "--out", file, "--no-passphrase")
    assert made.status == HOLDS, made.err
    return file, made.out.strip()


def admission(folder, key, name="dune-dairy"):
    admit = ["admit", "--id", name, "--role", "plant", "--name", "Dune Dairy"]
    return stated(*admit, folder=folder, key=key)


def test_a_registrar_that_was_rotated_decides_and_the_old_key_decides_nothing(folder):
    old = folder / "keys" / "registrar.pem"
    new, _ = new_registrar(folder)
    too_late = admission(folder, old, "too-late")
    append(folder, stated("rotate", "--new", new, folder=folder))

    append(folder, admission(folder, new))
    assert isinstance(tried(folder, too_late), AuthorityError)
    # Whoever has stolen the old key cannot take the office back either.
    third, _ = new_registrar(folder, 3)
    back = stated("rotate", "--new", third, folder=folder, key=old)
    assert isinstance(tried(folder, back), AuthorityError)
    assert caravan("verify", folder).status == HOLDS


def test_the_new_registrar_may_be_elsewhere_and_signs_there(folder, tmp_path):
    new, vkey = new_registrar(folder)

    draft = caravan(
        *["party", "rotate", "--new", vkey, "--ledger", folder],
        *["--key", folder / "keys" / "registrar.pem"],
    )
    (tmp_path / "draft").write_text(draft.out)
    done = caravan("sign", tmp_path / "draft", "--key", new)

    assert f"to be signed by {parse_vkey(vkey).label} too" in draft.err
    append(folder, done.out.encode())
    append(folder, admission(folder, new))


def test_a_lost_registrar_is_recovered_and_the_thief_is_left_with_nothing(folder):
    new, _ = new_registrar(folder)
    recovery = folder / "keys" / "recovery.pem"

    done = caravan(
        *["party", "rotate", "--new", new, "--recovery", recovery],
        *["--ledger", folder],
    )
    append(folder, done.out.encode())

    append(folder, admission(folder, new))
    stolen = admission(folder, folder / "keys" / "registrar.pem", "thieves-inc")
    assert isinstance(tried(folder, stolen), AuthorityError)


@pytest.fixture(scope="module")
def shared_recovery(tmp_path_factory):
    """A ledger of which two of three recovery keys replace the registrar."""
    folder = tmp_path_factory.mktemp("recovery") / "data"
    (folder / "keys").mkdir(parents=True)
    origin = f"{HOST}/log-00000000"
    names = ["ledger", "registrar", "one", "two", "three"]
    keys = {name: generate(f"{HOST}/{name}") for name in names}
    keys["ledger"] = generate(origin)
    for name, signer in keys.items():
        write_key_file(folder / "keys" / f"{name}.pem", signer, passphrase=None)
    body = {
        "action": "genesis",
        "ledger_keys": [keys["ledger"].vkey.to_text()],
        "max_age_seconds": 86_400,
        "recovery": {"k": 2, "keys": [keys[n].vkey.to_text() for n in names[2:]]},
        "registrar": keys["registrar"].vkey.to_text(),
    }
    data = DataFolder(folder)
    name_in_policy(folder, keys["ledger"].vkey)
    Log.create(
        data.database_url,
        origin=origin,
        genesis=sign_statement(
            origin=origin, kind="directory", body=body, signers=[keys["registrar"]]
        ),
        signers=[keys["ledger"]],
        clock=SystemClock(),
        policy=data.read_policy(),
    ).close()
    return folder


def recover(folder, *names, ledger=True):
    new, _ = new_registrar(folder)
    given = [x for n in names for x in ("--recovery", folder / "keys" / f"{n}.pem")]
    where = ["--ledger", folder] if ledger else ["--origin", f"{HOST}/log-00000000"]
    return caravan("party", "rotate", "--new", new, *given, *where)


def test_recovery_keys_are_put_in_the_order_of_the_genesis(shared_recovery, tmp_path):
    folder = shutil.copytree(shared_recovery, tmp_path / "data")

    as_given = recover(folder, "three", "one", ledger=False)
    (folder.parent / "registrar-2.pem").unlink()
    in_order = recover(folder, "three", "one")

    assert isinstance(tried(folder, as_given.out.encode()), AuthorityError)
    append(folder, in_order.out.encode())
    append(folder, admission(folder, folder.parent / "registrar-2.pem"))


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["one"], "recovery: got 1 keys, want 2 of"),
        (["one", "two", "three"], "recovery: got 3 keys, want 2 of"),
        (["one", "registrar"], "registrar+"),
    ],
)
def test_recovery_keys_that_would_be_refused_sign_nothing(
    shared_recovery, tmp_path, names, said
):
    folder = shutil.copytree(shared_recovery, tmp_path / "data")

    refused = recover(folder, *names)

    assert refused.status == NOTHING
    assert said in refused.err
    assert refused.out == ""


def test_a_rotation_is_by_the_registrar_or_by_recovery(folder):
    new, vkey = new_registrar(folder)
    registrar = folder / "keys" / "registrar.pem"
    both = ["--key", registrar, "--recovery", folder / "keys" / "recovery.pem"]

    for options in ([], both):
        refused = caravan("party", "rotate", "--new", new, *options, "--origin", "a.b")
        assert refused.status == NOTHING
        assert "want either --key or --recovery" in refused.err
    elsewhere = caravan("key", "show", registrar).out.strip()
    options = ["--key", elsewhere, "--ledger", folder]
    refused = caravan("party", "rotate", "--new", vkey, *options)
    assert refused.status == NOTHING
    assert "no private key of a signer is here" in refused.err
