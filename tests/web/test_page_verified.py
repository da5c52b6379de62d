"""An honest page, as a buyer's phone sees it: what is said, and what is never done."""

import re

import pytest

from tests.web.pages import (
    NAME,
    PATH,
    WORDS,
    is_said,
    new_phone,
    scan,
    shown,
    verdict,
)

# What an older phone, or a page on plain http, has instead of WebCrypto. Each is put
# in place before the page's own script runs.
NO_SUBTLE = "Object.defineProperty(crypto, 'subtle', { value: undefined })"
NO_ED25519 = """
const importKey = SubtleCrypto.prototype.importKey
SubtleCrypto.prototype.importKey = function (format, key, algorithm, ...more) {
  const name = algorithm.name || algorithm
  if (name === 'Ed25519') {
    return Promise.reject(new DOMException('', 'NotSupportedError'))
  }
  return importKey.call(this, format, key, algorithm, ...more)
}"""
ALL_SIGNATURES_HOLD = "SubtleCrypto.prototype.verify = async () => true"
NO_SIGNATURE_HOLDS = "SubtleCrypto.prototype.verify = async () => false"
ALL_DIGESTS_ARE_ZERO = "SubtleCrypto.prototype.digest = async () => new ArrayBuffer(32)"
FALLBACKS = ("/assets/built/ed25519.js", "/assets/built/sha2.js")
# The phones of these tests keep no pages (``tests/support/browser.py``).
NOT_KEPT = "Service Worker registration blocked by Playwright"
INSTEAD_OF_WEBCRYPTO = [
    pytest.param(NO_SUBTLE, id="no-webcrypto"),
    pytest.param(NO_ED25519, id="webcrypto-without-ed25519"),
    pytest.param(ALL_SIGNATURES_HOLD, id="every-signature-holds"),
    pytest.param(NO_SIGNATURE_HOLDS, id="no-signature-holds"),
    pytest.param(ALL_DIGESTS_ARE_ZERO, id="every-digest-is-zero"),
]


def listen(page):
    """Return the lists that a page's requests and complaints will go to."""
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type in {"error", "warning"} and message.text != NOT_KEPT
            else None
        ),
    )
    return asked, complaints


def falls_back(asked):
    """Return whether a page has loaded what stands in for WebCrypto."""
    return any(url.endswith(FALLBACKS) for url in asked)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_honest_page_is_verified_and_every_record_marked(phone, served, lang):
    seen = scan(phone, served, lang=lang)

    assert seen.state == "verified"
    assert is_said(seen.title, "verdict.verified.title", lang)
    assert sorted(shown(phone)) == sorted(served.indices.values())
    marks = phone.locator("article > .checked").all_inner_texts()
    assert marks == [WORDS[lang]["article.checked"]] * 11


@pytest.mark.parametrize(
    ("lang", "included", "complete", "by_its_own_word", "no_witness"),
    [
        pytest.param(
            "en",
            "included in the ledger",
            "complete according to the ledger; nobody else has checked",
            "Keys by this server’s own word.",
            "no witness is asked",
            id="en",
        ),
        pytest.param(
            "zh",
            "收录在账本",
            "据账本所述是完整的；尚无他人核对",
            "密钥仅凭本服务器自述。",
            "未要求见证方签名",
            id="zh",
        ),
    ],
)
def test_the_verdict_says_included_by_whose_word_as_of_when_and_what_is_open(
    phone, served, lang, included, complete, by_its_own_word, no_witness
):
    text = scan(phone, served, lang=lang).text

    assert included in text
    # Never without saying by whose word.
    word = complete[:8] if lang == "en" else "完整"
    assert text.lower().count(word) == text.count(complete) == 1
    assert by_its_own_word in text
    assert re.search(
        r"([A-Z][a-z]+ 20\d\d,|20\d\d年.*日) \d\d:\d\d \(UTC|20\d\d年.*日 \d\d:\d\d",
        text,
    )
    assert WORDS[lang]["verdict.size"].format(size=18) in text
    assert served.origin in text
    unchecked = phone.locator("#verdict .verdict-detail ul li").all_inner_texts()
    assert any(no_witness in item for item in unchecked)
    assert any(complete in item for item in unchecked)
    assert WORDS[lang]["absent.label"] in unchecked
    assert len(unchecked) == 3


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_was_an_alarm_a_correction_and_remarks_are_not_hidden_by_a_verified_page(
    phone, served, lang
):
    words, at = WORDS[lang], served.indices

    assert scan(phone, served, lang=lang).state == "verified"

    facts = shown(phone)
    assert facts[at["birth"]]["flag.late"].startswith(words["flag.late"])
    assert facts[at["no-fat"]]["flag.zero-value"] == words["flag.zero-value"]
    assert facts[at["corrected"]]["declared-error"] == words["error.incorrect_data"]
    taken_back = words["fact.in-error"].format(index=at["corrected"])
    assert facts[at["wrong"]]["in-error"] == taken_back
    order = list(shown(phone))
    assert order.index(at["corrected"]) == order.index(at["wrong"]) + 1
    assert facts[at["failed"]]["disposition"] == words["disposition.non_conformant"]
    assert facts[at["cleared"]]["unset"] == words["disposition.non_conformant"]
    assert facts[at["milked"]]["who"] == NAME
    alarms = phone.locator("article.alarm").evaluate_all(
        "(found) => found.map((article) => Number(article.dataset.index))"
    )
    assert sorted(alarms) == sorted(
        [at["corrected"], at["failed"], at["cleared"]],
    )
    assert phone.locator("#alarms > *").count() == 0


def test_nothing_is_asked_of_anyone_else_and_nothing_is_kept(phone, served):
    asked, complaints = listen(phone)
    answer = phone.goto(f"{served.url}{PATH}?lang=en")

    assert verdict(phone).state == "verified"

    # The icon is in the page itself.
    elsewhere = [
        url for url in asked if not url.startswith((served.url, "data:image/"))
    ]
    assert elsewhere == []
    assert complaints == []
    assert phone.context.cookies() == []
    assert phone.evaluate("localStorage.length + sessionStorage.length") == 0
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "set-cookie" not in answer.headers


def test_the_policy_of_the_page_stops_a_script_that_somebody_slipped_in(phone, served):
    _, complaints = listen(phone)
    scan(phone, served)

    phone.evaluate(
        """() => {
          const script = document.createElement("script")
          script.textContent = "document.title = 'slipped in'"
          document.body.append(script)
        }"""
    )

    assert phone.title() != "slipped in"
    assert "Content Security Policy" in complaints[0]


def test_a_phone_with_webcrypto_loads_nothing_in_its_place(phone, served):
    asked, _ = listen(phone)

    assert scan(phone, served).state == "verified"
    has_ed25519 = phone.evaluate(
        """() => crypto.subtle.generateKey("Ed25519", false, ["sign"])
          .then(() => true, () => false)"""
    )
    assert falls_back(asked) != has_ed25519


@pytest.mark.parametrize("script", INSTEAD_OF_WEBCRYPTO)
def test_without_a_webcrypto_to_rely_on_the_verdict_is_the_same(phone, served, script):
    honest = scan(phone, served)
    asked, complaints = listen(phone)
    phone.add_init_script(script)

    assert scan(phone, served) == honest
    assert falls_back(asked)
    assert complaints == []


@pytest.mark.parametrize(
    ("script", "names"),
    [(NO_ED25519, {"ed25519.js"}), (NO_SUBTLE, {"ed25519.js", "sha2.js"})],
    ids=["webcrypto-without-ed25519", "no-webcrypto"],
)
def test_what_a_browser_lacks_does_not_wait_for_the_script_that_asks_for_it(
    phone, served, script, names
):
    asked, _ = listen(phone)
    phone.add_init_script(script)
    phone.route("**/assets/built/page.js", lambda route: route.abort())

    with phone.expect_request("**/ed25519.js"):
        phone.goto(f"{served.url}{PATH}")

    assert {url.rpartition("/")[2] for url in asked if url.endswith(FALLBACKS)} == names


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_without_javascript_every_fact_is_there_and_nothing_is_said_to_be_checked(
    phone, browser, served, lang
):
    words = WORDS[lang]
    scan(phone, served, lang=lang)
    verified = shown(phone)

    with new_phone(browser, java_script_enabled=False) as page:
        page.goto(f"{served.url}{PATH}?lang={lang}")

        assert page.get_attribute("#verdict", "data-state") == "checking"
        assert page.inner_text(".verdict-title") == words["page.verdict.title"]
        assert words["page.verdict.noscript"] in page.inner_text("#verdict")
        assert page.locator(".checked").count() == 0
        for index, facts in verified.items():
            article = page.locator(f"#entry-{index}")
            assert article.locator("[data-fact]").count() == len(facts)
            for name, text in facts.items():
                found = article.locator(f'[data-fact="{name}"]')
                assert found.text_content().strip() == text


@pytest.mark.parametrize("path", ["/id/party/spring", "/id/animal/spring/8"])
def test_every_page_of_the_ledger_is_verified(phone, served, path):
    assert scan(phone, served, path).state == "verified"


def test_what_a_party_may_name_is_apart_from_what_was_checked(phone, served):
    scan(phone, served, "/id/party/spring")

    assert WORDS["en"]["page.unchecked.title"] in phone.inner_text("#unchecked")
    assert phone.locator("#unchecked .checked, #unchecked [data-fact]").count() == 0
    assert phone.locator("article[data-kind=directory] .checked").count() == 2


def test_the_verdict_is_announced_to_who_cannot_see_it(phone, served):
    scan(phone, served)

    region = phone.get_by_role("status")
    assert region.get_attribute("aria-live") == "polite"
    assert is_said(region.inner_text().split("\n")[0], "verdict.verified.title")
