"""The saved verifier, opened from a disk: no server, no network, the same verdicts."""

import json
import re
import time

import httpx
import pytest

from api.negotiation import LANGUAGES
from api.texts import read_messages
from api.verifier import inlined, make_verifier
from ledger.client import LedgerClient
from ledger.fragment import Fragment
from ledger.passport import parse_passport
from tests.support.make_docs import ROOT
from tests.support.served import HOST
from tests.support.vectors import load
from tests.web.pages import (
    ANIMAL,
    NAME,
    PATH,
    SETTLED,
    WORDS,
    new_phone,
    verdict,
)
from tests.web.test_page_verified import NO_ED25519, NO_SUBTLE, listen

SCANNER_WEB = ROOT / "scanner_web"
PAGE = make_verifier(SCANNER_WEB)


def case(file, name):
    (found,) = (c for c in load(f"verify/{file}.json")["cases"] if c["name"] == name)
    return found


HONEST = case("passports", "seen-by-any-within-a-day")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    file = tmp_path_factory.mktemp("saved") / "verifier.html"
    file.write_bytes(PAGE)
    return file.as_uri()


@pytest.fixture(scope="module")
def opened(browser, saved):
    """Open the file on a device that may not ask anybody, and does not try."""
    with new_phone(browser) as page:
        asked, complaints = listen(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(saved)
        yield page
        assert asked == [saved]
        assert complaints == []


@pytest.fixture
def page(opened):
    """Give the page as it was opened, in English."""
    opened.evaluate("document.querySelector('form').reset()")
    opened.click("button[data-lang=en]")
    return opened


def give(page, given, code=None, policy=None):
    """Choose the files, type the code; return what is said."""
    page.clock.set_fixed_time(given["now_ms"] / 1000)
    files = {"passport": given["passport"], "policy": policy or given["policy"]}
    for name, text in files.items():
        file = {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
        page.set_input_files(f"#{name}", file)
    page.fill("#code", given["subject"] if code is None else code)
    page.click("form button")
    return verdict(page)


def test_a_passport_is_verified_under_the_readers_own_policy(page):
    seen = give(page, HONEST)

    assert seen.state == "verified"
    beginning, _, _ = WORDS["en"]["verdict.verified.title"].partition("{")
    assert seen.title.startswith(beginning)
    assert WORDS["en"]["source.yours"] in seen.text
    assert WORDS["en"]["absent.label"] in seen.text
    below = page.inner_text("#below")
    assert HONEST["subject"] in below
    assert re.search(r": logged from .* to .*, records: [0-9]+", below)


def test_without_the_code_on_the_pack_nothing_is_green(page):
    seen = give(page, HONEST, code="")

    assert seen.state == "partial"
    assert seen.title == WORDS["en"]["verifier.partial.title"]
    assert WORDS["en"]["verifier.absent.code"] in seen.text


def test_the_other_languages_say_the_same(page):
    give(page, HONEST)

    for language in LANGUAGES.values():
        words = read_messages(SCANNER_WEB / f"locale/{language.code}.json")
        button = f"button[data-lang={language.code}]"
        page.click(button)

        assert page.inner_text("h1") == words["verifier.title"]
        assert page.get_attribute("#verdict", "data-state") == "verified"
        assert page.get_attribute("html", "lang") == language.tag
        assert page.get_attribute("html", "dir") == language.direction
        assert page.get_attribute(button, "aria-pressed") == "true"
        texts = page.locator("[data-text]").all_inner_texts()
        assert [text for text in texts if text.startswith("verifier.")] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(
    ("change", "state", "code"),
    [
        pytest.param(
            {"passport": case("passports", "a-fact-changed")["passport"]},
            "not-verified",
            "root-mismatch",
            id="altered",
        ),
        pytest.param(
            {"now_ms": HONEST["now_ms"] + 400 * 86_400_000},
            "cannot-check",
            "stale",
            id="stale",
        ),
        pytest.param(
            {"policy": case("passports", "policy-of-another-ledger")["policy"]},
            "cannot-check",
            "unknown-key",
            id="policy-of-another-ledger",
        ),
        pytest.param({"policy": "nothing\n"}, "cannot-check", "policy", id="no-policy"),
        pytest.param(
            {"subject": HONEST["subject"] + "1"},
            "not-verified",
            "passport",
            id="another-code",
        ),
        pytest.param(
            {"subject": "the red pouch"}, "cannot-check", "identifier", id="no-code"
        ),
        pytest.param(
            {"passport": HONEST["policy"]}, "cannot-check", None, id="no-passport"
        ),
    ],
)
def test_what_does_not_hold_is_said_and_nothing_is_shown_of_it(
    page, change, state, code
):
    seen = give(page, HONEST | change)

    assert seen.state == state
    if code is not None:
        assert f", {code}: " in seen.text
    assert not page.is_visible("#below")


@pytest.mark.parametrize(
    ("name", "state", "code"),
    [
        ("printed-at-7-of-11", "verified", None),
        ("label-of-another-history", "not-verified", "label-mismatch"),
        ("label-of-a-larger-tree", "cannot-check", "label"),
        ("scanned-and-not-compared", "cannot-check", "label"),
    ],
)
def test_a_printed_label_is_compared(page, name, state, code):
    given = case("labels", name)

    seen = give(page, given, code=given["subject"] + given["label"])

    assert seen.state == state
    if code is None:
        assert WORDS["en"]["absent.label"] not in seen.text
    else:
        assert f", {code}: " in seen.text


def test_a_recall_is_said_first(page):
    given = case("alarms", "lot-recalled")

    seen = give(page, given)

    assert (seen.state, seen.title) == ("alarm", WORDS["en"]["alarm.title.recalled"])
    assert WORDS["en"]["disposition.recalled"] in page.inner_text("#alarms")
    give(page, HONEST)
    assert page.inner_text("#alarms") == ""


def test_a_policy_can_be_pasted_and_files_dropped_anywhere(page):
    page.clock.set_fixed_time(HONEST["now_ms"] / 1000)
    page.fill("#pasted", HONEST["policy"].strip())
    page.fill("#code", HONEST["subject"])
    page.evaluate(
        """(text) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([text], "7.json"));
          document.body.dispatchEvent(new DragEvent("drop",
            { bubbles: true, cancelable: true, dataTransfer }));
        }""",
        HONEST["passport"],
    )

    assert verdict(page).state == "verified"


def test_with_nothing_given_nothing_is_checked(page):
    page.click("form button")

    assert (
        page.inner_text(".verdict-title") == WORDS["en"]["verdict.cannot-check.title"]
    )
    assert WORDS["en"]["verifier.no-file"] in page.inner_text("#verdict")


@pytest.mark.parametrize("script", [NO_SUBTLE, NO_ED25519], ids=["none", "no-ed25519"])
def test_where_the_browser_has_no_cryptography_the_file_has(phone, saved, script):
    phone.add_init_script(script)
    phone.goto(saved)

    assert give(phone, HONEST).state == "verified"
    altered = case("passports", "directory-signature-changed")
    assert give(phone, altered).state == "not-verified"


def test_what_a_page_gives_to_save_is_what_the_verifier_takes(browser, saved, served):
    with LedgerClient(served.url) as client:
        root = parse_passport(client.passport(ANIMAL, label=9)).label.root
    fragment = Fragment(9, root[:24]).to_text()
    with new_phone(browser) as phone:
        phone.goto(f"{served.url}{PATH}?lang=en{fragment}")
        assert verdict(phone).state == "verified"
        links = phone.locator("#save a")
        files = [
            httpx.get(f"{served.url}{links.nth(at).get_attribute('href')}").text
            for at in range(links.count())
        ]
    verifier, policy, passport = files

    assert verifier == PAGE.decode()
    with new_phone(browser) as phone:
        phone.goto(saved)
        given = {"passport": passport, "policy": policy}
        now = {"now_ms": time.time() * 1000}
        seen = give(phone, given | now, code=f"https://{HOST}{PATH}{fragment}")
        assert seen.state == "verified"
        assert WORDS["en"]["absent.label"] not in seen.text
        assert NAME in phone.inner_text("#signers")


def test_its_modules_judge_every_passport_as_the_page_does(page):
    cases = load("verify/passports.json")["cases"]

    found = page.evaluate(
        """async (cases) => {
          const { verifyPassport } = use("verify/verify.js");
          const encoder = new TextEncoder();
          const found = [];
          for (const { passport, subject, policy, now_ms: nowMs } of cases) {
            const question = { subject, policy: encoder.encode(policy), nowMs };
            const verdict = await verifyPassport(
              encoder.encode(passport), { ...question, policySource: "yours" });
            found.push(verdict.code || "ok");
          }
          return found;
        }""",
        [c for c in cases if not c.get("lot")],
    )

    assert found == [c["want"] for c in cases if not c.get("lot")]


def test_a_phone_can_read_it_and_a_screen_reader_too(page):
    give(page, HONEST)

    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]
    fields = page.locator("input, textarea")
    for at in range(fields.count()):
        name = fields.nth(at).evaluate("(field) => field.labels[0].textContent")
        assert name.strip()
    assert page.get_attribute("#verdict", "role") == "status"
    assert page.locator(SETTLED).count() == 1


# ---------------------------------------------------------------------- how it is made


def test_every_module_stands_in_it_word_for_word():
    text = PAGE.decode()

    paths = re.findall(r"^// ==== (\S+)$", text, re.M)

    assert {"verifier.js", "verify/verify.js", "vendor/noble-ed25519/index.js"} <= {
        *paths
    }
    assert not {"scan.js", "load.js", "app.js"} & {*paths}
    for path in paths:
        start = f'// ==== {path}\ndefine("{path}", (use) => {{\n'
        inner = text.partition(start)[2].partition("\n// ==== ")[0]
        inner = inner.rpartition("\nreturn {")[0]
        inner = re.sub(
            r'/\* (import|export) \*/ const (\{[^{}]*\}|\w+) = use\("([^"]+)"\);',
            lambda found: (
                f"{found[1]} "
                + (
                    found[2].replace(": ", " as ")
                    if found[2].startswith("{")
                    else f"* as {found[2]}"
                )
                + f' from "{found[3]}";'
            ),
            inner,
        )
        inner = re.sub(r'/\* import \*/ use\("([^"]+)"\)', r'import("\1")', inner)
        inner = re.sub(r"/\* (export \{[^{}]*\};) \*/", r"\1", inner)
        inner = inner.replace("/* export */ ", "export ")
        assert inner == (SCANNER_WEB / path).read_text("utf-8").rstrip(), path


def test_it_allows_nothing_but_itself():
    text = PAGE.decode()

    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert re.findall(r"<(?:link|img|iframe|object|embed|base)\b", text) == []
    assert re.findall(r"<script[^>]* src|@import|url\(", text) == []
    assert re.findall(r"\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon", text) == []
    for lang in LANGUAGES:
        (words,) = re.findall(rf'id="words-{lang}">(.*?)</script>', text, re.S)
        given = read_messages(SCANNER_WEB / f"locale/{lang}.json")
        assert json.loads(words).items() <= given.items()


def test_the_same_sources_give_the_same_bytes():
    assert make_verifier(SCANNER_WEB) == PAGE


@pytest.mark.parametrize(
    "text",
    [
        "export default 1;",
        "export let a = 1;",
        'import "./x.js";',
        'import a from "./x.js";',
        "import { a } from 'x';",
        "const a = await import(name);",
        'export * from "./x.js";',
        "/** import a */ export default a;",
    ],
)
def test_what_cannot_be_put_into_one_file_is_refused(text):
    with pytest.raises(ValueError, match="line 2"):
        inlined(f"// one\n{text}\n")
