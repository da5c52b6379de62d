"""Read the shared vectors, and say what a check makes of a case."""

import json
from pathlib import Path

import pytest

from ledger.errors import LedgerError

VECTORS = Path(__file__).parents[1] / "vectors"


def load(path):
    """Return the content of a file under tests/vectors."""
    return json.loads((VECTORS / path).read_text(encoding="utf-8"))


def cases(path):
    """Return the cases of a vector file as parameters named after their lies."""
    return [pytest.param(case, id=case["name"]) for case in load(path)["cases"]]


def outcome(check, *args, **kwargs):
    """Return "ok", or the code that a check refuses with."""
    try:
        check(*args, **kwargs)
    except LedgerError as error:
        return error.code
    return "ok"
