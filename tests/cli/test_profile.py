"""What is done for a household: a profile is signed, shown, and erased."""

import base64
import json
import stat

import pytest

from tests.cli.command import caravan, serving
from tests.cli.conftest import HOST, append

HOME = f"https://{HOST}/id/party/household-7"
PNG = b"\x89PNG\r\n\x1a\n" + b"".join(
    len(body).to_bytes(4, "big") + kind + body + bytes(4)
    for kind, body in ((b"IHDR", bytes(13)), (b"IEND", b""))
)
FILES = {
    "name": b"household  7\n(artificial)\n",
    "story": b"An artificial story,\nabout nobody.\n",
    "photo": PNG,
    "consent": b"artificial words\n",
}


@pytest.fixture
def home(base, folder):
    """Admit a household and bind its key; give what ``profile`` is asked with."""
    key = base / "home.pem"
    caravan("key", "new", f"{HOST}/household-7", "--out", key, "--no-passphrase")
    shared = ["--key", folder / "keys" / "registrar.pem", "--ledger", folder]
    party = ["--id", "household-7", "--role", "household"]
    bound = ["--party", "household-7", "--new-key", key]
    for asked in (["admit", *party], ["authorize", *bound]):
        made = caravan("party", *asked, *shared)
        assert made.status == 0, made.err
        append(folder, made.out.encode())
    for name, content in FILES.items():
        (base / name).write_bytes(content)
    return ["--party", "household-7", "--key", key, "--ledger", folder]


def profile(home, base, *members, **others):
    options = [f"--{member}-file={base / member}" for member in members]
    options += [f"--{name.replace('_', '-')}={value}" for name, value in others.items()]
    return caravan("party", "profile", *home, *options)


def body_of(note):
    return json.loads(note.split("\n")[4])


def test_the_statement_has_commitments_and_the_file_what_they_stand_for(home, base):
    document = base / "disclosures"

    made = profile(
        home, base, "name", "story", "photo", "consent", disclosures=document
    )

    assert made.status == 0, made.err
    body, sent = body_of(made.out), json.loads(document.read_bytes())
    assert body["epcList"] == [sent["subject"]] == [HOME]
    values = {item["commit"]: item["value"] for item in sent["disclosures"]}
    shown = {
        member: values[committed["caravan:commit"]]
        for member, committed in body["caravan:profile"].items()
    }
    assert shown == {
        "name": "household 7 (artificial)",
        "story": "An artificial story, about nobody.",
        "photo": f"data:image/png;base64,{base64.b64encode(PNG).decode()}",
    }
    assert len({item["salt"] for item in sent["disclosures"]}) == 3
    assert sent["consent"]["words"] == "artificial words"
    assert sent["consent"]["given"] == body["eventTime"]
    assert "artificial" not in made.out + made.err
    assert stat.S_IMODE(document.stat().st_mode) == 0o600


def test_salts_are_fresh(home, base):
    notes = []
    for number in range(2):
        document = base / f"disclosures-{number}"
        made = profile(home, base, "name", "consent", disclosures=document)
        notes.append(body_of(made.out)["caravan:profile"])

    assert notes[0] != notes[1]


def test_a_file_that_is_there_is_not_written_over(home, base):
    document = base / "disclosures"
    document.write_text("mine")

    made = profile(home, base, "name", "consent", disclosures=document)

    assert made.status == 2
    assert made.out == ""
    assert document.read_text() == "mine"


@pytest.mark.parametrize(
    ("status", "members", "others", "says"),
    [
        pytest.param(2, ["name"], {"disclosures": "x"}, "--consent-file", id="consent"),
        pytest.param(2, ["name", "consent"], {}, "--disclosures", id="nowhere-to-go"),
        pytest.param(
            2, ["nothing", "consent"], {"disclosures": "x"}, "No such", id="option"
        ),
    ],
)
def test_what_is_not_enough_is_said(home, base, status, members, others, says):
    made = profile(home, base, *members, **others)

    assert made.status == status
    assert says in made.err
    assert made.out == ""


@pytest.mark.parametrize(
    ("status", "member", "content"),
    [
        pytest.param(2, "photo", b"<svg/>", id="photo-that-is-a-drawing"),
        pytest.param(
            1, "photo", PNG[:-12] + b"\0\0\0\0eXIfcrc!" + PNG[-12:], id="photo-of-where"
        ),
        pytest.param(2, "photo", PNG + bytes(64 * 1024), id="photo-too-large"),
        pytest.param(2, "name", b"\n", id="no-name"),
        pytest.param(2, "name", b"\xff artificial", id="name-not-utf-8"),
        pytest.param(1, "name", "artificial\u202e".encode(), id="name-turned-round"),
        pytest.param(2, "story", b"artificial " * 500, id="story-too-long"),
    ],
)
def test_what_the_server_would_refuse_is_not_signed(
    home, base, status, member, content
):
    (base / member).write_bytes(content)

    made = profile(home, base, member, "consent", disclosures=base / "disclosures")

    assert made.status == status, made.err
    assert "artificial" not in made.out + made.err
    assert not (base / "disclosures").exists()


def test_nothing_given_takes_everything_back(home, base):
    made = profile(home, base)

    assert made.status == 0
    assert body_of(made.out)["caravan:profile"] == {}


def test_a_decomposed_name_is_signed_composed(home, base):
    (base / "name").write_bytes("e\u0301".encode())
    document = base / "disclosures"

    profile(home, base, "name", "consent", disclosures=document)

    assert json.loads(document.read_bytes())["disclosures"][0]["value"] == "\u00e9"


def test_statement_and_disclosures_are_posted_one_after_the_other(home, base, folder):
    document = base / "disclosures"
    made = profile(home, base, "name", "consent", disclosures=document)
    with serving(folder) as url:
        early = caravan("post", document, "--to", url)
        posted = caravan("post", "-", "--to", url, stdin=made.out.encode())
        sent = caravan("post", document, "--to", url)
        as_json = caravan("post", document, "--to", url, "--json")

        erased = caravan("erase", folder, "--subject", HOME)
        again = caravan("post", document, "--to", url)

    assert early.status == 1
    assert "not in force" in early.err
    assert (posted.status, sent.status, sent.out) == (0, 0, "disclosed: 1\n")
    assert as_json.json == {"disclosed": 1}
    assert (erased.status, erased.out, erased.err) == (0, "erased: 1\n", "")
    assert again.status == 1
    assert "was erased" in again.err


def test_erasing_says_how_many_and_no_more(folder):
    commitment = base64.b64encode(bytes(32)).decode()

    by_subject = caravan("erase", folder, "--subject", HOME)
    by_commitment = caravan("erase", folder / "ledger.db", "--commit", commitment)
    as_json = caravan("erase", folder, "--subject", HOME, "--json")

    assert (by_subject.status, by_subject.out) == (0, "erased: 0\n")
    assert (by_commitment.status, by_commitment.out) == (0, "erased: 0\n")
    assert as_json.json == {"erased": 0}
    assert "no value of that was kept" in by_subject.err


@pytest.mark.parametrize(
    "options",
    [
        pytest.param([], id="nothing"),
        pytest.param(["--subject", HOME, "--commit", "x"], id="both"),
        pytest.param(["--commit", "x"], id="no-commitment"),
    ],
)
def test_what_is_not_said_clearly_is_not_erased(folder, options):
    assert caravan("erase", folder, *options).status == 2
    assert not (folder / "personal.db").exists()


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param(HOME + "x", id="misspelt"),
        pytest.param(HOME.rpartition("/")[2], id="last-segment"),
        pytest.param("", id="empty"),
        pytest.param(f"https://{HOST}/id/animal/7", id="no-party"),
    ],
)
def test_what_is_no_party_of_the_ledger_is_not_said_to_be_erased(folder, subject):
    for where in (folder, folder / "ledger.db"):
        ended = caravan("erase", where, "--subject", subject)

        assert (ended.status, ended.out) == (2, "")
        told, hint = ended.err.splitlines()
        assert told.startswith("caravan: error: subject: ")
        assert repr(subject) in told
        assert "party list" in hint


def test_where_no_ledger_is_nothing_is_made(tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    (here / "text").write_text("nothing")

    for where in (here, here / "none", here / "text"):
        assert caravan("erase", where, "--subject", HOME).status == 2

    assert [path.name for path in here.iterdir()] == ["text"]
