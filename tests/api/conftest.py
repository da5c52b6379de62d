import pytest

from api.app import create_app
from tests.api.ledgers import Client, FrozenClock, open_log


@pytest.fixture
def clock():
    return FrozenClock()


@pytest.fixture
def log(tmp_path, clock):
    opened = open_log(tmp_path, clock)
    yield opened
    opened.close()


@pytest.fixture
def client(log):
    return Client(create_app(log))
