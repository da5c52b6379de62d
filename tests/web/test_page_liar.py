"""A lying server in front of a browser: no lie makes the recalled pouch look clean.

One browser and one page for all lies, so each test looks at what one walk over them has
seen. Where each lie falls, and that it turns nothing green, is asserted of every one in
``tests/web/lies.test.js``; in the browser those of the page are walked, and one of the
others for each step and code. With ``CARAVAN_EVERY_LIE=1``, all of them.
"""

import fcntl
import json
import os
from dataclasses import asdict, dataclass

import pytest

from tests.support.liar import LIES, LIMITS, lying, told
from tests.support.lies.pages import LIES as OF_PAGES
from tests.support.lies.serving import read
from tests.support.lies.told import story
from tests.support.pouch import TANK
from tests.web.pages import WORDS, new_phone, verdict

EN = WORDS["en"]
NEITHER_GREEN_NOR_AMBER = {"alarm", "not-verified", "cannot-check"}
BY_REFUSAL = {(lie.step, lie.code): lie for lie in LIES}
WALKED = (
    LIES
    if os.environ.get("CARAVAN_EVERY_LIE")
    else tuple(
        lie for lie in LIES if lie in OF_PAGES or BY_REFUSAL[lie.step, lie.code] is lie
    )
)
READ_JS = """async () => {
  const { readPage } = await import("/assets/view.js");
  return readPage();
}"""


@dataclass(frozen=True, slots=True)
class Look:
    """How a page looks once its script has come to an end."""

    state: str
    alarm: str
    title: str
    text: str
    colour: str
    marked: int


@pytest.fixture(scope="module")
def liar():
    """Let a lying server listen."""
    with lying() as server:
        yield server


@pytest.fixture(scope="module")
def looks(browser, liar, tmp_path_factory):
    """Look at the page of every lie; return what was seen, by name.

    Of several processes one walks, and the others wait for what it has seen.
    """
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    file = shared / "looks.json"
    with (shared / "looks.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.is_file():
            with new_phone(browser) as page:
                seen = {
                    lie.name: asdict(look(page, liar, lie))
                    for lie in (*WALKED, *LIMITS)
                }
            file.write_text(json.dumps(seen))
    return {name: Look(**look) for name, look in json.loads(file.read_text()).items()}


def look(page, liar, lie):
    """Open the page of a lie at the time of its story."""
    page.clock.set_fixed_time(told(lie).now_ms / 1000)
    # The same address, up to its fragment, would be no new page; another site would be
    # a new process.
    page.goto(f"{liar.url}/assets/nowhere")
    page.goto(liar.tell(lie), wait_until="commit")
    seen = verdict(page)
    return Look(
        seen.state,
        page.get_attribute("#verdict", "data-alarm") or "",
        page.inner_text("#verdict .verdict-title"),
        # What is folded away is said too.
        page.text_content("#verdict"),
        page.eval_on_selector("#verdict", "e => getComputedStyle(e).backgroundColor"),
        page.locator("article .checked").count(),
    )


@pytest.mark.parametrize("lie", WALKED, ids=lambda lie: lie.name)
def test_no_lie_makes_the_recalled_pouch_look_clean(looks, lie):
    seen = looks[lie.name]

    assert seen.state in NEITHER_GREEN_NOR_AMBER, seen
    if "#" in told(lie).subject:
        # No code is a list's name, so a page is asked of what the list is about.
        return
    assert seen.state == lie.outcome, seen
    if lie.outcome == "alarm":
        assert (seen.alarm, seen.title) == ("recalled", EN["alarm.title.recalled"])
        return
    assert seen.marked == 0
    if lie.outcome == "cannot-check":
        allowed = (EN["verdict.cannot-check.title"], EN["alarm.title.recalled"])
        assert seen.title.startswith(allowed)
        if lie.code == "label":
            gaps = [text for key, text in EN.items() if key.startswith("label-gap.")]
            assert any(gap.partition("{")[0] in seen.text for gap in gaps)
        else:
            assert lie.step == 19 or EN[f"code.{lie.code}"] in seen.text
    elif lie.code == "label-mismatch":
        assert seen.title == EN["verdict.label-mismatch.title"]
        assert told(lie).label.rpartition(".")[2] in seen.text
    else:
        assert seen.title.startswith(EN["verdict.not-verified.title"])


@pytest.mark.parametrize("lie", OF_PAGES, ids=lambda lie: lie.name)
def test_a_browser_reads_in_a_page_what_the_vectors_say(reader, liar, lie):
    reader.goto(liar.tell(lie))

    assert reader.evaluate(READ_JS) == read(told(lie))


@pytest.fixture(scope="module")
def reader(browser, liar):
    """Give a page on which the script does not start by itself."""
    with new_phone(browser) as page:
        page.route("**/assets/built/page.js", lambda route: route.abort())
        yield page


def test_a_lie_never_looks_like_a_page_that_holds(looks):
    """Scenario: a reader who sees colours only."""
    green = {looks[limit.name].colour for limit in LIMITS if limit.state == "verified"}
    amber = {looks[limit.name].colour for limit in LIMITS if limit.state == "partial"}

    assert len(green) == len(amber) == 1
    assert not (green | amber) & {looks[lie.name].colour for lie in WALKED}


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_what_a_phone_alone_cannot_find_is_named_on_its_page(looks, limit):
    seen = looks[limit.name]

    assert seen.state == limit.state
    if limit.absent is None:
        assert EN["verdict.absent"] not in seen.text
        assert EN["source.server.witnesses"] in seen.text
    else:
        assert EN["verdict.absent"] in seen.text
        assert EN[f"absent.{limit.absent}"].partition("{")[0] in seen.text
    for name in limit.ignored:
        assert EN["verdict.ignored"].format(names=name) in seen.text


def test_the_liar_tells_the_truth_as_well_as_anybody(browser, liar):
    """Scenario: what he serves without a lie is a page with an alarm."""
    with new_phone(browser) as page:
        liar.given = story().serve()
        page.clock.set_fixed_time(liar.given.now_ms / 1000)
        page.goto(f"{liar.url}/01/09521000000018/21/1?lang=en")
        seen = verdict(page)

        assert (seen.state, seen.title) == ("alarm", EN["alarm.title.recalled"])
        assert TANK.rpartition("/")[2] in page.inner_text("#alarms")
        assert page.locator("article .checked").count() == 10
