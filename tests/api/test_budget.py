"""What a page weighs: every phone in a shop has to fetch it before it can say anything.

All is weighed as it is sent over https, in Brotli. The evidence is counted apart, since
its size is the goods' own.
"""

import functools
import gzip
import re
from pathlib import Path

import pytest

from api.app import create_app
from ledger.simulate.plan import SMALL
from tests.api.ledgers import Client
from tests.support.seasons import logged_season, season

SCANNER_WEB = Path(__file__).parents[2] / "scanner_web"
LANGS = ["en", "zh", "ug", "kk"]
FIRST_RESPONSE = 14 * 1024
"""In Brotli, with its style: what comes with the first round trip."""
FIRST_VIEW = 60 * 1024
"""In Brotli: the page, its script, its words, and what stands in for WebCrypto."""
FIRST_EVIDENCE = 40 * 1024
LANDMARKS = season(SMALL).landmarks
PATHS = {
    "pouch": LANDMARKS.pouch_path,
    "recalled": LANDMARKS.recalled_pouch_path,
    "voided": LANDMARKS.voided_pouch_path,
    "lot": LANDMARKS.lot,
    "trade-item": LANDMARKS.trade_item,
    "tank": LANDMARKS.tank,
    "animal": LANDMARKS.camel,
    "household": LANDMARKS.household,
    "plant": "/id/party/sim-keping-plant",
    "place": "/id/place/sim-keping-plant/hall",
    "region": "/",
    "supply": "/supply",
    "search": "/search?q=none",
    "scan": "/scan",
    "refusal": "/id/animal/none",
}
SCRIPT = ["built/early.js", "built/page.js"]
FALLBACK = "built/ed25519.js"
"""Over https every browser has SHA-256."""


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with logged_season(tmp_path_factory.mktemp("season")) as log:
        yield Client(create_app(log))


@pytest.fixture(scope="module")
def sent(client):
    """Return what asks once for a text, and for how many bytes are sent."""

    @functools.cache
    def ask(path):
        answer = client.get(path, accept_encoding="br", accept="text/html, */*;q=0.5")
        assert answer.headers["content-encoding"] == "br", path
        return answer.text, int(answer.headers["content-length"])

    return ask


def path_of(name):
    return re.sub(r"^https://[^/]*", "", name)


def page_path(name, lang):
    path = path_of(PATHS[name])
    return f"{path}{'&' if '?' in path else '?'}lang={lang}"


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("lang", LANGS)
def test_a_page_with_its_style_comes_with_the_first_round_trip(sent, name, lang):
    _, size = sent(page_path(name, lang))
    assert size <= FIRST_RESPONSE


@pytest.mark.parametrize("name", ["pouch", "recalled", "lot", "animal", "household"])
@pytest.mark.parametrize("lang", LANGS)
def test_the_first_view_is_light_without_webcrypto_too(sent, name, lang):
    """Pictures are in the page itself: there is no other."""
    assets = [*SCRIPT, FALLBACK, f"words/{lang}.json"]
    loaded = [page_path(name, lang), *(f"/assets/{asset}" for asset in assets)]
    sizes = {path: sent(path)[1] for path in loaded}
    assert sum(sizes.values()) <= FIRST_VIEW, sizes

    page, _ = sent(page_path(name, lang))
    assert "<img" not in page
    asked = set(re.findall(r'(?:src|<link [^>]*href)="(/assets/[^"]*)"', page))
    assert asked == {f"/assets/{asset}" for asset in (*SCRIPT, f"words/{lang}.json")}


@pytest.mark.parametrize("name", ["pouch", "flown_pouch", "recalled_pouch", "lot"])
def test_the_first_evidence_is_light(client, name):
    subject = getattr(LANDMARKS, name)
    answer = client.get(f"/passport?subject={subject}", accept_encoding="identity")

    assert len(gzip.compress(answer.content, 6)) <= FIRST_EVIDENCE
