"""The page that a liar serves, and what a browser would read in it.

The page is made by the server's own templates from what the liar hands out, so it is as
good as an honest one. ``read`` is ``readPage`` of ``scanner_web/view.js`` without a
browser; a test compares the two.
"""

import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

from api.links import page_path
from api.pages import PageRenderer
from api.rendering import Visit
from api.whole import Wholes
from ledger.errors import LedgerError
from ledger.identifier import identifiers_from_path
from tests.support.forge import HOST, ORIGIN
from tests.support.lies.told import story

SCANNER_WEB = Path(__file__).parents[3] / "scanner_web"
BASE_URL = "http://ledger.example"
BLOCKS = ("simulated", "alarms", "product", "members", "growth", "milk")
CASED = {"viewbox": "viewBox"}
"""Names that HTML spells small and SVG does not."""
VOID = {"meta", "link", "br", "img", "input", "hr"}
NO_TEXT = {"button", "img", "input", "svg"}
OWN = ("verdict-title", "verdict-detail", "verdict-more")
# All that a page asks of a log: nothing of a liar's ledger is on its word alone.
LOG = SimpleNamespace(
    origin=ORIGIN,
    directory=SimpleNamespace(parties={}),
    is_listed=lambda _: False,
)


@cache
def renderer():
    """Return the server's own page maker."""
    return PageRenderer(SCANNER_WEB)


def path_of(told):
    """Return the path that was scanned."""
    path = page_path(told.subject.partition("#")[0], host=HOST)
    return path if told.lot is None else path.replace("/21/", lot_of(told) + "/21/")


def lot_of(told):
    """Return the lot as it stands in the path of a serial."""
    return "/10/" + told.lot.rpartition("/10/")[2]


def page_of(told, lang="en"):
    """Return the HTML that is served."""
    for document in (told.shown or told.passport, story().serve().passport):
        try:
            html = _rendered(told, lang, document)
            break
        except LedgerError:
            # What nobody can read is shown by nobody: the liar shows something else.
            continue
    return html if told.scrawl is None else told.scrawl(html)


def _rendered(told, lang, document):
    path = path_of(told)
    visit = Visit(lang=lang, path=path, base_url=BASE_URL)
    identifiers = identifiers_from_path(path, host=HOST)
    maker = renderer()
    # What sums up the way is made of what this liar gives, not kept from another's.
    maker.wholes = Wholes(lambda _log, _subject: document)
    page, _ = maker.subject_page(LOG, visit, identifiers, document, limit=0)
    return page.decode()


def put(pattern, by):
    """Return a change of the first place that a pattern finds; there must be one."""

    def change(html):
        lie, count = re.subn(pattern, by, html, count=1, flags=re.DOTALL)
        assert count == 1, pattern
        assert lie != html, pattern
        return lie

    return change


def read(told, lang="en"):
    """Return the page as the script reads it, spelled as JSON."""
    tree = _Tree()
    tree.feed(page_of(told, lang))
    document = tree.root
    main = document.first(lambda node: node.name == "main")
    articles = main.all(lambda node: node.name == "article" and node.has("data-index"))
    blocks = {name: _block(main, name) for name in BLOCKS}
    wholes = document.all(_is_whole)
    compared = [
        *(fact for section in wholes for fact in section.all(_is_fact)),
        *(fact for article in articles for fact in article.all(_is_fact)),
        *(fact for block in blocks.values() for fact in block),
    ]
    return {
        "path": path_of(told),
        "fragment": "",
        "subject": main.get("data-subject"),
        "lang": main.get("data-lang"),
        "claim": main.first(lambda node: node.get("id") == "verdict").get("data-alarm"),
        "content": {
            "size": int(main.get("data-size")),
            "hasAll": main.get("data-records") == "all",
            "articles": [
                {
                    "index": int(article.get("data-index")),
                    "isApart": any(up.get("id") == "apart" for up in article.above()),
                    "facts": [_fact(each) for each in article.all(_is_fact)],
                }
                for article in articles
            ],
            "blocks": {name: [*map(_fact, block)] for name, block in blocks.items()},
            "drawings": _drawings(document, lambda up: up.has("data-unchecked")),
            "whole": {
                "size": max([0, *(int(each.get("data-whole")) for each in wholes)]),
                "facts": [_fact(f) for each in wholes for f in each.all(_is_fact)],
                "drawings": [d for each in wholes for d in _drawings(each)],
                "words": [word for each in wholes for word in _whole_words(each)],
            },
            "words": _words(document),
            "unchecked": [
                _title(node)
                for node in document.all(lambda node: node.has("data-unchecked"))
            ],
        },
        "strays": [
            node.get("data-fact")
            for node in document.all(_is_fact)
            if node not in compared
        ],
        "parts": [
            {"name": node.get("data-part"), "text": node.text()}
            for node in document.all(lambda node: node.has("data-part"))
        ],
    }


def _is_fact(node):
    return node.has("data-fact")


def _is_whole(node):
    is_within = any(up.name == "main" for up in node.above())
    return is_within and node.has("data-whole") and node.has("data-unchecked")


def _drawings(root, is_apart=lambda _: False):
    """Return what is drawn, spelled as ``scanner_web/whole.js`` does."""
    return [
        {
            "name": figure.get("data-drawing"),
            "spelling": ",".join(map(_spelled, map(_shape, figure.content))),
        }
        for figure in root.all(lambda node: node.has("data-drawing"))
        if not any(map(is_apart, figure.above()))
    ]


def _spelled(shape):
    return json.dumps(shape, ensure_ascii=False, separators=(",", ":"))


def _shape(node):
    if not isinstance(node, _Node):
        return node
    attributes = {
        CASED.get(name, name): value for name, value in node.attributes.items()
    }
    return [node.name, sorted(attributes.items()), *map(_shape, node.content)]


def _whole_words(section):
    return [
        text
        for node, text in section.texts()
        if text.strip(" \t\n\r")
        and not any(
            up.has("data-fact") or up.has("data-drawing") for up in node.above()
        )
    ]


def _block(main, name):
    """Return the facts of a block."""
    blocks = main.every(lambda node: node.get("data-block") == name)
    return [fact for block in blocks for fact in block.all(_is_fact)]


def _title(section):
    """Return what a section says first of itself, if a reader sees that first."""
    content = [c for c in section.content if isinstance(c, _Node) or c.strip()]
    first = content[0] if content else ""
    around = any(map(_is_checked, section.above()))
    if not isinstance(first, _Node) or around or section.every(_is_written):
        return ""
    is_hidden = any(up.has("hidden") for up in first.above())
    is_plain = section.name == "section" and first.name in {"h2", "p"}
    others = first.every(lambda node: node.name != "bdi")
    return first.text() if is_plain and not is_hidden and not others else ""


def _is_checked(node):
    is_own = node.get("id") in {"verdict", "subject"}
    is_marked = node.has("data-block") or node.has("data-part")
    return node.name == "article" or is_marked or is_own


def _is_written(node):
    is_sum = node.get("id") in {"pack", "journey"} or node.has("data-whole")
    return is_sum or _is_checked(node)


def _words(document):
    """Return all text that is no fact, no part of the code and not the script's."""
    verdict = document.first(lambda node: node.get("id") == "verdict")
    own = [verdict.first(lambda n, c=name: c in n.get("class").split()) for name in OWN]
    body = document.first(lambda node: node.name == "body")
    more = [node.name for node in body.every(_is_more)]
    return more + [
        text
        for node, text in body.texts()
        if text.strip(" \t\n\r")
        and not any(up in own or _is_apart_from_words(up) for up in node.above())
    ]


def _is_more(node):
    """Tell whether an element shows what its text does not say, or in another order."""
    around = node.parent.above()
    is_turned = node.name == "bdo" or node.get("dir") not in {"", "ltr"}
    if any(up.has("data-fact") or up.has("data-part") for up in around):
        return node.name != "bdi" or node.has("hidden") or is_turned
    if any(up.has("data-unchecked") for up in node.above()):
        return False
    is_apart = any(map(_is_apart_from_words, node.above()))
    return is_turned or (node.name in NO_TEXT and not is_apart)


def _is_apart_from_words(node):
    names = ("data-fact", "data-part", "data-drawing", "data-unchecked")
    return node.name == "noscript" or any(map(node.has, names))


def _fact(node):
    fact = {"name": node.get("data-fact"), "text": node.text()}
    if node.has("href"):
        fact["href"] = node.get("href")
    before = (node.parent if node.parent.name == "dd" else node).before()
    if before is not None and before.name == "dt":
        fact["label"] = before.text()
    return fact


class _Node:
    """An element, with its texts and elements in order."""

    def __init__(self, name, attributes, parent):
        self.name, self.parent = name, parent
        self.attributes = dict(attributes)
        self.content = []

    def has(self, name):
        return name in self.attributes

    def get(self, name):
        return self.attributes.get(name) or ""

    def above(self):
        """Return the element and all it stands in."""
        return [self, *(self.parent.above() if self.parent else [])]

    def every(self, wanted):
        """Return the elements below that are wanted, hidden ones too."""
        return [
            node
            for each in self.content
            if isinstance(each, _Node)
            for node in ([each] if wanted(each) else []) + each.every(wanted)
        ]

    def all(self, wanted):
        """Return those that a reader can see."""
        seen = self.every(wanted)
        return [n for n in seen if not any(up.has("hidden") for up in n.above())]

    def first(self, wanted):
        return self.every(wanted)[0]

    def texts(self):
        """Return each text below, with the element that it stands in."""
        found = []
        for each in self.content:
            found += each.texts() if isinstance(each, _Node) else [(self, each)]
        return found

    def text(self):
        joined = "".join(text for _, text in self.texts())
        return re.sub(r"[ \t\n\r]+", " ", joined).strip(" ")

    def before(self):
        """Return the element before this one in the same parent."""
        siblings = [each for each in self.parent.content if isinstance(each, _Node)]
        place = siblings.index(self)
        return siblings[place - 1] if place else None


class _Tree(HTMLParser):
    """Elements as they nest; the templates close whatever they open."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = self._at = _Node("", {}, None)

    def handle_starttag(self, tag, attrs):
        node = _Node(tag, attrs, self._at)
        self._at.content.append(node)
        if tag not in VOID:
            self._at = node

    def handle_endtag(self, tag):
        while self._at.name != tag:
            self._at = self._at.parent
        self._at = self._at.parent

    def handle_data(self, data):
        self._at.content.append(data)
