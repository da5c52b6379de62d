"""Make the pictures of ``docs/verdicts.md``, or those that are named.

``python -m tests.support.make_pictures [STATE ...]`` opens the page of a
simulated pack on a phone, in each state of ``STATES``, and writes what it shows, down
to the end of the verdict, to ``docs/pictures/STATE.png``. The words of the verdict are
written into the file as well, so that ``tests/docs/test_verdicts.py`` notices when they
change. Fonts are those of the machine.

No library for pictures is needed: a PNG is made small here, with a few colours.
"""

import struct
import sys
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.support.browser import PHONE, launched
from tests.support.liar import lying
from tests.support.lies.serving import path_of, put
from tests.support.lies.told import (
    DAY_MS,
    REPLAYING_WITNESS,
    WITNESS,
    Story,
    Told,
    cosigned,
    witnessed_policy,
)
from tests.support.pouch import (
    CARTON,
    DRYING,
    ITEM,
    LOT,
    OTHER_LOT,
    OTHER_TANK,
    PLANT,
    TANK,
)

PICTURES = Path(__file__).parents[2] / "docs/pictures"
SCALE = 1.5
MARGIN = 12
"""Pixels of the page around what is shown."""
COLOURS, APART = 16, 16
SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"Description"
SETTLED = '#verdict:not([data-state="checking"])'
NAME = [
    {"@language": "en", "@value": "Camel milk powder"},
    {"@language": "zh", "@value": "驼乳粉"},
]
TANKS = [TANK, *(f"{TANK[:-1]}{number}" for number in range(2, 15))]
"""All that the powder came of."""
BOTH = (WITNESS, REPLAYING_WITNESS)
CUT_SHORT = "#c=12.MkFhT"
LONG_AGO_MS = 1_704_067_200_000  # 2024-01-01T00:00:00Z


# ------------------------------------------------------------------------- the stories


class Pack(Story):
    """The story of the pouch, of more tanks; all of it says that it is simulated."""

    def say(self, party, *others, **members):
        return super().say(party, *others, **members | {"caravan:simulated": True})

    def create(self, party, *names, **members):
        if names == (ITEM,):
            members |= {"ilmd": {"gs1:productName": NAME}}
        if TANK in names:
            names = (*TANKS, *(name for name in names if name != TANK))
        return super().create(party, *names, **members)

    def make(self, party, inputs, outputs, *others, **members):
        is_dried = members.get("transformationID") == DRYING and inputs
        dried = TANKS if is_dried else inputs
        return super().make(party, dried, outputs, *others, **members)

    def closure(self, *but, also=()):
        return super().closure(*but, also=(*also, *({*TANKS} - {*but})))

    def show(self, *witnesses, **lies):
        """Return what is served when these witnesses have seen it just now.

        What was scanned is a label that was printed when the pouch was sold.
        """
        size = self.at["sold"] + 1
        question = {
            "policy": witnessed_policy("all", BOTH),
            "now_ms": self.now_ms,
            "lot": LOT,
            "label": self.fragment(size),
        }
        question |= lies.pop("question", {})
        checkpoint = cosigned(self.checkpoint(), *((w, self.now_ms) for w in witnesses))
        said = {"checkpoint": checkpoint, "label": self.label(size)}
        return self.serve(question=question, **said | lies)


def sold():
    """Return the story of a pouch that nothing is wrong with, and of other goods."""
    true = Pack().begin()
    true.say(PLANT, epcList=[OTHER_TANK])
    return true.end()


def _seen(**question):
    """Return a teller of that, as the two witnesses have seen it."""
    return lambda: sold().show(*BOTH, question=question)


def _alone():
    """Nobody is asked to be a witness, and the label is an older one."""
    return sold().serve(question={"lot": LOT})


def _open():
    """Of most tanks only the alarms are given."""
    true = sold()
    names = [*true.closure(*TANKS[2:]), *(f"{tank}#alarm" for tank in TANKS[2:])]
    return true.show(*BOTH, names=sorted(names))


def _carton():
    names = [CARTON, PLANT, "registrar"]
    question = {"subject": CARTON, "lot": None}
    return sold().show(*BOTH, subject=CARTON, names=names, question=question)


def _too_few():
    return sold().show(WITNESS)


def _days_later():
    true = sold()
    return true.show(*BOTH, question={"now_ms": true.now_ms + 2 * DAY_MS})


def _recalled():
    return sold().recall().end().show(*BOTH)


def _another_history():
    """The label is of a ledger in which the tank was recalled."""
    true, other = sold().recall().end(), sold()
    size = len(true.entries)
    while len(other.entries) <= size:
        other.say(PLANT, epcList=[OTHER_TANK])
        other.end()
    question = {"label": true.fragment(size)}
    return other.show(*BOTH, label=other.label(size), question=question)


def _changed():
    later = put(r'(data-block="product".*?11 Jun )2028', r"\g<1>2029")
    return replace(sold().show(*BOTH), scrawl=later)


@dataclass(frozen=True, slots=True)
class State:
    """A state that a verdict can be in.

    Attributes:
        headline: What the message is called that is its title.
        tell: Tells the story of it.
        lang: The reader's language.
        is_cut_off: Nothing comes after the page.
        has_scripts: The phone runs them.
    """

    headline: str
    tell: Callable[[], Told]
    lang: str = "en"
    is_cut_off: bool = False
    has_scripts: bool = True


CANNOT = "verdict.cannot-check.title"
STATES = {
    "verified": State("verdict.verified.title", _seen()),
    "verified-zh": State("verdict.verified.title", _seen(), lang="zh"),
    "alone": State("verdict.verified.title", _alone),
    "partial": State("verdict.partial.title", _open),
    "contents": State("verdict.contents.title", _carton),
    "few-witnesses": State(CANNOT, _too_few),
    "out-of-date": State("verdict.stale.title", _days_later),
    "clock": State(CANNOT, _seen(now_ms=LONG_AGO_MS)),
    "label-unread": State(CANNOT, _seen(label=CUT_SHORT)),
    "no-connection": State(CANNOT, _seen(), is_cut_off=True),
    "no-scripts": State("page.verdict.title", _seen(), has_scripts=False),
    "recalled": State("alarm.title.recalled", _recalled),
    "label-mismatch": State("verdict.label-mismatch.title", _another_history),
    "not-packed": State("verdict.not-packed.lot", _seen(lot=OTHER_LOT)),
    "not-verified": State("verdict.not-verified.title", _changed),
}


# --------------------------------------------------------------------------- the phone


@contextmanager
def _phone(browser, state):
    context = browser.new_context(
        viewport=PHONE,
        device_scale_factor=SCALE,
        is_mobile=True,
        locale=state.lang,
        timezone_id="Asia/Shanghai",
        java_script_enabled=state.has_scripts,
    )
    context.set_default_timeout(15_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def take(browser, server, state):
    """Return the picture of a state and the words of its verdict."""
    given = state.tell()
    server.given = given
    with _phone(browser, state) as page:
        if state.is_cut_off:
            page.route("**/passport?*", lambda route: route.abort())
        address = f"{server.url}{path_of(given)}?lang={state.lang}{given.label or ''}"
        if state.has_scripts:
            page.clock.set_fixed_time(given.now_ms / 1000)
            page.goto(address)
            page.wait_for_selector(SETTLED)
            page.wait_for_function("!document.querySelector('.verdict-more progress')")
        else:
            page.goto(address)
        words = _words(page, state)
        box = page.locator("#verdict").bounding_box()
        top = page.locator("main").bounding_box()["y"]
        clip = {
            "x": 0,
            "y": top - MARGIN,
            "width": PHONE["width"],
            "height": box["y"] + box["height"] - top + 2 * MARGIN,
        }
        return page.screenshot(clip=clip, full_page=True), words


def _words(page, state):
    """Return the words of the verdict, each sentence or two as one message."""
    places = [".verdict-title", ".verdict-more p", ".verdict-detail > p", "li"]
    alarms = page.locator("#alarms li").all_inner_texts()
    texts = [
        text
        for place in places
        for text in page.locator(f"#verdict {place}").all_inner_texts()
        # What is folded away is in no picture.
        if text and text not in alarms
    ]
    if not state.has_scripts:
        link = page.locator("#verdict noscript a").inner_text()
        said = page.locator("#verdict noscript p").inner_text()
        texts += [said.removesuffix(link).strip(), link]
    return texts


# -------------------------------------------------------------------------- the picture


def chunks(png):
    """Return the chunks of a PNG: each a type and its content."""
    found, at = [], len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        found.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += length + 12
    return found


def words_in(png):
    """Return the words of the verdict that a picture shows."""
    (said,) = [
        c for kind, c in chunks(png) if kind == b"iTXt" and c.startswith(KEYWORD)
    ]
    return said.rpartition(b"\0")[2].decode().split("\n")


def small(png, words):
    """Return a picture in a few colours, with words written into the file."""
    width, pixels = _pixels(png)
    counts = Counter(pixels)
    palette = _palette(counts)
    place = {
        colour: min(range(len(palette)), key=lambda i: _distance(palette[i], colour))
        for colour in counts
    }
    indices = bytes(map(place.__getitem__, pixels))
    rows = [b"\0" + indices[at : at + width] for at in range(0, len(indices), width)]
    header = struct.pack(">IIBBBBB", width, len(rows), 8, 3, 0, 0, 0)
    text = KEYWORD + b"\0\0\0\0\0" + "\n".join(words).encode()
    parts = [
        (b"IHDR", header),
        (b"PLTE", b"".join(map(bytes, palette))),
        (b"iTXt", text),
        (b"IDAT", zlib.compress(b"".join(rows), 9)),
        (b"IEND", b""),
    ]
    return SIGNATURE + b"".join(_chunk(*part) for part in parts)


def _chunk(kind, content):
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def _pixels(png):
    """Return the width and the colours of a screenshot, row by row."""
    found = chunks(png)
    width, height, depth, kind = struct.unpack_from(">IIBB", dict(found)[b"IHDR"])
    size = {2: 3, 6: 4}[kind]
    assert depth == 8
    data = zlib.decompress(b"".join(c for kind, c in found if kind == b"IDAT"))
    length = width * size
    above, pixels = bytes(length), []
    for row in range(height):
        at = row * (length + 1)
        above = _unfiltered(data[at], data[at + 1 : at + 1 + length], above, size)
        parts = [above[part::size] for part in range(3)]
        pixels += zip(*parts, strict=True)
    return width, pixels


def _unfiltered(how, line, above, size):
    """Return a row of a PNG as it was before it was filtered."""
    row = bytearray(line)
    for at in range(len(row)):
        left = row[at - size] if at >= size else 0
        corner = above[at - size] if at >= size else 0
        guess = (0, left, above[at], (left + above[at]) // 2, 0)[how]
        if how == 4:
            guess = _nearest(left, above[at], corner)
        row[at] = (row[at] + guess) & 0xFF
    return bytes(row)


def _nearest(left, up, corner):
    """Return which of three neighbours is nearest to what they let expect."""
    expected = left + up - corner
    return min((left, up, corner), key=lambda near: abs(expected - near))


def _palette(counts):
    """Return the most common colours: of large areas, and others that are far apart."""
    large = counts.total() // 200
    chosen = []
    for colour, count in counts.most_common():
        apart = 0 if count > large else APART
        if all(_distance(colour, other) > apart**2 for other in chosen):
            chosen.append(colour)
    return chosen[:COLOURS]


def _distance(one, other):
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def main(names):
    """Make the pictures."""
    PICTURES.mkdir(exist_ok=True)
    with launched() as browser, lying() as server:
        for name in names or STATES:
            png, words = take(browser, server, STATES[name])
            picture = small(png, words)
            (PICTURES / f"{name}.png").write_bytes(picture)
            sys.stdout.write(f"{name}: {len(picture)} bytes: {words[0]}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
