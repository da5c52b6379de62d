"""Sheets of labels: each code is read from the paper, each text stands on its label."""

import re
from itertools import pairwise

import pypdfium2
import pytest
import zxingcpp

from ledger.drawing import to_pdf, to_svg
from ledger.errors import MalformedError
from ledger.fragment import Fragment
from ledger.sheet import (
    LARGEST_VERSION,
    LEAST_DOT,
    PAGES,
    Label,
    Size,
    lay_out,
    make_code,
    parse_size,
    text_width,
)

A4 = PAGES["a4"]
COMMON = Size(40, 30)
MM_PER_POINT = 25.4 / 72
DATE = "Best before 2028-06-11"


def labels(count, *, host="milk.example", lot="S01", serial="S01{:05}", date=DATE):
    fragment = Fragment(4797, bytes(24)).to_text()
    made = []
    for number in range(count):
        name = serial.format(number)
        path = f"/01/09520123456788/10/{lot}/21/{name}"
        texts = ("(01) 09520123456788", f"(10) {lot}", f"(21) {name}", date, host)
        made.append(Label(f"https://{host}{path}{fragment}", texts))
    return made


def codes(page, dots_per_inch=150):
    """Return what a phone reads of a page, with the corners of each code in mm."""
    picture = page.render(scale=dots_per_inch / 72, grayscale=True)
    rows = memoryview(picture.buffer).cast("B", (picture.height, picture.stride))
    mm = 25.4 / dots_per_inch
    found = {}
    for read in zxingcpp.read_barcodes(rows):
        corner = read.position.top_left
        found[read.text] = (corner.x * mm, corner.y * mm)
    return found


@pytest.fixture(scope="module")
def sheet():
    return lay_out(labels(40), label=COMMON, page=A4)


@pytest.fixture(scope="module")
def document(sheet):
    return pypdfium2.PdfDocument(to_pdf(sheet))


def test_every_code_of_a_sheet_is_read_at_its_place(sheet, document):
    read = [codes(page) for page in document]

    assert [len(page) for page in read] == [32, 8]
    wanted = [label.uri for label in labels(40)]
    assert {uri for page in read for uri in page} == set(wanted)
    for uri, (x, y) in read[0].items():
        left, top = sheet.places[wanted.index(uri)]
        face = sheet.pages[0][wanted.index(uri)]
        assert abs(x - left - face.x) < 0.5
        assert abs(y - top - face.y) < 0.5


def test_the_texts_of_each_label_can_be_copied_from_the_sheet(document):
    text = document[1].get_textpage().get_text_bounded()

    for label in labels(40)[32:]:
        for said in label.texts:
            assert said in text


def test_what_is_on_a_label_does_not_leave_it(sheet, document):
    page = document[0]
    text = page.get_textpage()
    for number in range(text.count_rects()):
        left, low, right, high = (v * MM_PER_POINT for v in text.get_rect(number))
        inside = [
            (x, y)
            for x, y in sheet.places
            if x + 1 <= left
            and right <= x + COMMON.width - 1
            and y + 1 <= A4.height - high
            and A4.height - low <= y + COMMON.height
        ]
        assert len(inside) == 1
    for face in sheet.pages[0]:
        quiet = 4 * face.dot - 1e-9
        side = face.dot * max(column + n for column, _, n in face.runs)
        assert face.x >= quiet
        assert face.y >= quiet
        assert face.x + side + quiet <= COMMON.width
        # What stands above the baseline of the first line is no part of the zone.
        first = face.lines[0]
        assert face.y + side + quiet <= first.y - 0.7 * first.points * MM_PER_POINT


def test_labels_do_not_touch_each_other_or_the_edge_of_the_page(sheet):
    columns = sorted({x for x, _ in sheet.places})
    rows = sorted({y for _, y in sheet.places})

    for starts, side, whole in (
        (columns, COMMON.width, A4.width),
        (rows, COMMON.height, A4.height),
    ):
        assert starts[0] >= 8
        assert starts[-1] + side <= whole - 8
        assert all(later - earlier > side for earlier, later in pairwise(starts))
    assert sheet.has_frames


def test_a_roll_has_one_label_on_each_page_and_no_frame():
    roll = lay_out(labels(3), label=Size(50, 30), page=Size(50, 30))
    document = pypdfium2.PdfDocument(to_pdf(roll))

    assert [len(codes(page, 200)) for page in document] == [1, 1, 1]
    assert [round(v * MM_PER_POINT, 2) for v in document[0].get_size()] == [50, 30]
    assert not roll.has_frames
    assert "stroke" not in to_svg(roll)[0].decode()


@pytest.mark.parametrize(
    "size",
    [Size(30, 20), COMMON, Size(60, 25), Size(25, 60), Size(100, 100)],
    ids=lambda size: f"{size.width}x{size.height}",
)
def test_labels_of_every_shape_have_a_code_that_is_read(size):
    sheet = lay_out(labels(1), label=size, page=size)
    (page,) = pypdfium2.PdfDocument(to_pdf(sheet))

    assert [*codes(page, 300)] == [labels(1)[0].uri]
    said = "".join(line.text for line in sheet.pages[0][0].lines)
    for text in labels(1)[0].texts:
        assert text.replace(" ", "") in said.replace(" ", "")


def test_a_text_that_had_to_be_broken_is_followed_by_a_new_line():
    sheet = lay_out(labels(1), label=Size(30, 20), page=A4)

    lines = [line.text for line in sheet.pages[0][0].lines]
    assert lines[:2] == ["(01)", "095201234567"]
    assert "(10) S01" in lines
    assert lines[-3:-1] == ["Best before", "2028-06-11"]


def test_text_is_as_wide_as_it_is_thought_to_be():
    text = "".join(map(chr, range(ord("!"), ord("~") + 1)))
    sheet = lay_out(
        [Label("https://a.example/", (text,))], label=Size(200, 40), page=Size(200, 40)
    )
    (page,) = pypdfium2.PdfDocument(to_pdf(sheet))
    read = page.get_textpage()

    (line,) = sheet.pages[0][0].lines
    assert read.get_text_bounded() == text
    assert read.count_rects() == 1
    left, _, right, _ = read.get_rect(0)
    drawn = (right - left) * MM_PER_POINT
    assert drawn == pytest.approx(text_width(text, line.points), rel=0.01)


def test_svg_and_pdf_have_the_same_marks(sheet):
    first, second = (page.decode() for page in to_svg(sheet))

    assert first.count("<path") == 32
    assert second.count("<path") == 8
    assert 'width="210mm" height="297mm"' in first
    for label in labels(40)[32:]:
        for said in label.texts:
            assert re.search(rf">[^<]*{re.escape(said)}[^<]*</text>", second)


def test_a_text_with_signs_of_either_format_is_drawn_as_it_is():
    said = r"(10) <L&1>\(7)"
    sheet = lay_out([Label("https://a.example/1", (said,))], label=COMMON, page=COMMON)
    (page,) = pypdfium2.PdfDocument(to_pdf(sheet))

    assert page.get_textpage().get_text_bounded() == said
    assert r">(10) &lt;L&amp;1&gt;\(7)</text>" in to_svg(sheet)[0].decode()


def test_a_sheet_is_the_same_bytes_every_time(sheet):
    again = lay_out(labels(40), label=COMMON, page=A4)

    assert to_pdf(again) == to_pdf(sheet)
    assert to_svg(again) == to_svg(sheet)


# ------------------------------------------------------------------------- boundaries


@pytest.mark.parametrize(
    ("host", "lot", "serial", "size"),
    [(20, 10, 12, 10), (30, 8, 8, 6), (12, 20, 12, 8)],
)
def test_the_documented_lengths_give_a_code_of_version_7(host, lot, serial, size):
    uri = (
        f"https://{'h' * (host - 8)}.example/01/09520123456788"
        f"/10/{'L' * lot}/21/{'S' * serial}"
        + Fragment(10 ** (size - 1), bytes(24)).to_text()
    )

    assert host + lot + serial + size == 52
    assert len(uri) == 122
    assert make_code(uri).version == 7
    with pytest.raises(MalformedError, match="123 bytes need a code of version 8"):
        make_code(uri + "A")
    assert make_code(uri + "A", max_version=LARGEST_VERSION).version == 8


def test_more_than_any_code_holds_is_refused():
    with pytest.raises(MalformedError, match="want 40 at most"):
        make_code("https://a.example/" + "x" * 2400, max_version=LARGEST_VERSION)


def test_a_label_that_is_too_small_is_refused():
    with pytest.raises(MalformedError, match=r"too small for a code of 41 dots"):
        lay_out(labels(1), label=Size(20, 12), page=A4)


def test_dots_are_never_smaller_than_a_printer_prints():
    for width in range(14, 60, 6):
        try:
            sheet = lay_out(labels(1), label=Size(width, 24), page=A4)
        except MalformedError:
            continue
        assert sheet.dot >= LEAST_DOT


def test_a_label_larger_than_the_page_is_refused():
    with pytest.raises(MalformedError, match="want no more than the page, 40 × 20"):
        lay_out(labels(1), label=COMMON, page=Size(40, 20))


@pytest.mark.parametrize("text", ["驼乳粉", "a\nb", "a\x7f"])
def test_a_text_that_the_font_does_not_have_is_refused(text):
    with pytest.raises(MalformedError, match="want visible ASCII"):
        lay_out([Label("https://a.example/", (text,))], label=COMMON, page=A4)


@pytest.mark.parametrize(
    "text", ["", "40", "40x", "x30", "40 x 30", "-4x30", "0.5x30", "1e3x30"]
)
def test_what_is_no_size_is_refused(text):
    with pytest.raises(MalformedError, match="want WIDTHxHEIGHT in mm"):
        parse_size(text)
