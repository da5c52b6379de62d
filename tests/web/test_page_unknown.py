"""What cannot be checked is never good news, never bad news and never a blank page."""

import re

import pytest

from tests.web.pages import (
    PATH,
    SETTLED,
    WORDS,
    answer_with,
    new_phone,
    page_changed,
    scan,
    serving_life,
    verdict,
)

EN = WORDS["en"]
PASSPORT, POLICY = re.compile(r"/passport\?"), re.compile("/policy$")


def assert_unchecked(page, seen, *told, lang="en"):
    """Neither green nor red; the records stand there, none of them marked."""
    words = WORDS[lang]
    assert seen.state == "cannot-check", seen
    assert seen.title == words["verdict.cannot-check.title"]
    for text in told:
        assert text in seen.text
    assert page.locator("article").count() == 11
    assert page.locator(".checked").count() == 0


# ----------------------------------------------------------------- nothing to judge

NO_ANSWER = {
    "offline": lambda route: route.abort("internetdisconnected"),
    "connection-refused": lambda route: route.abort("connectionrefused"),
    "server-error": lambda route: route.fulfill(status=500, body="oops"),
    "overloaded": lambda route: route.fulfill(status=503),
    "nothing": lambda route: route.fulfill(status=204),
    "hotel-portal": lambda route: route.fulfill(
        body="<h1>Sign in</h1>", content_type="text/html"
    ),
    "sent-elsewhere": lambda route: route.fulfill(
        status=302, headers={"location": "/health"}
    ),
}


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        *(
            pytest.param(PASSPORT, answer, id=f"passport-{answer}")
            for answer in NO_ANSWER
        ),
        pytest.param(POLICY, "offline", id="policy-offline"),
        pytest.param(POLICY, "server-error", id="policy-server-error"),
        pytest.param(POLICY, "hotel-portal", id="policy-hotel-portal"),
    ],
)
def test_no_answer_is_neither_good_nor_bad_news(phone, served, asked, answer):
    phone.route(asked, NO_ANSWER[answer])

    seen = scan(phone, served)

    assert_unchecked(phone, seen, EN["code.network"], "neither good nor bad news")


def test_no_answer_is_told_in_chinese(phone, served):
    phone.route(PASSPORT, NO_ANSWER["offline"])

    seen = scan(phone, served, lang="zh")

    words = WORDS["zh"]
    told = (words["code.network"], "这不说明货品好，也不说明货品不好")
    assert_unchecked(phone, seen, *told, lang="zh")


def test_a_passport_that_is_not_there_is_told_as_that(phone, served):
    answer_with(phone, PASSPORT, status=404, body="{}", content_type="application/json")

    assert_unchecked(phone, scan(phone, served), EN["code.not-found"])


def test_a_server_that_never_answers_is_given_up_after_a_minute(browser, served):
    with new_phone(browser) as phone:
        phone.clock.install()
        phone.route(PASSPORT, lambda _route: None)
        with phone.expect_request(PASSPORT):
            phone.goto(f"{served.url}{PATH}?lang=en")
        assert phone.get_attribute("#verdict", "data-state") == "checking"

        phone.clock.fast_forward(61_000)

        assert_unchecked(phone, verdict(phone), EN["code.network"])


def test_a_server_that_stops_after_the_page_came_is_no_bad_news(phone, tmp_path):
    with serving_life(tmp_path / "data") as ledger:

        def stop(route):
            ledger.stop()
            route.continue_()

        phone.route(PASSPORT, stop)

        seen = scan(phone, ledger)

        assert_unchecked(phone, seen, EN["code.network"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param("", "passport", id="empty"),
        pytest.param("{", "passport", id="cut-off"),
        pytest.param("[]", "passport", id="an-array"),
        pytest.param("null", "passport", id="null"),
        pytest.param('{"__proto__":{}}', "passport", id="a-prototype"),
        pytest.param('{"format":"caravan/passport/v3"}', "passport", id="bare"),
        pytest.param("[" * 100_000, "passport", id="deep"),
        pytest.param('{"format":"caravan/passport/v4"}', "unknown-version", id="later"),
    ],
)
def test_what_is_no_passport_is_never_green(phone, served, body, code):
    answer_with(phone, PASSPORT, body=body, content_type="application/json")

    seen = scan(phone, served)

    assert seen.state == (
        "cannot-check" if code == "unknown-version" else "not-verified"
    )
    assert EN[f"code.{code}"] in seen.text
    assert phone.locator("article").count() == 11
    assert phone.locator(".checked").count() == 0


# ------------------------------------------------------------------ a check that fails

BROKEN = {"body": "export const broken = ;", "content_type": "text/javascript"}
# A page's script has ended, one way or the other.
ENDED = f"{SETTLED}, html[data-broken]"
TELL_WHEN_BROKEN = """
for (const kind of ["error", "unhandledrejection"]) {
  window.addEventListener(kind, () => { document.documentElement.dataset.broken = "" })
}"""


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(BROKEN, "error", id="broken"),
        pytest.param({"status": 404}, "network", id="gone"),
        pytest.param(None, "network", id="blocked"),
        pytest.param(
            {"body": "throw new Error()", "content_type": "text/javascript"},
            "error",
            id="throws",
        ),
    ],
)
def test_a_script_that_does_not_run_leaves_the_page_unchecked_and_says_so(
    browser, served, answer, code
):
    with new_phone(browser) as page:
        if answer is None:
            page.route("**/assets/built/page.js", lambda route: route.abort())
        else:
            answer_with(page, r"/assets/built/page\.js$", **answer)
        page.goto(f"{served.url}{PATH}?lang=en", wait_until="load")

        assert_unchecked(page, verdict(page), EN[f"code.{code}"])


# What an engine of years ago has not.
OLD = [
    pytest.param("delete window.BigInt", id="no-bigint"),
    pytest.param("delete HTMLScriptElement.prototype.noModule", id="no-modules"),
    pytest.param("delete Object.hasOwn", id="no-hasown"),
]


@pytest.mark.parametrize("script", OLD)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_engine_that_is_too_old_says_that_it_cannot_check(
    browser, served, script, lang
):
    with new_phone(browser) as page:
        page.add_init_script(script)
        seen = scan(page, served, lang=lang)

        words = WORDS[lang]
        assert_unchecked(page, seen, words["page.verdict.old"], lang=lang)
        assert page.get_by_text("caravan verify http").is_visible()


@pytest.mark.parametrize("answer", [BROKEN, {"status": 404}], ids=["broken", "gone"])
def test_a_phone_that_can_load_nothing_in_place_of_webcrypto_cannot_check(
    phone, served, answer
):
    phone.add_init_script(
        "Object.defineProperty(crypto, 'subtle', { value: undefined })"
    )
    answer_with(phone, r"/assets/built/(ed25519|sha2)\.js$", **answer)

    assert_unchecked(phone, scan(phone, served), EN["code.error"])


# What the check rests on, and after how many uses it fails.
FAILURES = [
    ("window.fetch", 0),
    ("Response.prototype.arrayBuffer", 0),
    ("SubtleCrypto.prototype.digest", 30),
    ("SubtleCrypto.prototype.verify", 10),
    ("TextDecoder.prototype.decode", 0),
    ("TextDecoder.prototype.decode", 30),
    ("TextEncoder.prototype.encode", 30),
    ("Map.prototype.get", 0),
    ("Map.prototype.get", 30),
    ("Array.prototype.map", 30),
    ("String.prototype.split", 30),
    ("JSON.parse", 0),
    ("Element.prototype.append", 0),
    ("Element.prototype.replaceChildren", 0),
]
FAIL = """
{
  const [owner, name] = [%s, "%s"]
  const honest = owner[name]
  let left = %d
  owner[name] = function (...given) {
    if (left-- > 0) return honest.apply(this, given)
    throw new Error("broken")
  }
}"""


@pytest.mark.parametrize(("failing", "uses"), FAILURES)
def test_nothing_that_fails_on_the_way_makes_a_lie_green(
    browser, served, failing, uses
):
    owner, _, name = failing.rpartition(".")
    with new_phone(browser) as page:
        page.add_init_script(TELL_WHEN_BROKEN + FAIL % (owner, name, uses))
        page_changed(page, lambda text: text.replace("12.5 kg", "22.5 kg"))
        page.goto(f"{served.url}{PATH}?lang=en")
        page.wait_for_selector(ENDED, state="attached")

        assert page.get_attribute("#verdict", "data-state") != "verified"
        assert page.locator("article").count() == 11
        assert page.locator(".checked").count() == 0


# ---------------------------------------------------------------------- no such page


@pytest.mark.parametrize(
    ("path", "status", "lang"),
    [
        pytest.param("/id/animal/spring/77", 404, "en", id="never-heard-of"),
        pytest.param("/id/animal/spring/77", 404, "zh", id="never-heard-of-in-chinese"),
        pytest.param("/01/09520123456788/10/none", 404, "en", id="no-such-lot"),
        pytest.param("/01/09520123456789", 400, "en", id="wrong-check-digit"),
        pytest.param("/id/Animal/7", 400, "zh", id="another-spelling-in-chinese"),
        pytest.param("/id/%3Cscript%3E", 400, "en", id="no-identifier"),
    ],
)
def test_a_code_without_a_page_is_told_in_a_clear_sentence(
    phone, served, path, status, lang
):
    answer = phone.goto(f"{served.url}{path}?lang={lang}")

    words = WORDS[lang]
    assert answer.status == status
    assert phone.inner_text("h1") == words[f"refusal.{status}"]
    assert words[f"refusal.hint.{status}"] in phone.inner_text("main")
    assert phone.get_by_text(words["refusal.start"]).is_visible()
    assert phone.locator("script, #verdict").count() == 0
