import pytest

from tests.web.pages import serving_life


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """Serve one animal's life; nobody adds to it or damages it."""
    with serving_life(tmp_path_factory.mktemp("web") / "data") as ledger:
        yield ledger
