import pytest

from tests.web.pages import serving_life
from tests.web.seasons import serving_season


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """Serve one animal's life; nobody adds to it or damages it."""
    with serving_life(tmp_path_factory.mktemp("web") / "data") as ledger:
        yield ledger


@pytest.fixture(scope="session")
def season(tmp_path_factory):
    """Serve a small season; nobody adds to it or damages it."""
    with serving_season(tmp_path_factory.mktemp("season") / "data") as ledger:
        yield ledger
