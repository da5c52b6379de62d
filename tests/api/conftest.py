import pytest

from api.app import create_app
from tests.api.ledgers import NOW_MS, Client, event, open_log
from tests.support.clocks import FrozenClock


@pytest.fixture
def clock():
    return FrozenClock(NOW_MS)


@pytest.fixture
def log(tmp_path, clock):
    opened = open_log(tmp_path, clock)
    yield opened
    opened.close()


@pytest.fixture
def client(log):
    return Client(create_app(log))


@pytest.fixture(scope="session")
def reader(tmp_path_factory):
    """Ask a ledger with one event in it, to which nobody adds."""
    opened = open_log(tmp_path_factory.mktemp("shared"))
    opened.append_statements([event()])
    yield Client(create_app(opened))
    opened.close()
