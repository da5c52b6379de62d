"""What is erased is gone, byte for byte, and every proof still holds."""

import base64
import json
import urllib.parse

import httpx
import pytest

from ledger.encoding import parse_canonical
from ledger.keys import write_key_file
from tests.support.forge import STEPS
from tests.support.pictures import PIXELS
from tests.support.served import PARTY, Served, run

# Nobody's: each is told from all else that is on the disk.
NAME = "Zyxomma artificial household é 奶"
STORY = "Qwyjibo is an artificial story, long enough to overflow no page. " * 60
WORDS = "Vexillum: artificial words of an artificial consent, in artificial ink."
PURPOSE = "Ptarmigan: an artificial purpose"
GIVEN = "1987-06-05T04:03:02Z"
PAGE = f"/id/party/{PARTY.rpartition('/')[2]}"


@pytest.fixture
def served(tmp_path):
    ledger = Served(tmp_path / "ledger").init()
    with (tmp_path / "said").open("wb") as said:
        ledger.start(stdout=said)
        rights = {"persistent": [], "steps": [*STEPS, ["other", None]]}
        ledger.admit(rights=rights)
        write_key_file(tmp_path / "spring.pem", ledger.herder, passphrase=None)
        yield ledger
        ledger.stop()


@pytest.fixture
def show(served, tmp_path):
    """Sign a profile and have it shown; return its disclosures."""
    files = {
        "name": NAME.encode(),
        "story": STORY.encode(),
        "photo": PIXELS,
        "consent": WORDS.encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    def profile(*members):
        document = tmp_path / "disclosures"
        document.unlink(missing_ok=True)
        options = [f"--{each}-file={tmp_path / each}" for each in members]
        if members:
            options += [f"--consent-file={tmp_path / 'consent'}"]
            options += [f"--purpose={PURPOSE}", f"--given={GIVEN}"]
            options += [f"--disclosures={document}"]
        key = tmp_path / "spring.pem"
        run(
            *["party", "profile", "--party", "spring"],
            "--key",
            key,
            "--to",
            served.url,
            *options,
        )
        return document.read_bytes() if members else None

    return profile


def spellings(secret):
    """Return the ways in which bytes may stand in a file or an answer."""
    found = [secret, secret.hex().encode(), secret.hex().upper().encode()]
    # In base64 three texts, by where in a group of three it begins; the ends, which
    # depend on what is beside it, are left out.
    found += [base64.b64encode(bytes(n) + secret)[4:-4] for n in range(3)]
    found += [text.replace(b"+", b"-").replace(b"/", b"_") for text in found[3:]]
    try:
        text = secret.decode()
    except UnicodeDecodeError:
        return found
    found += [json.dumps(text)[1:-1].encode(), repr(text)[1:-1].encode()]
    found += [text.encode("utf-16-le"), text.encode("utf-16-be")]
    found += [urllib.parse.quote(text).encode()]
    return found


def secrets_of(document):
    """Return what is never to be found again, each in parts that fit on one page."""
    body = parse_canonical(document)
    whole = [item["value"].encode() for item in body["disclosures"]]
    whole += [base64.b64decode(item["salt"]) for item in body["disclosures"]]
    whole += [text.encode() for text in body["consent"].values()]
    whole += [PIXELS, b"Xylem" * 8, b"Qwyjibo", b"Zyxomma", b"Vexillum", b"Ptarmigan"]
    parts = [
        secret[at : at + 64] for secret in whole for at in range(0, len(secret), 64)
    ]
    return [part for part in dict.fromkeys(parts) if len(part) >= 7]


def answers(served):
    """Return all that the server gives out, by path."""
    subject = urllib.parse.quote(PARTY, safe="")
    with httpx.Client(base_url=served.url) as http:
        size = int(http.get("/log/checkpoint").text.split("\n")[1])
        paths = ["/", PAGE, f"/passport?subject={subject}", "/openapi.json", "/policy"]
        paths += [f"/disclosures?subject={subject}", "/metrics", "/log/checkpoint"]
        paths += [f"/trace?subject={subject}&direction=forth"]
        paths += [f"/log/tile/0/000.p/{size}", f"/log/tile/entries/000.p/{size}"]
        for index in range(size):
            paths += [f"/entries/{index}", f"/entries/{index}/receipt"]
        return {path: http.get(path).content for path in paths}


def everything(served, tmp_path):
    """Return every byte there is: files of the folder, output, answers."""
    found = {
        str(path): path.read_bytes()
        for path in served.folder.rglob("*")
        if path.is_file()
    }
    found["what the server said"] = (tmp_path / "said").read_bytes()
    return found | answers(served)


def places(secrets, found):
    """Return where anything of it still is."""
    texts = {text for secret in secrets for text in spellings(secret)}
    return {
        place
        for place, content in found.items()
        if any(text in content for text in texts)
    }


def disclose(served, document):
    headers = {"Content-Type": "application/json"}
    url = f"{served.url}/disclosures"
    return httpx.post(url, content=document, headers=headers)


def shown(served):
    answer = httpx.get(f"{served.url}/disclosures", params={"subject": PARTY})
    assert answer.headers["cache-control"] == "no-store"
    return [item["value"] for item in answer.json()["disclosures"]]


def still_holds(served, tmp_path):
    """Verify the ledger and the passport of the household, as anybody can."""
    policy = ["--policy", served.folder / "policy"]
    run("verify", served.folder, *policy)
    passport = tmp_path / "passport.json"
    url = f"{served.url}/passport"
    passport.write_bytes(httpx.get(url, params={"subject": PARTY}).content)
    run("verify", passport, "--subject", PARTY, *policy)


def test_nothing_is_left_of_what_is_erased_and_every_proof_holds(
    served, show, tmp_path
):
    document = show("name", "photo", "story")
    secrets = secrets_of(document)
    assert len(shown(served)) == 3
    # What is looked for can be found, so that finding nothing says something.
    side_table = str(served.folder / "personal.db")
    before = everything(served, tmp_path)
    assert {side_table} <= places([NAME.encode()], before)
    assert {side_table} <= places([WORDS.encode()[:64]], before)
    found = places(secrets, before)
    assert [place for place in found if not place.startswith("/disclosures")] == [
        side_table
    ]
    # What is refused leaves no trace either.
    for lie in (
        document[:-1],
        document.replace(NAME.encode(), NAME[1:].encode()),
        document.replace(b'"words"', b'"more"'),
        document.replace(GIVEN.encode(), WORDS.encode()),
        b"[" + document + b"]",
    ):
        assert disclose(served, lie).status_code in {400, 422}

    assert run("erase", served.folder, "--subject", PARTY) == b"erased: 3\n"

    assert shown(served) == []
    assert places(secrets, everything(served, tmp_path)) == set()
    assert sorted(p.name for p in served.folder.glob("personal.db*")) == ["personal.db"]
    still_holds(served, tmp_path)
    assert run("erase", served.folder, "--subject", PARTY) == b"erased: 0\n"
    # Whoever has a copy cannot put it back.
    assert disclose(served, document).status_code == 403
    served.stop()
    files = {str(p): p.read_bytes() for p in served.folder.rglob("*") if p.is_file()}
    said = {"what the server said": (tmp_path / "said").read_bytes()}
    assert places(secrets, files | said) == set()


def test_one_value_is_erased_and_the_others_stay(served, show, tmp_path):
    document = show("name", "photo", "story")
    items = parse_canonical(document)["disclosures"]
    (story,) = (item for item in items if item["value"] == STORY.strip())

    done = run("erase", served.folder / "ledger.db", "--commit", story["commit"])

    assert done == b"erased: 1\n"
    kept = shown(served)
    assert len(kept) == 2
    assert NAME in kept
    secrets = [base64.b64decode(story["salt"]), b"Qwyjibo"]
    assert places(secrets, everything(served, tmp_path)) == set()


def test_what_is_taken_back_is_erased_at_once(served, show, tmp_path):
    first = show("name", "photo", "story")

    second = show("name")

    # The name is the same, and was committed to anew: only the new salt is left.
    assert shown(served) == [NAME]
    old = [base64.b64decode(i["salt"]) for i in parse_canonical(first)["disclosures"]]
    old += [b"Qwyjibo", b"Xylem" * 8]
    assert places(old, everything(served, tmp_path)) == set()
    assert disclose(served, first).status_code == 403
    assert disclose(served, second).status_code == 200

    show()

    assert shown(served) == []
    gone = secrets_of(first) + secrets_of(second)
    assert places(gone, everything(served, tmp_path)) == set()
    still_holds(served, tmp_path)


def test_what_nobody_signed_for_is_not_kept(served, show, tmp_path):
    document = show("name")
    run("erase", served.folder, "--subject", PARTY)
    body = parse_canonical(document)
    body["disclosures"][0]["commit"] = base64.b64encode(bytes(32)).decode()
    stray = json.dumps(body, ensure_ascii=False, separators=(",", ":"))

    answer = disclose(served, stray.encode())

    assert answer.status_code == 403
    assert answer.json()["pointer"] == "/disclosures"
    assert NAME not in answer.text
    assert places([NAME.encode()], everything(served, tmp_path)) == set()
