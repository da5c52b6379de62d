"""Lies of a page that shows something else than it proves: step 19.

The script is the ledger's own: who serves another script shows what he likes, and the
page says so itself (``footer.weakness``).
"""

import json
import re

from tests.support.lies.serving import SCANNER_WEB, put
from tests.support.lies.strangers import LIES as OF_STRANGERS
from tests.support.lies.told import Lie, Story, Told, story

EN = json.loads((SCANNER_WEB / "locale" / "en.json").read_text("utf-8"))
MAIN = r"(<main [^>]*>)"


def scrawled(change, **told):
    """Return a teller of the truth whose page is changed."""

    def tell():
        given = story().serve()
        return Told(given.passport, given.now_ms, scrawl=change, **told)

    return tell


def of_recall(pattern, by):
    """Return a change in the article of the recall."""

    def change(html):
        index = story().at["recall"]
        return put(pattern.replace("INDEX", str(index)), by)(html)

    return change


def _in_main(text):
    return put(MAIN, lambda found: found[1] + text)


def _page_of_before():
    """Return what an old page was made from."""
    return Story().begin().serve().passport


def _without_article(html):
    index = story().at["recall"]
    return put(rf'<li[^>]*><article id="entry-{index}".*?</article></li>', "")(html)


def _move_apart(html):
    index = story().at["recall"]
    article = rf'<li[^>]*><article id="entry-{index}".*?</article></li>'
    moved = re.search(article, html, re.DOTALL)[0]
    apart = f'<section id="apart"><ol class="steps">{moved}</ol></section></main>'
    return html.replace(moved, "").replace("</main>", apart)


def _reorder(html):
    """Put the recall before everything else."""
    index = story().at["recall"]
    article = rf'<li[^>]*><article id="entry-{index}".*?</article></li>'
    moved = re.search(article, html, re.DOTALL)[0]
    first = '<ol class="steps">'
    return html.replace(moved, "").replace(first, first + moved, 1)


def _twice(html):
    article = re.search(r"<li[^>]*><article .*?</article></li>", html, re.DOTALL)[0]
    return html.replace(article, article + article, 1)


def _late(html):
    return put(r'<li data-fact="flag\.late">.*?</li>', "")(html)


def _told_late():
    late = next(lie for lie in OF_STRANGERS if lie.name == "calls-a-late-word-on-time")
    given = late.tell()
    return Told(given.passport, given.now_ms, scrawl=_late)


def _today(html):
    size = len(story().entries)
    return put(r'data-size="[0-9]+"', f'data-size="{size}"')(html)


def _in_body(text):
    return put(r"(<body>)", lambda found: found[1] + text)


def _lie(name, kind, says, tell, code="fact-mismatch"):
    return Lie(name, says, 19, code, tell, kind=kind)


VERIFIED = EN["verdict.verified.title"]
UNCHECKED = EN["page.unchecked.title"]
SECOND_PAGE = (
    '<div role="main"><article data-index="4">'
    f'<h3 data-fact="step">{VERIFIED}</h3></article></div>'
)

LIES = (
    _lie(
        "shows-the-page-of-before",
        None,
        "shows the page as it was before the recall",
        scrawled(None, shown=_page_of_before()),
        "stale",
    ),
    _lie(
        "shows-the-page-of-before-as-today-s",
        "article-missing",
        "shows the page as it was before the recall, and says that it is of today",
        scrawled(_today, shown=_page_of_before()),
    ),
    _lie(
        "leaves-the-recall-out-of-the-page",
        "article-missing",
        "does not show the article of the recall",
        scrawled(_without_article),
    ),
    _lie(
        "leaves-the-alarm-out-of-the-page",
        "fact-missing",
        "does not show the alarm above the page",
        scrawled(put(r'(data-block="alarms">).*?(</ul>)', r"\1\2")),
    ),
    _lie(
        "shows-another-alarm",
        "fact",
        "shows the recall as a failed test",
        scrawled(put(r'(data-fact="alarm\.0">)[^<]*', r"\1does not conform")),
    ),
    _lie(
        "changes-an-article",
        "fact",
        "shows the recall as a passed test",
        scrawled(
            of_recall(
                r'(id="entry-INDEX".*?data-fact="disposition">)[^<]*', r"\1conformant"
            )
        ),
    ),
    _lie(
        "leaves-a-fact-out-of-an-article",
        "fact-missing",
        "does not show the disposition of the recall",
        scrawled(
            of_recall(
                r'(id="entry-INDEX".*?)<dd data-fact="disposition">.*?</dd>', r"\1"
            )
        ),
    ),
    _lie(
        "adds-a-fact-to-an-article",
        "fact-extra",
        "adds that the recall was lifted to the article of the recall",
        scrawled(
            of_recall(
                r'(id="entry-INDEX".*?)</article>',
                r'\1<p data-fact="lifted">lifted</p></article>',
            )
        ),
    ),
    _lie(
        "shows-a-fact-twice",
        "fact-extra",
        "shows two dispositions of the recall, the false one first",
        scrawled(
            of_recall(
                r'(id="entry-INDEX".*?)(<dd data-fact="disposition">)',
                r"\1\2conformant</dd>\2",
            )
        ),
    ),
    _lie(
        "changes-the-word-before-a-fact",
        "fact",
        "shows the recall as something that no longer holds",
        scrawled(
            of_recall(
                r'(id="entry-INDEX".*?<dt>)[^<]*(</dt>\s*<dd data-fact="disposition")',
                rf"\1{EN['label.unset']}\2",
            )
        ),
    ),
    _lie(
        "leads-elsewhere",
        "fact",
        "lets the record of the recall lead to another one",
        scrawled(put(r'href="/entries/16"', 'href="/entries/11"')),
    ),
    _lie(
        "moves-the-recall-apart",
        "article-moved",
        "shows the recall among what others say, who have no say",
        scrawled(_move_apart),
    ),
    _lie(
        "moves-the-recall-to-the-beginning",
        "article-moved",
        "shows the recall before what it followed",
        scrawled(_reorder),
    ),
    _lie(
        "shows-a-record-twice",
        "article-extra",
        "shows one record twice",
        scrawled(_twice),
    ),
    _lie(
        "makes-a-record-up",
        "article-extra 3",
        "shows a record that nobody signed",
        scrawled(
            put(
                r'(<ol class="steps">)',
                r'\1<li><article data-index="3"></article></li>',
            )
        ),
    ),
    _lie(
        "hides-that-a-word-came-late",
        "fact-missing",
        "does not show the remark that a word came two days late",
        _told_late,
    ),
    _lie(
        "changes-a-fact-of-the-product",
        "fact",
        "shows a later best-before date",
        scrawled(
            put(r'(data-block="product".*?11 Jun )2028', r"\g<1>2029"),
        ),
    ),
    _lie(
        "shortens-the-sources",
        "fact-missing",
        "does not show the tank among what the pouch came from",
        scrawled(
            put(r'<li>\s*<a data-fact="member\.4".*?</li>', ""),
        ),
    ),
    _lie(
        "hides-that-it-is-simulated",
        "fact-missing",
        "does not show that all this was invented",
        scrawled(put(r'<span data-fact="simulated">.*?</span>', "")),
    ),
    _lie(
        "adds-a-fact-outside-everything",
        "fact-extra",
        "shows a prize where no record is",
        scrawled(put(r"</h1>", '</h1><p data-fact="prize">gold medal</p>')),
    ),
    _lie(
        "adds-words-of-his-own",
        "word",
        "writes above the page that the recall is over",
        scrawled(_in_main("<p>The recall is over.</p>")),
    ),
    _lie(
        "writes-a-verdict-of-his-own",
        "word",
        "writes the page's own word for a good verdict above the verdict",
        scrawled(_in_main(f"<h2>{VERIFIED}</h2>")),
    ),
    _lie(
        "writes-a-verdict-in-the-script-s-place",
        "word",
        "writes a verdict into something that looks like the script's own place",
        scrawled(_in_main(f'<p class="verdict-title">{VERIFIED}</p>')),
    ),
    _lie(
        "writes-a-verdict-as-unchecked",
        "word",
        "writes a verdict where he marks it as not checked, which no reader sees",
        scrawled(_in_main(f"<h2 data-unchecked>{VERIFIED}</h2>")),
    ),
    _lie(
        "writes-a-verdict-above-the-page",
        "word",
        "writes a verdict above what the script compares",
        scrawled(_in_body(f"<p>{VERIFIED}</p>")),
    ),
    _lie(
        "writes-a-verdict-as-a-fact-of-an-unknown-block",
        "fact-extra",
        "writes a verdict as a fact where the script knows of none",
        scrawled(
            _in_main(f'<p data-block="quality"><b data-fact="seal">{VERIFIED}</b></p>')
        ),
    ),
    _lie(
        "writes-a-verdict-into-a-second-page",
        "fact-extra",
        "writes a verdict into the same document as a second page",
        scrawled(_in_body(SECOND_PAGE)),
    ),
    _lie(
        "writes-a-verdict-as-a-part-of-the-code",
        "fact-extra",
        "writes a verdict above the page as if it were a part of the code",
        scrawled(_in_body(f'<p data-part="seal">{VERIFIED}</p>')),
    ),
    _lie(
        "calls-the-pouch-what-nobody-calls-it",
        "fact-extra",
        "writes a name above the page that no record gives the product",
        scrawled(put("<h1>", '<h1><bdi data-part="title">Organic milk</bdi>')),
    ),
    _lie(
        "makes-up-what-is-folded-away",
        "fact-extra",
        "writes a verdict as if it stood above steps that are folded away",
        scrawled(_in_main(f'<p data-part="fold.0">{VERIFIED}</p>')),
    ),
    _lie(
        "changes-what-is-summed-up",
        "fact",
        "shows a share of this pack by mass where no statement gives a mass",
        scrawled(put(r'(data-fact="share\.0">)[^<]*', r"\1Camel milk: 100 %")),
    ),
    _lie(
        "hides-a-gap",
        "fact-missing",
        "does not show that a record was taken back among the gaps",
        scrawled(put(r'<li>\s*<a data-fact="gaps\.0".*?</li>', "")),
    ),
    _lie(
        "adds-words-to-what-is-summed-up",
        "word",
        "writes a verdict of his own into the sums",
        scrawled(put(r'(<div class="sum" data-sum="gaps">)', r"\1<p>All is well.</p>")),
    ),
    _lie(
        "draws-what-nobody-made",
        "drawing",
        "draws a medal where a drawing may stand",
        scrawled(
            put(
                r'(<div class="sum" data-sum="gaps">)',
                r'\1<figure data-drawing="map"><svg></svg></figure>',
            )
        ),
    ),
    _lie(
        "draws-outside-everything",
        "drawing",
        "draws a medal above the page",
        scrawled(_in_main('<figure data-drawing="medal"><svg></svg></figure>')),
    ),
    _lie(
        "draws-a-verdict-without-a-frame",
        "drawing",
        "draws a verdict, and calls the drawing itself a place for one",
        scrawled(_in_main(f'<svg data-drawing="map"><text>{VERIFIED}</text></svg>')),
    ),
    _lie(
        "draws-a-verdict-as-a-fact",
        "fact-extra",
        "draws a verdict, and calls the drawing a fact",
        scrawled(_in_main(f'<svg data-fact="seal"><text>{VERIFIED}</text></svg>')),
    ),
    _lie(
        "shows-a-picture-in-a-part-of-the-code",
        "word",
        "shows a picture of a verdict beside the serial",
        scrawled(put(r'(data-part="21"><bdi>)', r'\1<img src="/verified.png">')),
    ),
    _lie(
        "turns-the-digits-of-a-date-round",
        "word",
        "writes a sign above the facts of the product that nobody sees, and which"
        " turns round what follows",
        scrawled(put(r'(<dd data-fact="product\.[^>]*>)', "\u202e\\1")),
    ),
    _lie(
        "shows-a-part-of-the-code-from-its-end",
        "word",
        "lets the browser show the trade item from its last digit to its first",
        scrawled(
            put(
                r'(data-part="01">)<bdi>([^<]*)</bdi>',
                r'\1<bdo dir="rtl">\2</bdo>',
            )
        ),
    ),
    _lie(
        "lets-a-page-be-read-from-the-right",
        "word",
        "lets what is read from the left be shown from the right",
        scrawled(put(r'(<div id="product") ', r'\1 dir="rtl" ')),
    ),
    _lie(
        "makes-a-mark-of-his-own",
        "word",
        "puts a green mark above the page, without a word",
        scrawled(_in_main("<p>\u2705</p>")),
    ),
    _lie(
        "hides-that-it-is-not-checked",
        "word",
        "hides the words which say that what follows is not checked",
        scrawled(
            _in_main(
                f"<section data-unchecked><h2 hidden>{UNCHECKED}</h2>"
                f"<p>{VERIFIED}</p></section>"
            )
        ),
    ),
    _lie(
        "says-later-that-it-is-not-checked",
        "word",
        "writes a verdict before the words which say that it is not checked",
        scrawled(
            _in_main(
                f"<section data-unchecked>{VERIFIED}<h2>{UNCHECKED}</h2></section>"
            )
        ),
    ),
    _lie(
        "folds-away-that-it-is-not-checked",
        "word",
        "folds away the words which say that it is not checked, below a verdict",
        scrawled(
            _in_main(
                f"<details data-unchecked><h2>{UNCHECKED}</h2>"
                f"<summary>{VERIFIED}</summary></details>"
            )
        ),
    ),
    _lie(
        "puts-what-is-checked-beside-what-is-not",
        "word",
        "writes a verdict beside the place in which the script will say: checked",
        scrawled(
            put(
                r'<section id="pack"',
                f"<section data-unchecked><h2>{UNCHECKED}</h2><p>{VERIFIED}</p>"
                '<div id="pack"></div></section><section',
            )
        ),
    ),
    _lie(
        "calls-his-sums-checked",
        "fact-extra",
        "does not mark what he sums up as not checked",
        scrawled(put(r'(id="journey" data-whole="[0-9]+") data-unchecked', r"\1")),
    ),
    _lie(
        "is-about-another-pouch",
        "fact",
        "says that the page is about another pouch than the one scanned",
        scrawled(put(r'(data-subject="[^"]*/21/)1"', r'\g<1>2"')),
    ),
    _lie(
        "names-another-pouch",
        "fact",
        "shows another serial than the one scanned",
        scrawled(put(r'(data-part="21"><bdi>)1<', r"\g<1>2<")),
    ),
)
