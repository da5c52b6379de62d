"""A page that is lied to turns its verdict and says where.

Somebody stands between server and phone, as a dishonest server would: in the passport,
in the policy, or in the page, which is compared with what was signed.
"""

import re

import pytest

from ledger.note import parse_note
from tests.support.forge import flipped, signer
from tests.web.pages import (
    NAME,
    NEIGHBOUR,
    PATH,
    WORDS,
    between,
    fitting,
    page_changed,
    passport_changed,
    policy_served,
    scan,
    substituted,
    verdict,
    witnessed,
)

EN = WORDS["en"]
NO_SUCH = "the evidence has no such record"


def assert_refused(page, served, *told, lang="en"):
    """Open the page; it is red, says all this, and confirms no record."""
    seen = scan(page, served, lang=lang)
    assert seen.state == "not-verified", seen
    assert seen.title == WORDS[lang]["verdict.not-verified.title"]
    for words in told:
        assert words in seen.text, seen.text
    assert WORDS[lang]["verdict.not-verified.nothing-changed"] in seen.text
    assert page.locator(".checked").count() == 0


def record(index):
    return f"Record no. {index}"


# ------------------------------------------------------------------- in the passport


def entry_changed(index, change):
    """Return a change of one entry of a passport."""

    def lie(document):
        for pair in document["entries"]:
            if pair[0] == index:
                pair[1] = change(pair[1])

    return lie


LIES_IN_A_RECORD = {
    "a-fact": lambda text: text.replace("inspecting", "departing_", 1),
    "a-number": lambda text: text.replace("12.5", "12.6", 1),
    "a-signature": lambda text: flipped(text.encode()).decode(),
    "a-signer": lambda text: text.replace("/spring+", "/winter+", 1),
    "a-line-more": lambda text: text + text.splitlines()[-1] + "\n",
}


@pytest.mark.parametrize("lie", LIES_IN_A_RECORD)
def test_one_changed_record_in_the_passport_is_named(phone, served, lie):
    index = served.indices["milked"]
    passport_changed(phone, entry_changed(index, LIES_IN_A_RECORD[lie]))

    assert_refused(
        phone, served, record(index), EN["code.root-mismatch"], EN["verdict.step.4"]
    )


def test_a_changed_record_of_the_directory_is_named(phone, served):
    admission = 2
    lie = entry_changed(admission, lambda text: text.replace(NAME, "Royal Oasis"))
    passport_changed(phone, lie)

    assert_refused(phone, served, record(admission), EN["code.root-mismatch"])


def without_entry(document):
    del document["entries"][-3]


def swapped(document):
    one, other = document["entries"][-4:-2]
    one[1], other[1] = other[1], one[1]


def in_another_order(document):
    document["entries"][-4:-2] = reversed(document["entries"][-4:-2])


def seal_changed(document):
    last = document["entries"][-1]
    last[1] = re.sub(
        "[0-9]Z\n", lambda found: "01"[found[0] == "0Z\n"] + "Z\n", last[1]
    )


def node_changed(document):
    node = document["nodes"][0]
    document["nodes"][0] = ("B" if node[0] == "A" else "A") + node[1:]


def node_dropped(document):
    document["nodes"].pop()


def node_added(document):
    document["nodes"].append(document["nodes"][0])


def size_changed(document):
    checkpoint = document["checkpoint"]
    document["checkpoint"] = checkpoint.replace("\n18\n", "\n19\n", 1)


def checkpoint_signature_changed(document):
    # The ledger's line is one of several, in any order.
    text, _, lines = document["checkpoint"].partition("\n\n")
    false = [flipped(line.encode()).decode() for line in lines.splitlines()]
    document["checkpoint"] = "\n".join([text, "", *false, ""])


def checkpoint_by_another_key(document):
    note = parse_note(document["checkpoint"].encode())
    origin = note.text.decode().splitlines()[0]
    line = signer(origin, "somebody else").sign(note.text)
    document["checkpoint"] = type(note)(note.text, (line,)).to_bytes().decode()


def member_added(document):
    document["lists"] = []


@pytest.mark.parametrize(
    ("lie", "code", "step"),
    [
        pytest.param(without_entry, "proof-shape", 4, id="a-record-dropped"),
        pytest.param(swapped, "root-mismatch", 4, id="two-records-swapped"),
        pytest.param(in_another_order, "passport", 1, id="in-another-order"),
        pytest.param(seal_changed, "root-mismatch", 4, id="the-last-seal-changed"),
        pytest.param(node_changed, "root-mismatch", 4, id="a-node-changed"),
        pytest.param(node_dropped, "proof-shape", 4, id="a-node-dropped"),
        pytest.param(node_added, "proof-shape", 4, id="a-node-added"),
        pytest.param(size_changed, "signature", 3, id="checkpoint-of-another-size"),
        pytest.param(
            checkpoint_signature_changed, "signature", 3, id="checkpoint-unsigned"
        ),
        pytest.param(
            checkpoint_by_another_key, "unknown-key", 3, id="checkpoint-by-another-key"
        ),
        pytest.param(member_added, "passport", 1, id="a-member-added"),
    ],
)
def test_a_lie_about_the_whole_passport_says_what_does_not_hold(
    phone, served, lie, code, step
):
    passport_changed(phone, lie)

    assert_refused(phone, served, EN[f"code.{code}"], EN[f"verdict.step.{step}"])


def test_a_record_dropped_together_with_its_proof_is_missed_on_its_list(phone, served):
    index = served.indices["failed"]

    def lie(document):
        kept = {pair[0] for pair in document["entries"]} - {index}
        return fitting(served, document, kept)

    passport_changed(phone, lie)

    told = (record(index), EN["code.incomplete"], EN["verdict.step.8"])
    assert_refused(phone, served, *told)


def test_a_record_about_something_else_is_named(phone, served):
    index = max(served.indices.values()) + 1

    def lie(document):
        return fitting(
            served, document, {*(pair[0] for pair in document["entries"]), index}
        )

    passport_changed(phone, lie)

    assert_refused(phone, served, record(index), EN["verdict.step.8"])


def test_the_passport_of_another_code_is_refused(phone, served):
    phone.route(
        re.compile(r"/passport\?"),
        lambda route: route.fulfill(
            response=route.fetch(url=f"{served.url}/passport?subject={NEIGHBOUR}")
        ),
    )

    assert_refused(phone, served, EN["code.passport"], EN["verdict.step.1"])


def test_a_lie_is_found_without_webcrypto_too(phone, served):
    index = served.indices["milked"]
    phone.add_init_script(
        "Object.defineProperty(crypto, 'subtle', { value: undefined })"
    )
    passport_changed(phone, entry_changed(index, LIES_IN_A_RECORD["a-number"]))

    assert_refused(phone, served, record(index))


# --------------------------------------------------------------------- in the policy


def policy_of(origin, word):
    """Return a policy that trusts a key of this name."""
    return f"log {signer(origin, word).vkey.to_text()}\nquorum none\n"


def test_a_policy_with_another_key_of_this_ledger_turns_the_verdict(phone, served):
    policy_served(phone, policy_of(served.origin, "somebody else"))

    assert_refused(phone, served, EN["code.unknown-key"], EN["verdict.step.3"])


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        pytest.param(
            policy_of("well.example/log", "well"), "unknown-key", id="another"
        ),
        pytest.param("log nobody\nquorum none\n", "policy", id="no-key"),
        pytest.param("quorum none", "policy", id="cut-off"),
        pytest.param("", "policy", id="empty"),
        pytest.param("<!doctype html>", "policy", id="a-page"),
    ],
)
def test_a_policy_that_says_nothing_about_this_ledger_leaves_it_unchecked(
    phone, served, policy, code
):
    policy_served(phone, policy)

    seen = scan(phone, served)

    assert seen.state == "cannot-check"
    assert EN[f"code.{code}"] in seen.text
    assert phone.locator(".checked").count() == 0


def test_a_page_whose_witnesses_have_signed_says_as_of_when(phone, served):
    witnessed(phone, served, 0)

    seen = scan(phone, served)

    assert seen.state == "verified"
    # The minute after midnight, it is no longer today.
    assert re.search(r"Seen by 1 of 1 witnesses (today at|as of) \d\d", seen.text)
    assert EN["source.server.witnesses"] in seen.text
    assert "no witness is asked" not in seen.text


@pytest.mark.parametrize(
    ("days_ago", "code"),
    [
        pytest.param([], "quorum", id="not-at-all"),
        pytest.param([2], "stale", id="too-long-ago"),
    ],
)
def test_a_policy_that_asks_for_witnesses_is_not_met_without_them(
    phone, served, days_ago, code
):
    witnessed(phone, served, *days_ago)

    seen = scan(phone, served)

    assert seen.state == "cannot-check"
    assert EN[f"code.{code}"] in seen.text
    assert ("out of date since" in seen.title) == (code == "stale")


# ----------------------------------------------------------------------- in the page


def fact_changed(index, name, text):
    """Return a change of one fact of a page."""
    before = rf'(id="entry-{index}"(?:(?!</article>).)*?data-fact="{name}">)[^<]*'
    return substituted(before, lambda found: found[1] + text)


def article(index):
    """Return the pattern of a whole record in a page."""
    return rf'<li><article id="entry-{index}".*?</article></li>'


@pytest.mark.parametrize(
    ("step", "name", "lie", "truth"),
    [
        ("milked", "who", "Royal Oasis", NAME),
        ("milked", "sensor.0", "Milk yield: 22.5 kg", "12.5 kg"),
        ("milked", "time", "1 Jan 2026, 00:00 (UTC+8)", "(UTC+8)"),
        ("milked", "log-time", "1 Jan 2026, 00:00 (UTC)", "(UTC)"),
        ("milked", "where", "spring/barn", "spring/pasture"),
        ("milked", "what.0", "animal/spring/70", "animal/spring/7"),
        ("milked", "signed-by", "oasis.example/well+00000000", "oasis.example/spring"),
        ("failed", "disposition", "conformant", "does not conform"),
        ("failed", "step", "Milked", "Inspected"),
        ("birth", "flag.late", "On time", "Recorded late"),
        ("corrected", "declared-error", "Confirmed", "The data are wrong"),
    ],
)
def test_a_changed_fact_in_the_page_is_named_with_both_texts(
    phone, served, step, name, lie, truth
):
    index = served.indices[step]
    page_changed(phone, fact_changed(index, name, lie))

    label = EN["label." + re.sub(r"\.[0-9]+$", "", name)]
    truth = EN.get("step.inspecting", truth) if name == "step" else truth
    assert_refused(phone, served, record(index), f"“{label}”", f"“{lie}”", truth)


def test_a_changed_fact_is_named_in_chinese(phone, served):
    index = served.indices["milked"]
    page_changed(phone, fact_changed(index, "who", "皇家牧场"))

    told = (f"第 {index} 号记录", "由谁", "皇家牧场", NAME)
    assert_refused(phone, served, *told, lang="zh")


@pytest.mark.parametrize(
    ("step", "pattern", "put", "told"),
    [
        pytest.param(
            "failed",
            r"<li><article id=\"entry-{index}\".*?</article></li>",
            "",
            "this page does not show it",
            id="record-left-out",
        ),
        pytest.param(
            "failed",
            r'(<article id="entry-{index}" data-index=)"{index}"',
            r'\1"3"',
            "this page does not show it",
            id="record-under-another-number",
        ),
        pytest.param(
            "birth",
            r'<li data-fact="flag.late">.*?</li>',
            "",
            "the page leaves out “Remark”",
            id="remark-hidden",
        ),
        pytest.param(
            "corrected",
            r'(entry-{index}".*?)<li data-fact="declared-error">.*?</li>',
            r"\1",
            "the page leaves out “Correction”",
            id="correction-hidden",
        ),
        pytest.param(
            "seen",
            r'(entry-{index}".*?</h3>)',
            r'\1<p data-fact="prize">gold medal</p>',
            "“prize”: the page shows “gold medal”",
            id="fact-made-up",
        ),
        pytest.param(
            "seen",
            r'(entry-{index}".*?</h3>)',
            r'\1<p data-fact="who">Royal Oasis</p>',
            "“Who”: the page shows",
            id="fact-twice-the-lie-first",
        ),
        pytest.param(
            "seen",
            r'(entry-{index}".*?)</article>',
            r'\1<p data-fact="who">Royal Oasis</p></article>',
            "“Who”: the page shows “Royal Oasis”",
            id="fact-twice-the-lie-last",
        ),
    ],
)
def test_a_page_that_shows_less_or_more_of_a_record_is_named(
    phone, served, step, pattern, put, told
):
    index = served.indices[step]
    page_changed(phone, substituted(pattern.replace("{index}", str(index)), put))

    assert_refused(phone, served, record(index), told)


def test_a_record_that_nobody_signed_is_named(phone, served):
    made_up = '<ol class="steps"><li><article data-index="3"></article></li>'
    page_changed(phone, substituted('<ol class="steps">', made_up))

    assert_refused(phone, served, "shows record no. 3", NO_SUCH)


def test_a_record_shown_twice_turns_the_verdict(phone, served):
    index = served.indices["seen"]
    page_changed(phone, substituted(f"({article(index)})", lambda found: 2 * found[1]))

    assert_refused(phone, served, EN["code.fact-mismatch"])


@pytest.mark.parametrize(
    ("pattern", "put", "told"),
    [
        pytest.param(
            "(<h1>.*?>)7</bdi>",
            r"\1 9 </bdi>",
            "“Name”: the page shows “9”, the scanned code says “7”",
            id="name",
        ),
        pytest.param(
            "(<h1><small[^>]*>)Animal",
            r"\1Royal camel",
            "“Kind”: the page shows “Royal camel”, the scanned code says “Animal”",
            id="kind",
        ),
        pytest.param(
            "(<dd data-part=.*?)/spring/7</bdi>",
            r"\1/spring/9</bdi>",
            "/spring/9”, the scanned code says “https://oasis.example/id/animal/sp",
            id="identifier",
        ),
        pytest.param(
            'data-subject="(.*?)/spring/7"',
            r'data-subject="\1/spring/8"',
            "/spring/8”, the scanned code says “/id/animal/spring/7”",
            id="subject",
        ),
        pytest.param(
            "</h1>",
            '</h1><p data-fact="prize">gold medal</p>',
            "fact-extra prize",
            id="fact-outside-every-record",
        ),
    ],
)
def test_a_page_that_says_it_is_about_something_else_turns_the_verdict(
    phone, served, pattern, put, told
):
    page_changed(phone, substituted(pattern, put))

    assert_refused(phone, served, told)


def in_an_article(html):
    """Return a change that puts something where the script says: checked."""
    return substituted(r'(<article id="entry-7"[^>]*>)', r"\1" + html)


HIDING = "<h2>{}</h2>".format(EN["page.unchecked.title"])
FORGED = "<p>Passed by the ministry</p>"
PLACES_TO_HIDE_A_WORD = {
    "a-hidden-fact-that-is-shown": in_an_article(
        '<b hidden data-fact="medal" style="display: block">Passed by the ministry</b>'
    ),
    "a-hidden-part-of-the-code": in_an_article(
        '<b hidden data-part="medal" style="display: block">Passed by the ministry</b>'
    ),
    "unchecked-in-what-is-checked": in_an_article(
        f"<div data-unchecked>{HIDING}{FORGED}</div>"
    ),
    "unchecked-and-hidden": in_an_article(
        f'<div data-unchecked hidden style="display: block">{HIDING}{FORGED}</div>'
    ),
    "unchecked-around-what-is-checked": lambda text: in_an_article(FORGED)(
        substituted("(<main[^>]*>)", rf"<div data-unchecked>{HIDING}\1")(text)
    ),
    "another-body": lambda text: in_an_article(FORGED)(
        substituted("</main>", '</main><form name="body"></form>')(text)
    ),
    "a-form": in_an_article('<input value="Passed by the ministry" readonly>'),
    "a-picture": in_an_article('<img alt="Passed by the ministry" src="x:">'),
    "a-shadow": in_an_article(
        f'<div><template shadowrootmode="open">{FORGED}</template></div>'
    ),
}


@pytest.mark.parametrize("place", PLACES_TO_HIDE_A_WORD)
def test_nothing_else_is_said_within_what_the_script_has_checked(phone, served, place):
    page_changed(phone, PLACES_TO_HIDE_A_WORD[place])

    assert_refused(phone, served, "Step 19, fact-mismatch: word")


def test_the_page_of_another_code_turns_the_verdict(phone, served):
    phone.route(
        re.compile(PATH + r"\?"),
        lambda route: route.fulfill(
            response=route.fetch(url=f"{served.url}/id/animal/spring/8?lang=en")
        ),
    )

    assert_refused(phone, served, "the scanned code says “/id/animal/spring/7”")


def test_an_alarm_that_the_page_does_not_mark_is_marked_once_verified(phone, served):
    index = served.indices["failed"]
    unmarked = substituted(rf'(id="entry-{index}"[^>]*) class="alarm"', r"\1")
    page_changed(phone, unmarked)

    assert scan(phone, served).state == "verified"
    assert "alarm" in phone.get_attribute(f"#entry-{index}", "class")


def test_a_page_older_than_the_ledger_is_to_be_loaded_again(phone, served):
    index = served.indices["seen-again"]

    def older(text):
        without = substituted(article(index), "")(text)
        return substituted('data-size="18"', f'data-size="{index}"')(without)

    between(phone, PATH + r"\?", older)
    phone.goto(f"{served.url}{PATH}?lang=en")
    seen = verdict(phone)

    assert seen.state == "cannot-check"
    assert EN["verdict.cannot-check.newer"] in seen.text
