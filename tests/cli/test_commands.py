"""Every verb but ``verify``, as a cooperative and an operator use them."""

import json
import os
import stat
import subprocess
from xml.etree import ElementTree

import pytest

from ledger.cli import main
from ledger.cli.outcome import ExitStatus, status_of
from ledger.errors import LedgerError, RefusedError
from ledger.keys import read_key_file
from ledger.statement import parse_statement
from tests.cli.command import INSTALLED, caravan, run, serving
from tests.cli.conftest import ANIMAL, HOST, append, event, signed

GTIN = "https://id.gs1.org/01/09520123456788"


def origin_of(folder):
    return (folder / "policy").read_text().split()[1].split("+")[0]


# ------------------------------------------------------------------------------ init


def test_init_makes_keys_that_only_their_owner_can_read(folder):
    files = sorted((folder / "keys").iterdir())

    assert [file.name for file in files] == [
        "ledger.pem",
        "recovery.pem",
        "registrar.pem",
    ]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_init_ends_the_origin_in_eight_random_digits(tmp_path):
    made = [
        caravan(
            "init", tmp_path / name, "--host", HOST, "--name", "milk", "--no-passphrase"
        )
        for name in ("one", "two")
    ]

    origins = [ended.out.splitlines()[0].split()[1] for ended in made]
    assert origins[0] != origins[1]
    for origin in origins:
        name, _, digits = origin.rpartition("-")
        assert name == f"{HOST}/milk"
        assert len(bytes.fromhex(digits)) == 4


def test_init_says_where_recovery_and_registrar_belong(tmp_path):
    ended = caravan("init", tmp_path / "data", "--host", HOST, "--no-passphrase")

    assert "Move both to places apart from this machine" in ended.out


def test_init_never_writes_over_a_ledger(folder):
    before = (folder / "ledger.db").read_bytes()

    ended = caravan("init", folder, "--host", HOST, "--no-passphrase")

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert (folder / "ledger.db").read_bytes() == before


@pytest.mark.parametrize("name", ["a b", "q?x=1", "p%41", "h#1", "骆驼"])
def test_a_folder_may_have_any_name(tmp_path, name):
    made = caravan("init", tmp_path / name, "--host", HOST, "--no-passphrase")

    assert made.status == 0, made.err
    assert (tmp_path / name / "ledger.db").is_file()
    assert caravan("verify", tmp_path / name).status == 0


@pytest.mark.parametrize("host", ["localhost", "herd.example/north", ""])
def test_init_refuses_a_host_that_is_no_domain(tmp_path, host):
    ended = caravan("init", tmp_path / "data", "--host", host, "--no-passphrase")

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert f"host: got {host!r}" in ended.err
    assert not (tmp_path / "data").exists()


def test_init_encrypts_its_keys_unless_told_otherwise(tmp_path, monkeypatch):
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("seven camels\n")
    options = ["--host", HOST, "--passphrase-file", passphrase]

    ended = caravan("init", tmp_path / "data", *options)

    assert ended.status == 0, ended.err
    pem = tmp_path / "data" / "keys" / "registrar.pem"
    assert b"ENCRYPTED" in pem.read_bytes()
    assert read_key_file(pem, "seven camels").name == f"{HOST}/registrar"
    monkeypatch.setenv("CARAVAN_PASSPHRASE", "seven camels")
    assert caravan("key", "show", pem).status == 0
    monkeypatch.setenv("CARAVAN_PASSPHRASE", "six camels")
    wrong = caravan("key", "show", pem)
    assert wrong.status == ExitStatus.NOTHING_TO_JUDGE
    assert "wrong passphrase" in wrong.err


def test_without_a_terminal_a_passphrase_is_asked_for_in_words(tmp_path):
    done = subprocess.run(
        [INSTALLED, "key", "new", f"{HOST}/anna", "--out", tmp_path / "anna.pem"],
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )

    assert done.returncode == ExitStatus.NOTHING_TO_JUDGE
    assert "caravan: hint: give --passphrase-file" in done.stderr
    assert not (tmp_path / "anna.pem").exists()


# ------------------------------------------------------------------------------- key


def test_a_key_shows_the_same_public_half_as_when_it_was_made(tmp_path):
    pem = tmp_path / "anna.pem"

    made = caravan("key", "new", f"{HOST}/anna", "--out", pem, "--no-passphrase")

    assert caravan("key", "show", pem).out == made.out
    assert made.out.startswith(f"{HOST}/anna+")


def test_a_key_that_openssl_made_signs_under_the_name_given(tmp_path):
    pem = tmp_path / "key.pem"
    command = ["openssl", "genpkey", "-algorithm", "ed25519", "-out", pem]
    subprocess.run(command, check=True, capture_output=True)

    nameless = caravan("key", "show", pem)
    named = caravan("key", "show", pem, "--name", f"{HOST}/li")

    assert nameless.status == ExitStatus.NOTHING_TO_JUDGE
    assert named.out.startswith(f"{HOST}/li+")


def test_a_key_is_never_written_over(base):
    pem = base / "anna.pem"

    ended = caravan("key", "new", f"{HOST}/anna", "--out", pem, "--no-passphrase")

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert "is there already" in ended.err


# ------------------------------------------------------------------------------ sign


def test_an_event_in_any_spelling_becomes_one_canonical_statement(base, folder):
    text = json.dumps(event(9, caravan=1.50), indent=4).replace("1.5", "15e-1")
    text = text.replace('"caravan"', '"caravan:fat"')

    ended = caravan(
        "sign", "--key", base / "anna.pem", "--ledger", folder, stdin=text.encode()
    )

    statement = parse_statement(ended.out.encode())
    assert statement.origin == origin_of(folder)
    assert b'"caravan:fat":1.5,' in statement.body
    assert b" " not in statement.body


def test_an_event_without_a_name_gets_a_new_one_each_time(base, folder):
    body = event(9)
    del body["eventID"]

    first, second = (
        json.loads(parse_statement(signed(folder, body)[0]).body) for _ in range(2)
    )

    assert first["eventID"] != second["eventID"]
    assert first["eventID"].startswith("urn:uuid:")
    assert first["eventID"][23] == "7"
    assert first | {"eventID": ""} == body | {"eventID": ""}


@pytest.mark.parametrize("spelling", ["array", "lines"])
def test_several_events_become_what_post_takes(base, folder, spelling):
    events = [event(number) for number in range(3)]
    text = json.dumps(events)
    if spelling == "lines":
        text = "".join(json.dumps(one) + "\n" for one in events)

    ended = caravan(
        "sign", "--key", base / "anna.pem", "--ledger", folder, stdin=text.encode()
    )

    notes = json.loads(ended.out)
    bodies = [json.loads(parse_statement(note.encode()).body) for note in notes]
    assert bodies == events


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        pytest.param(b"milk", "json", id="no-json"),
        pytest.param(b'{"a":1,"a":2}', "'a' occurs twice", id="member-twice"),
        pytest.param(b'{"__proto__":1}', "named __proto__", id="member-forbidden"),
        pytest.param(b"7", "object", id="no-object"),
        pytest.param(b'{"type":"ObjectEvent"}', "is missing", id="members-missing"),
        pytest.param(b"\n", "got nothing", id="nothing"),
        pytest.param(b"\xff", "json", id="not-utf-8"),
    ],
)
def test_what_is_no_event_is_not_signed(base, folder, stdin, said):
    ended = caravan("sign", "--key", base / "anna.pem", "--ledger", folder, stdin=stdin)

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert ended.out == ""
    assert said in ended.err


def test_one_bad_event_of_many_is_named_by_its_place(base, folder):
    text = json.dumps([event(1), event(2, bizStep="Not a word")]).encode()

    ended = caravan("sign", "--key", base / "anna.pem", "--ledger", folder, stdin=text)

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert "it is event 1, counted from 0" in ended.err


def test_without_a_ledger_nothing_is_signed(base):
    text = json.dumps(event(1)).encode()

    ended = caravan("sign", "--key", base / "anna.pem", stdin=text)

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert "--ledger URL or --origin NAME" in ended.err


def test_a_slip_goes_from_hand_to_hand_until_all_have_signed(base, folder):
    keys = {}
    for name in ("driver", "plant"):
        keys[name] = base / f"{name}.pem"
        options = ["--out", keys[name], "--no-passphrase"]
        caravan("key", "new", f"{HOST}/{name}", *options)
    vkeys = [caravan("key", "show", keys[name]).out.strip() for name in keys]
    others = [part for vkey in vkeys for part in ("--attester", vkey)]
    text = json.dumps(event(1)).encode()

    draft = caravan(
        "sign", "--key", base / "anna.pem", *others, "--ledger", folder, stdin=text
    )
    # The plant signs before the driver; the order of lines stays that of the signers.
    more = caravan("sign", "--key", keys["plant"], stdin=draft.out.encode())
    whole = caravan("sign", "--key", keys["driver"], stdin=more.out.encode())
    stranger = caravan(
        "sign", "--key", folder / "keys" / "registrar.pem", stdin=draft.out.encode()
    )

    assert "to be signed by herd.example/driver+" in draft.err
    assert "to be signed by herd.example/driver+" in more.err
    assert whole.err == ""
    names = [signer.name for signer in parse_statement(whole.out.encode()).signers]
    assert names == [f"{HOST}/anna", f"{HOST}/driver", f"{HOST}/plant"]
    assert stranger.status == ExitStatus.NOTHING_TO_JUDGE
    assert "not a signer of this statement" in stranger.err


# ------------------------------------------------------------------------------ post


def test_sign_and_post_make_a_pipe(base, folder, tmp_path):
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event(9)))
    keep = "--receipts kept"
    with serving(folder) as url:
        done = subprocess.run(
            ["sh", "-c", f"caravan sign event.json | caravan post --to {url} {keep}"],
            cwd=tmp_path,
            env=os.environ
            | {
                "PATH": f"{INSTALLED.parent}:{os.environ['PATH']}",
                "CARAVAN_KEY": str(base / "anna.pem"),
                "CARAVAN_LEDGER": url,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        kept = caravan(
            "verify", tmp_path / "kept" / "8.receipt", "--policy", folder / "policy"
        )
        note = signed(folder, event(9))[0]
        again = caravan("post", "--to", url, "--json", stdin=note)
        stranger = signed(folder, event(10, bizStep="retail_selling"))[0]
        batch = json.dumps([note.decode(), stranger.decode(), "milk"]).encode()
        mixed = caravan("post", "--to", url, stdin=batch)
        fresh = caravan("post", "--to", url, stdin=signed(folder, event(11))[0])
        (tmp_path / "a.note").write_bytes(signed(folder, event(12, colour="red"))[0])
        unknown = caravan("post", tmp_path / "a.note", "--to", url)
        listed = caravan("party", "list", "--ledger", url)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("entry: 8 ")
    assert "flag: late" in done.stdout
    assert kept.status == 0, kept.err
    assert again.status == 0
    assert [answer["index"] for answer in json.loads(again.out)] == [8]
    assert mixed.status == ExitStatus.FINDINGS
    assert mixed.out.startswith("entry: 8 ")
    assert "entry 8 was there before; nothing is added" in mixed.err
    assert fresh.err == ""
    for place in (2, 3):
        assert f"caravan: error: standard input: note {place} of 3: " in mixed.err
    assert unknown.status == ExitStatus.FINDINGS
    assert unknown.err.startswith(f"caravan: error: {tmp_path / 'a.note'}: '/colour': ")
    assert "schema" not in unknown.err
    assert "https://herd.example/id/party/green-oasis cooperative" in listed.out


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        pytest.param(b"", "got nothing", id="nothing"),
        pytest.param(b'{"type":"ObjectEvent"}', "not signed yet", id="event"),
        pytest.param(b'[{"type":"ObjectEvent"}]', "not signed yet", id="events"),
    ],
)
def test_what_is_no_note_is_not_posted(stdin, said):
    ended = caravan("post", "--to", "http://127.0.0.1:9", stdin=stdin)

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert said in ended.err
    assert "caravan sign" in ended.err


def test_post_to_nobody_says_so(base, folder):
    ended = caravan("post", "--to", "http://127.0.0.1:9", stdin=b"note")

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert "no connection" in ended.err


def test_post_to_what_is_no_url_says_so():
    ended = caravan("post", "--to", "ftp://herd.example", stdin=b"note")

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE


# ----------------------------------------------------------------------------- party


def test_a_key_elsewhere_is_authorised_by_a_draft_that_it_completes(base, folder):
    pem = base / "li.pem"
    made = caravan("key", "new", f"{HOST}/li", "--out", pem, "--no-passphrase")
    registrar = ["--key", folder / "keys" / "registrar.pem", "--ledger", folder]
    options = ["--party", "green-oasis", "--importer", "--right", "inspecting"]

    draft = caravan(
        "party", "authorize", *options, "--new-key", made.out.strip(), *registrar
    )
    whole = caravan("sign", "--key", pem, stdin=draft.out.encode())
    append(folder, whole.out.encode())
    append(folder, *signed(folder, event(9), key="li.pem"))
    revoke = caravan(
        "party", "revoke", "--party", "green-oasis", "--revoked", pem, *registrar
    )
    append(folder, revoke.out.encode())

    listed = caravan("party", "list", "--ledger", folder, "--json")
    (party,) = json.loads(listed.out)
    assert [key["ended_at"] for key in party["keys"]] == [None, 12]
    assert party["name"] == "Green Oasis"
    assert caravan("verify", folder).status == 0


def test_an_incomplete_statement_is_not_posted(base, folder):
    vkey = "herd.example/li+b3898635+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
    registrar = ["--key", folder / "keys" / "registrar.pem", "--ledger", folder]

    ended = caravan(
        "party",
        "authorize",
        *("--party", "green-oasis", "--new-key", vkey, "--to", "http://127.0.0.1:9"),
        *registrar,
    )

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--role", "king"], "want one of authority", id="no-such-role"),
        pytest.param(["--role", "farm", "--id", "A B"], "party", id="id"),
        pytest.param(["--role", "household", "--name", "Li"], "none", id="personal"),
        pytest.param(["--role", "farm", "--right", "a:b:c"], "right", id="right"),
        pytest.param(["--role", "farm", "--prefix", "x"], "prefixes", id="prefix"),
    ],
)
def test_what_would_not_be_valid_is_not_signed(folder, options, said):
    shared = ["--key", folder / "keys" / "registrar.pem", "--ledger", folder]

    ended = caravan("party", "admit", "--id", "li", *options, *shared)

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert ended.out == ""
    assert said in ended.err


# ----------------------------------------------------------------------------- serve


def test_serve_continues_the_same_ledger_after_a_restart(folder):
    with serving(folder) as url:
        first = caravan("verify", url, "--json").json
    with serving(folder) as url:
        second = caravan("verify", url, "--json").json

    assert first["root_hash"] == second["root_hash"]


def test_only_one_server_appends_to_a_ledger(folder):
    with serving(folder):
        ended = run("serve", folder, "--port", "0")

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert "another process appends to it" in ended.err


def test_serve_needs_a_ledger_and_a_free_port(folder, tmp_path):
    with serving(folder) as url:
        port = url.rpartition(":")[2]
        other = tmp_path / "other"
        caravan("init", other, "--host", HOST, "--no-passphrase")
        taken = run("serve", other, "--port", port)

    assert taken.status == ExitStatus.NOTHING_TO_JUDGE
    assert "--port" in taken.err
    none = caravan("serve", tmp_path / "none")
    assert none.status == ExitStatus.NOTHING_TO_JUDGE
    assert "caravan init makes" in none.err


# ----------------------------------------------------------------------------- label


def test_a_label_names_the_page_on_the_ledgers_own_domain(folder, tmp_path):
    svg, png = tmp_path / "label.svg", tmp_path / "label.png"

    own = caravan("label", ANIMAL, "--out", svg)
    lot = caravan("label", f"{GTIN}/10/L1", "--ledger", folder, "--out", png)

    assert own.out == f"{ANIMAL}\n"
    assert ElementTree.parse(svg).getroot().tag.endswith("svg")  # noqa: S314 ours
    assert lot.out == f"https://{HOST}/01/09520123456788/10/L1\n"
    assert png.read_bytes().startswith(b"\x89PNG")


def test_a_label_says_when_it_leads_away_from_its_own_domain(folder, tmp_path):
    to_file = ["--out", tmp_path / "label.png"]
    away = caravan("label", ANIMAL, "--ledger", "http://127.0.0.1:8000", *to_file)
    home = caravan("label", ANIMAL, "--ledger", folder, *to_file)

    assert away.err == f"caravan: the code leads to 127.0.0.1:8000, not to {HOST}\n"
    assert away.status == 0
    assert home.err == ""


def test_a_label_in_the_terminal_has_no_fragment():
    ended = caravan("label", f"{GTIN}/10/L1/21/7", "--ledger", "http://10.0.0.7:8000/")

    *_, uri = ended.out.splitlines()
    assert uri == "http://10.0.0.7:8000/01/09520123456788/10/L1/21/7"
    assert "█" in ended.out


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("milk", id="no-uri"),
        pytest.param("http://[x", id="no-url"),
        pytest.param(f"{GTIN[:-1]}7/10/L1", id="check-digit"),
        pytest.param(f"{ANIMAL}#c=8.abc", id="fragment"),
        pytest.param(f"{GTIN}/10/L1", id="no-domain-of-its-own"),
    ],
)
def test_what_is_no_subject_has_no_label(subject):
    ended = caravan("label", subject)

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert ended.out == ""


def test_a_label_is_not_drawn_into_a_file_of_another_kind(tmp_path):
    ended = caravan("label", ANIMAL, "--out", tmp_path / "label.pdf")

    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert not (tmp_path / "label.pdf").exists()


# ---------------------------------------------------------------------------- at large


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["ini"], id="unknown-verb"),
        pytest.param(["init"], id="no-folder"),
        pytest.param(["verify", "x", "--trust-me"], id="unknown-option"),
        pytest.param(["serve", "x", "--port", "milk"], id="not-a-number"),
        pytest.param(["key", "new"], id="no-name"),
    ],
)
def test_wrong_usage_is_said_in_two_lines(arguments):
    ended = caravan(*arguments)

    error, hint = ended.err.splitlines()
    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert error.startswith("caravan: error: ")
    assert hint.startswith("caravan: hint: caravan ")
    assert ended.out == ""


def test_what_a_server_says_cannot_steer_the_terminal():
    ended = caravan("verify", "\x1b[2J.json")

    assert "\x1b" not in ended.err
    assert "\\x1b" in ended.err


def test_every_refusal_has_an_exit_status():
    def walk(cls):
        return [
            cls,
            *(found for child in cls.__subclasses__() for found in walk(child)),
        ]

    for cls in walk(LedgerError):
        error = cls.__new__(cls)
        assert status_of(error) in set(ExitStatus) - {ExitStatus.HOLDS}
    assert status_of(RefusedError("large")) == ExitStatus.FINDINGS


def test_help_ends_well(capsys):
    assert main(["--help"]) == 0
    assert "verify" in capsys.readouterr().out


def test_the_command_alone_says_what_it_can_do_and_which_it_is():
    alone, version = caravan(), caravan("--version")

    assert (alone.status, version.status) == (0, 0)
    assert "verify" in alone.out
    assert version.out.startswith("caravan ")


def test_a_verb_that_is_interrupted_says_so_in_one_line(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("ledger.cli.label.page_uri", interrupted)

    ended = caravan("label", ANIMAL)

    assert (ended.status, ended.out) == (130, "")
    assert ended.err.strip() == "caravan: interrupted"
