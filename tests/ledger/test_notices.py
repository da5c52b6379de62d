import json
import logging

import pytest

from ledger.errors import EventError, StoreError
from ledger.notices import Form, begin_notices, failure, notice


@pytest.fixture
def lines(capsys):
    """Return a function that reads what was told since."""
    root = logging.getLogger()
    before = list(root.handlers), root.level, logging.raiseExceptions

    def read(form):
        begin_notices(form)
        return lambda: capsys.readouterr().err.splitlines()

    yield read
    root.handlers[:], level, logging.raiseExceptions = before
    root.setLevel(level)


def raised(error, cause=None):
    try:
        raise error from cause
    except Exception as caught:
        return caught


def test_an_event_is_one_line_of_json_with_time_and_level(lines):
    read = lines(Form.JSON)

    notice("started", size=3, url="http://127.0.0.1:8000")

    (line,) = read()
    told = json.loads(line)
    assert told.pop("time").endswith("Z")
    assert told == {
        "event": "started",
        "level": "info",
        "size": 3,
        "url": "http://127.0.0.1:8000",
    }


def test_an_event_is_one_line_of_words_for_people(lines):
    read = lines(Form.TEXT)

    notice("stopped", reason="two\nlines")

    (line,) = read()
    assert line.endswith(r" info stopped reason=two\x0alines")


def test_of_a_failed_store_its_own_words_are_told(lines):
    read = lines(Form.JSON)

    failure("group-failed", raised(StoreError("database: disk full"), OSError()))

    told = json.loads(read()[0])
    assert (told["reason"], told["cause"]) == ("database: disk full", "OSError")
    assert told["where"].startswith("ledger/test_notices.py:")


@pytest.mark.parametrize(
    "error",
    [
        raised(ValueError("SECRET")),
        raised(EventError("event: got SECRET")),
        raised(StoreError("entry 1: SECRET"), EventError("got SECRET")),
    ],
    ids=["unknown", "refusal", "store-that-quotes-an-entry"],
)
def test_of_any_other_failure_no_words_are_told(lines, error):
    read = lines(Form.JSON)

    failure("request-failed", error)
    logging.getLogger("library").error("it failed\nSECRET", exc_info=error)

    told = [json.loads(line) for line in read()]
    assert [t["error"] for t in told] == [type(error).__name__] * 2
    assert told[1]["words"] == "it failed"
    assert "SECRET" not in str(told)
