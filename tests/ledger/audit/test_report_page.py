import re
import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from html.parser import HTMLParser

import msgspec
import pytest

from ledger.audit.report.charts.balance import Balance, Node, balance_shape
from ledger.audit.report.charts.journey import journey_shape
from ledger.audit.report.charts.timeline import timeline_shape
from ledger.audit.report.charts.yields import yields_shape
from ledger.audit.report.document import report_hash
from ledger.audit.report.model import Figures
from ledger.audit.report.page import MOST_ALIKE, MOST_GROUPS, page_text
from ledger.audit.report.wordbook import LANGUAGES, wordbook
from ledger.chart import to_svg
from ledger.template import Name
from tests.support import reports

WORDS = wordbook("en")
VOID = {"meta", "link", "img", "br", "hr", "input"}


class Reader(HTMLParser):
    """Collects what a page is made of, and checks that it is closed as opened."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.attributes, self.ids = [], [], [], []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data


def read(report, language="en"):
    reader = Reader()
    reader.feed(page_text(report, language))
    assert reader.open == []
    return reader


def full(**options):
    return reports.report(figures=reports.figures(), notes="two seen", **options)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_asks_for_nothing_and_runs_nothing(language):
    page = read(full(), language)

    assert not {"script", "link", "img", "iframe", "object", "form"} & {*page.tags}
    for name, value in page.attributes:
        assert not name.startswith("on")
        assert name not in {"src", "style"}
        assert name != "href" or value.startswith("#")
    style = page_text(full(), language).partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_has_all_parts_and_its_links_lead_somewhere(language):
    report = full()
    page = read(report, language)
    links = [value[1:] for name, value in page.attributes if name == "href"]

    assert {*links} <= {*page.ids}
    assert len(page.ids) == len({*page.ids})
    assert {finding.id for finding in report.findings} <= {*page.ids}
    assert page.tags.count("svg") == 5
    assert report_hash(report) in page.text
    assert report.notes_sha256 in page.text
    assert "two seen" in page.text
    for each in report.looked:
        assert each.rule.id in page.text
    for stratum in report.sample.strata:
        assert all(name in page.text for name in stratum.chosen)


def test_a_page_is_the_same_every_time_and_numbers_every_printed_sheet():
    text = page_text(full())

    assert text == page_text(full())
    assert f'@bottom-left {{ content: "{report_hash(full())}"; }}' in text
    assert "size: A4" in text


def test_what_comes_from_a_ledger_is_escaped_everywhere():
    evil = "<script>alert(1)</script>\u202e\"'&"
    finding = msgspec.structs.replace(
        reports.mass_finding(3),
        about=(evil,),
        place=evil,
        at=evil,
        values={"lot": evil, "used": evil, "made": evil, "excess": evil, "uses": evil},
        basis=msgspec.structs.replace(reports.UNVERIFIED, source=evil, expected=evil),
    )
    journey = reports.journey()
    stop = journey.stops[0]
    figures = Figures(
        journeys=(
            type(journey)(
                evil,
                (type(stop)(evil, evil, evil, (1,)), *journey.stops[1:]),
                journey.legs,
            ),
        )
    )
    text = page_text(
        reports.report(findings=(finding,), figures=figures, notes=evil, failure=evil)
    )

    assert "<script" not in text
    assert "\u202e" not in text
    assert "&lt;script&gt;" in text


def test_an_unverified_ledger_has_a_banner():
    reader = read(reports.report(failure="entry 7: chain broken"))

    assert ("role", "alert") in reader.attributes
    assert "This ledger did not verify: entry 7: chain broken" in reader.text


def test_a_page_without_findings_says_what_that_means():
    reader = read(reports.report(findings=(), sample=False))

    assert "not the same as nothing being wrong" in reader.text
    assert WORDS("sample.none") in reader.text
    assert WORDS("notes.none") in reader.text


def test_a_page_has_an_end_however_much_was_found():
    findings = tuple(
        reports.yield_finding(5, herd=f"sim-household-{number:04x}")
        for number in range(MOST_GROUPS + 30)
    ) + tuple(
        msgspec.structs.replace(reports.mass_finding(3), mark=f"{number}")
        for number in range(MOST_ALIKE + 11)
    )
    reader = read(reports.report(findings=findings))

    assert reader.tags.count("article") == MOST_GROUPS
    assert WORDS("findings.more_html", count=31) in reader.text
    assert WORDS("report.rest", count=10) in reader.text


def svg(shape):
    text = to_svg(shape)
    root = ElementTree.fromstring(text)  # noqa: S314
    assert root.attrib["role"] == "img"
    assert root[0].tag == "title"
    for element in root.iter():
        assert not {"style", "href", "id"} & element.attrib.keys()
        for name in ("x", "y", "width", "height", "cx", "cy"):
            assert re.fullmatch(r"-?[0-9]+", element.attrib.get(name, "0"))
    return root


def marks(root, form):
    return [
        each for each in root.iter() if form in each.attrib.get("class", "").split()
    ]


def test_what_no_entry_explains_is_crossed_and_what_is_lost_is_striped():
    root = svg(balance_shape(reports.balance(), words=WORDS))

    assert len(marks(root, "flow")) == 9 + 5
    assert len([each for each in marks(root, "odd") if each.tag == "rect"]) == 2
    assert len([each for each in marks(root, "odd") if each.tag == "path"]) == 2
    assert len(marks(root, "loss")) == len(marks(root, "stripe")) == 4
    told = " ".join(each.text or "" for each in root.iter())
    for mass in ("?+400", "?−305", "−11,700", "13,295 kg", "others (12)"):
        assert mass in told


def test_ribbons_begin_and_end_within_their_boxes():
    balance = reports.balance()
    root = svg(balance_shape(balance, words=WORDS))
    foot = max(
        int(each.attrib["y"]) + int(each.attrib["height"])
        for each in marks(root, "goods")
    )
    for ribbon in marks(root, "flow"):
        numbers = [int(n) for n in re.findall(r"-?[0-9]+", ribbon.attrib["d"])]
        assert max(numbers[1::2]) <= 720
        assert max(numbers) <= max(foot, 720) + 9


def test_masses_of_nothing_are_not_drawn():
    assert balance_shape(Balance(Name("", ""), (), (), ()), words=WORDS) is None
    empty = Balance(
        Name("a", "b"),
        (("made", Name("made", "产")),),
        (Node("a", "made", "", Decimal(0)),),
        (),
    )
    assert svg(balance_shape(empty, words=WORDS)) is not None


def test_days_outside_are_squares_with_their_entries():
    yields = reports.yields()
    root = svg(yields_shape(yields, words=WORDS))

    assert len(marks(root, "outside")) == len(yields.outside) == 5
    assert len([each for each in root.iter() if each.tag == "circle"]) == 10
    told = " ".join(each.text or "" for each in root.iter())
    for day in yields.outside:
        assert f"#{day.entries[0]}" in told


def test_one_day_can_be_drawn():
    yields = reports.yields()
    one = type(yields)(yields.place, yields.days[:1], None, "kg/d")

    assert marks(svg(yields_shape(one, words=WORDS)), "mark")


def test_a_time_line_has_a_form_for_each_severity_and_says_what_has_no_time():
    report = reports.report()
    root = svg(timeline_shape(report.findings, rules=report.rules, words=WORDS))
    told = " ".join(each.text or "" for each in root.iter())

    assert len(marks(root, "mark")) == sum(bool(each.at) for each in report.findings)
    assert "1 without a time" in told
    for finding in report.findings:
        assert finding.id in told or not finding.at


def test_a_crowded_day_shows_the_gravest_and_how_many_more():
    findings = tuple(
        msgspec.structs.replace(
            reports.mass_finding(3),
            mark=f"{n}",
            severity="critical" if n == 8 else "notice",
        )
        for n in range(9)
    )
    rules = reports.report().rules
    root = svg(timeline_shape(findings, rules=rules, words=WORDS))

    assert len(marks(root, "mark")) == 2
    assert len(marks(root, "critical")) == 1
    assert "+7" in [each.text for each in root.iter()]


def test_findings_without_a_time_have_no_time_line():
    findings = tuple(each for each in reports.other_findings() if not each.at)

    assert timeline_shape(findings, rules=reports.report().rules, words=WORDS) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_way_says_how_fast_it_was_and_what_is_possible(language):
    root = svg(journey_shape(reports.journey(), words=wordbook(language)))
    told = " ".join(each.text or "" for each in root.iter())

    assert "2437" in told
    assert "110" in told
    assert wordbook(language)("journey.too_fast") in told
    assert len(marks(root, "outside")) == 2
    assert len([each for each in marks(root, "odd") if each.tag == "path"]) == 1
