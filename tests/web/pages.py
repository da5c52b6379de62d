"""One animal's life in a served ledger, and what a buyer's phone makes of its page."""

import json
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Error

from ledger.cli.folder import DataFolder
from ledger.client import LedgerClient, Posted
from ledger.cosignature import Cosigner, sign_cosignature
from ledger.encoding import canonical, encode_base64, parse_canonical
from ledger.merkle import leaf_hash, multi_proof, root_hash
from ledger.note import parse_note
from tests.support.browser import PHONE
from tests.support.forge import STEPS, event_body, signer
from tests.support.served import HOST, Served

LOCALE = Path(__file__).parents[2] / "scanner_web" / "locale"
WORDS = {
    lang: json.loads((LOCALE / f"{lang}.json").read_text("utf-8"))
    for lang in ("en", "zh")
}
NAME = "Green Oasis 绿洲"
ANIMAL = f"https://{HOST}/id/animal/spring/7"
NEIGHBOUR = f"https://{HOST}/id/animal/spring/8"
PATH = "/id/animal/spring/7"
RARE_AREA = "653101"
"""No word with which the script of a page comes."""
PASTURE = f"https://{HOST}/id/place/spring/pasture"
BARN = f"https://{HOST}/id/place/spring/barn"
WITNESS = Cosigner("witness.example/well", signer("witness.example/well").key)
SETTLED = '#verdict:not([data-state="checking"])'
CHINA = timezone(timedelta(hours=8))
# At once: the verdict on all sources may take the place of the first at any time.
VERDICT_JS = """() => {
  const verdict = document.querySelector("#verdict");
  for (const folded of verdict.querySelectorAll("details")) folded.open = true;
  const title = document.querySelector(".verdict-title");
  return [verdict.dataset.state, title.innerText, verdict.innerText];
}"""
# A page is made of these; the script's own modules are the script's affair.
FACTS_JS = """() => Object.fromEntries(
  [...document.querySelectorAll("article")].map((article) => [
    "#" + article.dataset.index,
    Object.fromEntries([...article.querySelectorAll("[data-fact]")].map(
      (fact) => [fact.dataset.fact, fact.textContent.trim()])),
  ]))"""


# ------------------------------------------------------------------------- the ledger


def life():
    """Return eleven statements of an animal, by what is to be seen in them.

    They happen shortly before now: only the birth was recorded late. A test failed, and
    was found to be in order later.
    """
    kilograms = {"type": "caravan:milk", "component": "caravan:milk", "uom": "KGM"}
    percent = {"type": "caravan:fat", "component": "caravan:fat", "uom": "P1"}
    moved = {"bizLocation": {"id": BARN}, "readPoint": {"id": BARN}}
    return {
        "birth": event(
            1, 400, action="ADD", bizStep="commissioning", disposition="active"
        ),
        "milked": event(2, 20, **sensors(kilograms | {"value": Decimal("12.5")})),
        "no-fat": event(3, 18, **sensors(percent | {"value": 0})),
        "left": event(4, 16, bizStep="departing"),
        "arrived": event(5, 15, bizStep="arriving", **moved),
        "wrong": (wrong := event(6, 12, **sensors(kilograms | {"value": 99}))),
        "corrected": wrong
        | {
            "errorDeclaration": {
                "declarationTime": hours_ago(11),
                "reason": "incorrect_data",
            }
        },
        "failed": event(7, 10, disposition="non_conformant"),
        "cleared": event(10, 9, persistentDisposition={"unset": ["non_conformant"]}),
        "seen": event(8, 6),
        "seen-again": event(9, 2),
    }


def event(number, hours, **members):
    """Return an event about the animal so many hours ago."""
    members = {"readPoint": {"id": PASTURE}} | members
    return event_body(number, eventTime=hours_ago(hours), **members)


def sensors(*reports):
    return {"sensorElementList": [{"sensorReport": list(reports)}]}


def hours_ago(hours):
    moment = datetime.now(UTC) - timedelta(hours=hours)
    return moment.astimezone(CHINA).isoformat(timespec="seconds")


@contextmanager
def serving_life(folder, more=()):
    """Serve a ledger with the animal's life in it, and more after that.

    Its ``indices`` say where each statement of the life is.
    """
    ledger = Served(folder).init()
    try:
        rights = {"persistent": ["non_conformant", "recalled"], "steps": STEPS}
        ledger.start().admit(name=NAME, rights=rights)
        events = life()
        born = neighbour(
            action="ADD",
            bizStep="commissioning",
            disposition="active",
            **{"caravan:area": RARE_AREA},
        )
        bodies = [*events.values(), born, *more]
        with LedgerClient(ledger.url) as client:
            answers = client.post([ledger.sign(body) for body in bodies])
        assert all(isinstance(answer, Posted) for answer in answers), answers
        ledger.indices = dict(zip(events, (a.index for a in answers), strict=False))
        yield ledger
    finally:
        ledger.stop()


def neighbour(number=1000, **members):
    """Return an event about another animal."""
    return event_body(number, eventTime=hours_ago(1), epcList=[NEIGHBOUR], **members)


# -------------------------------------------------------------------------- the phone


def path_of(subject):
    """Return the path of a subject's page."""
    return re.sub(r"^https://[^/]*", "", subject)


@contextmanager
def new_phone(browser, **options):
    """Give a page of a phone that may fail as it likes: its errors are no failures."""
    context = browser.new_context(
        viewport=PHONE,
        device_scale_factor=2,
        is_mobile=True,
        locale="en",
        **{"service_workers": "block", **options},
    )
    context.set_default_timeout(15_000)
    try:
        yield context.new_page()
    finally:
        context.close()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a verdict says."""

    state: str
    title: str
    text: str


def is_said(text, key, lang="en"):
    """Tell whether a text is a message of the page, whatever stands in its blanks."""
    parts = map(re.escape, re.split(r"\{\w+\}", WORDS[lang][key]))
    return re.fullmatch(".+".join(parts), text) is not None


def verdict(page):
    """Wait for the verdict and return it, small print unfolded."""
    page.wait_for_selector(SETTLED)
    return Seen(*page.evaluate(VERDICT_JS))


def scan(page, served, path=PATH, lang="en"):
    """Open a page as a phone does that has scanned its code; return the verdict."""
    page.goto(f"{served.url}{path}?lang={lang}")
    return verdict(page)


def shown(page):
    """Return the facts on a page by index and name, as they stand there."""
    facts = page.evaluate(FACTS_JS)
    return {int(index.removeprefix("#")): texts for index, texts in facts.items()}


# ------------------------------------------------------------------- who stands between


def between(page, pattern, change):
    """Let somebody between server and phone change the text of an answer.

    A change that changes nothing is a mistake of the test.
    """

    def answer(route):
        try:
            honest = route.fetch()
            text = honest.text()
        except Error:
            # Asked by a page that is gone by now, to keep it.
            return
        lie = change(text)
        assert lie != text
        headers = {
            name: value
            for name, value in honest.headers.items()
            if name not in {"content-encoding", "content-length"}
        }
        route.fulfill(status=honest.status, headers=headers, body=lie)

    page.route(re.compile(pattern), answer)


def answer_with(page, pattern, **answer):
    """Let somebody between server and phone answer in the server's place."""
    page.route(re.compile(pattern), lambda route: route.fulfill(**answer))


def page_changed(page, change, path=PATH):
    """Let somebody change the HTML on its way."""
    between(page, re.escape(path) + r"\?lang=", change)


def passport_changed(page, change):
    """Let somebody change the passport on its way: a function of the document."""

    def respell(text):
        document = parse_canonical(text.encode())
        return canonical(change(document) or document).decode()

    between(page, r"/passport\?", respell)


def policy_served(page, policy):
    """Let somebody between server and phone answer with another policy."""
    answer_with(page, "/policy$", body=policy, content_type="text/plain")


def witnessed(page, served, *days_ago):
    """Let the policy ask for a witness, who cosigned so many days ago."""
    log = (served.folder / "policy").read_text().splitlines()[0]
    witness = f"witness well {WITNESS.vkey.to_text()}"
    policy_served(page, f"{log}\n{witness}\nquorum well\n")

    def cosign(document):
        text = parse_note(document["checkpoint"].encode()).text
        for days in days_ago:
            seconds = int(time.time()) - days * 86_400
            line = sign_cosignature(WITNESS, seconds, text).to_line()
            document["checkpoint"] += line

    passport_changed(page, cosign) if days_ago else None


def substituted(pattern, put):
    """Return a change of the first place that a pattern finds; there must be one."""

    def change(text):
        lie, count = re.subn(pattern, put, text, count=1, flags=re.DOTALL)
        assert count == 1, pattern
        return lie

    return change


def fitting(served, document, indices, entries=None):
    """Return a passport of other entries of the ledger, with the proof that fits.

    The server has all it needs to make it: only what a passport must hold can give
    such a lie away.
    """
    store = DataFolder(served.folder).open_store()
    stored = [entry for _, entry, _ in store.entries(0, store.size())]
    store.close()
    leaves = [leaf_hash(entry) for entry in stored]

    def hash_at(level, index):
        return root_hash(leaves[index << level : (index + 1) << level])

    wanted = sorted(indices)
    nodes = multi_proof(wanted, len(leaves), hash_at)
    return document | {
        "entries": [[i, (entries or {}).get(i, stored[i].decode())] for i in wanted],
        "nodes": [encode_base64(node) for node in nodes],
    }
