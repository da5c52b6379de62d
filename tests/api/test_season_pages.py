"""Pages of the simulated season: whatever a reader comes to says what it is."""

import re
from collections import defaultdict

import pytest

from api.app import create_app
from ledger.encoding import parse_canonical
from ledger.simulate.plan import SMALL
from ledger.statement import parse_statement
from tests.api.ledgers import Client
from tests.support.forge import HOST
from tests.support.seasons import logged_season, season

LABEL = 'data-fact="simulated"'
KINDS = {
    *("animal", "load", "milk", "party", "place", "powder", "tag", "tank"),
    *("logistic-unit", "lot", "serial", "trade-item"),
}
"""What the season speaks of, and therefore has a page."""


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with logged_season(tmp_path_factory.mktemp("season")) as log:
        yield Client(create_app(log))


def kind_of(name):
    own = name.removeprefix(f"https://{HOST}/id/")
    if own != name:
        return own.partition("/")[0]
    keys = tuple(name.split("/")[3::2])
    return {("00",): "logistic-unit", ("01",): "trade-item"}.get(
        keys, {"10": "lot", "21": "serial"}.get(keys[-1], keys)
    )


def named_in(value):
    """Yield every identifier that stands anywhere in a body."""
    if isinstance(value, dict):
        for each in value.values():
            yield from named_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from named_in(each)
    elif isinstance(value, str) and re.match(
        rf"https://({HOST}/id|id\.gs1\.org)/", value
    ):
        yield value


def names():
    """Return one of each kind of what the season names, and all parties and places."""
    found = defaultdict(dict)
    for note in season(SMALL).statements():
        statement = parse_statement(note)
        body = parse_canonical(statement.body)
        # A prefix is the beginning of names, and names nothing.
        for name in named_in({**body, "prefixes": []}):
            found[kind_of(name)].setdefault(name)
    return {
        kind: list(all_of) if kind in {"party", "place"} else list(all_of)[:1]
        for kind, all_of in found.items()
    }


def test_every_page_of_the_season_says_that_it_is_simulated(client):
    there = set()
    for kind, found in names().items():
        for name in found:
            page = client.get(re.sub(r"^https://[^/]*", "", name))
            if page.status_code == 404:
                continue
            there.add(kind)
            assert page.status_code == 200, name
            assert LABEL in page.text, name

    assert there == KINDS
