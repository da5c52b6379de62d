"""A pouch of milk powder on a phone: its recall, its sources, its lot, and lies of it.

The season is simulated, and each page says so. What the server adds, leaves out or puts
elsewhere in its page turns the verdict.
"""

import re

import pytest

from tests.web.pages import (
    SETTLED,
    WORDS,
    answer_with,
    between,
    is_said,
    new_phone,
    path_of,
    substituted,
    verdict,
)
from tests.web.test_page_layout import assert_fits

EN = WORDS["en"]
WHOLE = r"/passport\?.*levels="
FIRST = r"/passport\?subject=[^&]*$"
SAVES_DATA = "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
TITLES = {"en": "Recalled", "zh": "已召回"}


@pytest.fixture
def saver(phone):
    """Return a phone whose reader has asked to load no more than is needed."""
    phone.add_init_script(SAVES_DATA)
    return phone


def scan(page, season, path, lang="en"):
    answer = page.goto(f"{season.url}{path}?lang={lang}")
    page.status = answer.status
    return verdict(page)


def alarms(page):
    """Return the alarms that a page shows, each as its texts by their names."""
    return page.eval_on_selector_all(
        "#alarms > li",
        """(rows) => rows.map((row) => Object.fromEntries(
          [...row.querySelectorAll("[data-fact]")].map(
            (fact) => [fact.dataset.fact.replace(/^alarm.[0-9]+.?/, ""),
              fact.textContent])))""",
    )


def rest_settled(page):
    """Wait until the second check has ended; return what is said of it."""
    page.wait_for_selector(".verdict-more progress", state="detached")
    return page.text_content(".verdict-more")


# ------------------------------------------------------------------------- a recall


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_recalled_pouch_reads_as_recalled_on_its_first_screen(saver, season, lang):
    seen = scan(saver, season, season.landmarks.recalled_pouch_path, lang)

    assert (seen.state, seen.title) == ("alarm", TITLES[lang])
    recall, failed = alarms(saver)
    words = WORDS[lang]
    assert recall[""] == words["disposition.recalled"]
    assert recall["how"] == words["relation.source"].format(level=2)
    assert season.landmarks.recalled_tank.rpartition("/")[2] in recall["what"]
    assert "sim Keping plant" in recall["who"]
    assert re.match(r"\d+ [A-Z][a-z]+ 20\d\d, |20\d\d年", recall["time"])
    assert failed[""] == words["disposition.non_conformant"]
    assert words["sensor.caravan:phosphatase"] in failed["found"]
    assert words["value.positive"] in failed["found"]
    assert "found" not in recall
    box = saver.locator("#alarms > li").first.bounding_box()
    assert box["y"] + box["height"] < 844
    assert words["verdict.found.complete"] not in seen.text
    how = words["relation.source"].format(level=2)
    assert words["verdict.alarm.source"].format(how=how) in seen.text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_reads_so_without_a_script_as_the_server_s_word(browser, season, lang):
    words = WORDS[lang]
    with new_phone(browser, java_script_enabled=False) as page:
        page.goto(f"{season.url}{season.landmarks.recalled_pouch_path}?lang={lang}")

        assert page.inner_text(".verdict-title") == TITLES[lang]
        assert words["page.verdict.claim"] in page.inner_text("#verdict")
        recall, _ = alarms(page)
        assert recall["how"] == words["relation.source"].format(level=2)
        box = page.locator("#alarms > li").first.bounding_box()
        assert box["y"] + box["height"] < 844
        assert page.locator(".checked").count() == 0


def test_a_recall_that_cannot_be_checked_stays_in_the_title(phone, season):
    phone.route(re.compile(FIRST), lambda route: route.abort())

    seen = scan(phone, season, season.landmarks.recalled_pouch_path)

    assert (seen.state, seen.title) == ("cannot-check", "Recalled")
    assert EN["verdict.claimed.cannot-check"] in seen.text
    assert EN["code.network"] in seen.text


def test_a_voided_pouch_reads_as_voided(phone, season):
    seen = scan(phone, season, season.landmarks.voided_pouch_path)

    assert (seen.state, seen.title) == ("alarm", EN["alarm.title.inactive"])
    assert alarms(phone)[0]["how"] == EN["relation.subject"]


def test_a_failed_test_of_a_tank_reads_so_on_the_page_of_the_tank(phone, season):
    seen = scan(phone, season, path_of(season.landmarks.recalled_tank))

    assert (seen.state, seen.title) == ("alarm", "Recalled")
    assert [alarm["how"] for alarm in alarms(phone)] == [EN["relation.subject"]] * 2


def test_what_holds_single_packs_is_never_green(phone, season):
    """Nothing leads down: a recall of what is inside does not show."""
    marks = season.landmarks
    scan(phone, season, marks.pouch_path)
    boxes = phone.locator("#members a[href*='/00/']").evaluate_all(
        "(links) => links.map((link) => link.getAttribute('href'))"
    )
    assert len(boxes) == 2

    for path in [*boxes, path_of(marks.lot), path_of(marks.trade_item)]:
        seen = scan(phone, season, path)

        assert seen.state == "partial", path
        assert is_said(seen.title, "verdict.contents.title")
        assert EN["absent.contents"] in seen.text
        assert EN["rest.failed"].partition("{")[0] not in rest_settled(phone)


def test_what_was_made_of_a_tank_is_named_as_not_checked(phone, season):
    seen = scan(phone, season, path_of(season.landmarks.tank))

    assert EN["absent.uses"] in seen.text
    assert not is_said(seen.title, "verdict.contents.title")


def test_a_recall_by_who_has_no_say_stands_apart_and_changes_nothing(phone, season):
    seen = scan(phone, season, season.landmarks.disputed_pouch_path)

    assert seen.state in {"verified", "partial"}
    assert alarms(phone) == []
    apart = phone.locator("#apart article")
    assert apart.count() == 1
    assert EN["disposition.recalled"] in apart.text_content()
    assert EN["page.apart.hint"] in phone.inner_text("#apart")


# ---------------------------------------------------------------- product and label


@pytest.mark.parametrize(
    ("lang", "name", "best_before"),
    [
        ("en", "Camel milk powder (simulated)", "Best before"),
        ("zh", "驼乳粉（模拟产品）", "保质期至"),
    ],
)
def test_what_the_product_is_comes_from_what_was_signed(
    phone, season, lang, name, best_before
):
    scan(phone, season, season.landmarks.pouch_path, lang)

    product = phone.text_content("#product")
    assert name in product
    assert "500 g" in product
    assert best_before in product or WORDS[lang]["label.product.best-before"] in product


def test_every_page_of_the_season_says_at_its_top_that_it_is_simulated(phone, season):
    marks = season.landmarks
    place = marks.household.replace("/party/", "/place/")
    names = (marks.lot, marks.tank, marks.camel, marks.household, place)
    for path in [marks.pouch_path, *map(path_of, names)]:
        seen = scan(phone, season, path)

        assert seen.state not in {"not-verified", "cannot-check"}, seen
        label = phone.locator("[data-block=simulated]")
        assert label.inner_text() == EN["simulated.label"]
        # In one go: the second verdict may come between two questions.
        assert phone.evaluate(
            "document.querySelector('[data-block=simulated]').offsetTop"
            " < document.querySelector('h1').offsetTop"
        )


# ------------------------------------------------------------------------ its lot


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("has_serial", [True, False], ids=["wrong-lot", "no-serial"])
def test_a_serial_that_was_never_packed_in_this_lot_has_a_page_that_says_so(
    phone, season, has_serial, lang
):
    item, _, rest = season.landmarks.pouch_path.partition("/10/")
    serial = rest.rpartition("/")[2] if has_serial else "NEVER"
    path = f"{item}/10/S03/21/{serial}"

    seen = scan(phone, season, path, lang)

    assert phone.status == 404
    assert seen.state == "not-verified"
    assert seen.title == WORDS[lang]["verdict.not-packed.lot"]
    assert phone.locator("article > .checked").count() == 0
    assert phone.locator("#subject [data-part='10']").inner_text() == "S03"


def test_without_a_script_too(browser, season):
    item = season.landmarks.pouch_path.partition("/10/")[0]
    with new_phone(browser, java_script_enabled=False) as page:
        page.goto(f"{season.url}{item}/10/S01/21/NEVER?lang=en")

        title = page.inner_text(".verdict-title")
        assert title == EN["page.verdict.not-packed.lot"]
        assert EN["page.verdict.claim"] in page.inner_text("#verdict")


def test_a_serial_scanned_alone_that_nobody_packed_is_told_as_that(phone, season):
    item = season.landmarks.pouch_path.partition("/10/")[0]

    seen = scan(phone, season, f"{item}/21/NEVER")

    assert (phone.status, seen.state) == (404, "not-verified")
    assert seen.title == EN["verdict.not-packed.none"]


# --------------------------------------------------------------------- its sources


def checked_sources(page):
    count = r"Checked in full: (\d+) of at least (\d+) sources\."
    return tuple(map(int, re.search(count, page.inner_text("#verdict")).groups()))


def test_who_saves_data_is_told_what_is_open_and_checks_it_with_a_button(saver, season):
    asked = []
    saver.on("request", lambda request: asked.append(request.url))

    seen = scan(saver, season, season.landmarks.pouch_path)

    assert seen.state == "partial"
    checked, known = checked_sources(saver)
    button = saver.locator(".verdict-more button").bounding_box()
    assert button["y"] + button["height"] < 844
    assert checked < known
    assert "only their alarms" in seen.text
    assert not [url for url in asked if "levels=" in url]
    before = saver.locator("#members li").count()

    saver.get_by_role("button", name=EN["rest.button"]).click()
    saver.wait_for_selector('#verdict[data-state="verified"]')

    assert rest_settled(saver) == ""
    assert is_said(saver.inner_text(".verdict-title"), "verdict.verified.title")
    assert saver.locator("#members li").count() > before
    assert saver.locator("#members [data-fact$='.open']").count() == 0
    assert len([url for url in asked if "levels=" in url]) == 1


def test_the_rest_is_checked_unasked_with_progress(phone, season):
    phone.add_init_script(
        """window.told = []
        new MutationObserver(() => {
          const bar = document.querySelector(".verdict-more progress")
          if (bar) window.told.push([bar.value, bar.max])
        }).observe(document, { childList: true, subtree: true })"""
    )
    scan(phone, season, season.landmarks.pouch_path)

    phone.wait_for_selector('#verdict[data-state="verified"]')

    told = phone.evaluate("window.told")
    assert told
    assert all(0 <= done <= total and total > 200 for done, total in told)


REST_FAILS = {
    "offline": lambda route: route.abort("internetdisconnected"),
    "server-error": lambda route: route.fulfill(status=500, body="oops"),
    "hotel-portal": lambda route: route.fulfill(body="<p>", content_type="text/html"),
}


@pytest.mark.parametrize("answer", REST_FAILS)
def test_a_rest_that_does_not_come_leaves_the_first_verdict_and_says_so(
    phone, season, answer
):
    phone.route(re.compile(WHOLE), REST_FAILS[answer])

    scan(phone, season, season.landmarks.pouch_path)
    phone.wait_for_function(
        "() => document.querySelector('.verdict-more').textContent.includes('stays as')"
    )

    assert phone.get_attribute("#verdict", "data-state") == "partial"
    assert checked_sources(phone)
    assert EN["code.network"] in rest_settled(phone)
    assert phone.locator("article > .checked").count() > 3


def test_a_rest_that_is_false_turns_the_verdict(phone, season):
    between(
        phone, WHOLE, lambda text: text.replace("sim-household", "sim-neighbour", 9)
    )

    scan(phone, season, season.landmarks.pouch_path)
    phone.wait_for_selector('#verdict[data-state="not-verified"]')

    assert EN["verdict.not-verified.title"] == phone.inner_text(".verdict-title")


def test_the_rest_of_another_code_turns_the_verdict(phone, season):
    marks = season.landmarks
    phone.route(
        re.compile(WHOLE),
        lambda route: route.fulfill(
            response=route.fetch(
                url=f"{season.url}/passport?subject={marks.flown_pouch}&levels=100"
            )
        ),
    )

    scan(phone, season, marks.pouch_path)
    phone.wait_for_selector('#verdict[data-state="not-verified"]')

    assert EN["code.passport"] in verdict(phone).text


# ------------------------------------------------------------------- in the page


def refused(page, season, change, path=None, lang="en"):
    """Let somebody change the page; return what the verdict says, which is red."""
    path = path or season.landmarks.recalled_pouch_path
    between(page, re.escape(path) + r"\?lang=", change)
    seen = scan(page, season, path, lang)
    assert seen.state == "not-verified", seen
    assert page.locator("article > .checked").count() == 0
    return seen


ARTICLE = r'<li><article id="entry-(\d+)".*?</article></li>\s*'


def first_articles(text):
    return [found[0] for found in re.finditer(ARTICLE, text, re.DOTALL)]


def without_one_article(text):
    return text.replace(first_articles(text)[3], "")


def with_one_more_article(text):
    made_up = '<li><article id="entry-3" data-index="3"><h3 data-fact="step">Won</h3>'
    return text.replace(
        '<ol class="steps">', f'<ol class="steps">{made_up}</article>', 1
    )


def two_articles_swapped(text):
    one, other = first_articles(text)[2:4]
    return text.replace(one, "<!>").replace(other, one).replace("<!>", other)


def an_article_moved_apart(text):
    (recall,) = [a for a in first_articles(text) if ">recalled<" in a]
    moved = f'<section id="apart" class="aside"><ol>{recall}</ol></section></main>'
    return text.replace(recall, "").replace("</main>", moved)


def an_article_hidden(text):
    recall = next(a for a in first_articles(text) if ">recalled<" in a)
    return text.replace(recall, recall.replace("<li>", "<li hidden>", 1))


def without_alarms(text):
    text = re.sub(r' data-alarm="\w+"', "", text)
    text = text.replace(">Recalled<", ">Not checked yet<")
    return re.sub(r'(<ul id="alarms"[^>]*>).*?</ul>', r"\1</ul>", text, flags=re.DOTALL)


def without_the_worst_alarm(text):
    return substituted(r'(<ul id="alarms"[^>]*>\s*)<li>.*?</li>', r"\1")(text)


def alarm_of_something_else(text):
    return substituted(r'(data-fact="alarm.0.what" href=")[^"]*', r"\1/")(text)


def alarm_by_somebody_else(text):
    return substituted(r'(data-fact="alarm.0.who">)[^<]*', r"\1A joker")(text)


def alarm_further_away(text):
    return substituted(r'(data-fact="alarm.0.how">)[^<]*', r"\g<1>9 steps back")(text)


def without_one_source(text):
    return substituted(r'<li><a data-fact="member.5".*?</li>', "")(text)


def a_source_at_another_level(text):
    return substituted(r'(data-fact="level.4">)[^<]*', r"\g<1>7 steps back")(text)


def a_source_that_is_said_to_be_whole(text):
    return substituted(r'<span data-fact="member.\d+.open">.*?</span>', "")(text)


def a_source_that_leads_elsewhere(text):
    return substituted(r'(data-fact="member.3" href=")[^"]*', r"\1/id/party/x")(text)


def without_the_label(text):
    return substituted(r'<span data-fact="simulated">.*?</span>', "")(text)


def another_label(text):
    return text.replace(EN["simulated.label"], "Real.")


def best_before_later(text):
    return substituted(r'(data-fact="product.best-before">[^<]*)20\d\d', r"\g<1>2099")(
        text
    )


def a_prize(text):
    return substituted(
        r'(data-block="product">\s*<dl>)',
        r'\1<div><dt>Product</dt><dd data-fact="product.prize">gold</dd></div>',
    )(text)


def another_word_before_a_fact(text):
    return substituted(r"<dt>Best before</dt>", "<dt>Produced</dt>")(text)


def words_of_its_own(text):
    return substituted(r"(<section id=\"steps\">)", r"\1<p>All tests passed</p>")(text)


def about_something_else(text):
    return substituted(r'(data-fact="about.0" href=")[^"]*', r"\1/")(text)


LIES = {
    without_one_article: "this page does not show it",
    with_one_more_article: "the evidence has no such record",
    two_articles_swapped: "in the wrong place",
    an_article_moved_apart: "in the wrong place",
    an_article_hidden: "this page does not show it",
    without_alarms: "The page leaves out “Alarm”",
    without_the_worst_alarm: "“Alarm”",
    alarm_of_something_else: "“Alarm”",
    alarm_by_somebody_else: "A joker",
    alarm_further_away: "9 steps back",
    without_one_source: "leaves out “What it belongs to and comes from”",
    a_source_at_another_level: "7 steps back",
    a_source_that_is_said_to_be_whole: "leaves out “What it belongs to",
    a_source_that_leads_elsewhere: "/id/party/x",
    without_the_label: "The page leaves out",
    another_label: "Real.",
    best_before_later: "2099",
    a_prize: "no signed record says so",
    another_word_before_a_fact: "“Best before”: the page shows “Produced”",
    words_of_its_own: "All tests passed",
    about_something_else: "“About”",
}


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_page_that_shows_other_than_it_proves_is_named(saver, season, lie):
    seen = refused(saver, season, lie)

    assert LIES[lie] in seen.text
    assert EN["code.fact-mismatch"] in seen.text or "Step 19" in seen.text
    # Whatever the page makes of it, the recall is signed.
    assert EN["verdict.signed-alarm"].format(alarm="Recalled") in seen.text
    assert alarms(saver)[0][""] == EN["disposition.recalled"]


def test_a_strangers_word_moved_among_the_others_turns_the_verdict(saver, season):
    def lie(text):
        apart = re.search(r'<section id="apart".*?</section>', text, re.DOTALL)[0]
        (moved,) = first_articles(apart)
        text = text.replace(apart, "")
        return text.replace('<ol class="steps">', f'<ol class="steps">{moved}', 1)

    seen = refused(saver, season, lie, season.landmarks.disputed_pouch_path)

    assert "in the wrong place" in seen.text


def test_a_false_lot_in_the_page_is_named(saver, season):
    lie = substituted(r'(data-part="10"><bdi>)S02', r"\1S01")

    seen = refused(saver, season, lie)

    assert "“Lot”: the page shows “S01”, the scanned code says “S02”" in seen.text


def test_the_words_of_the_verdict_do_not_come_with_the_page(saver, season):
    words = '{"verdict.not-verified.title":"Verified"}'
    made_up = f'<script type="application/json" id="messages">{words}</script>'
    lie = substituted("(</footer>)", lambda found: found[1] + made_up)

    seen = refused(saver, season, lie)

    assert seen.title == EN["verdict.not-verified.title"]


def test_without_its_words_the_page_stays_unchecked(phone, season):
    answer_with(phone, r"/assets/words/en\.json$", status=503)

    phone.goto(f"{season.url}{season.landmarks.pouch_path}?lang=en")
    phone.wait_for_selector(SETTLED)

    assert phone.get_attribute("#verdict", "data-state") == "cannot-check"
    assert phone.inner_text(".verdict-title") == EN["verdict.cannot-check.title"]
    assert phone.locator(".checked").count() == 0


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [390, 320])
def test_no_page_of_the_season_is_wider_than_the_screen(saver, season, width, lang):
    marks = season.landmarks
    saver.set_viewport_size({"width": width, "height": 844})
    for path in (marks.recalled_pouch_path, path_of(marks.camel)):
        scan(saver, season, path, lang)

        assert_fits(saver, width)


def test_the_page_of_a_pouch_is_small(season, phone):
    sizes = {}
    phone.on(
        "response",
        lambda answer: sizes.update({answer.url: answer.headers.get("content-length")}),
    )

    url = f"{season.url}{season.landmarks.recalled_pouch_path}?lang=en"
    phone.goto(url)

    assert int(sizes[url]) < 25_000
