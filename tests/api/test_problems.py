import msgspec
import pytest

from api.app import create_app
from api.problems import problem_of, problem_status
from ledger import errors
from ledger.errors import LedgerError
from tests.api.ledgers import Client


def all_classes(base=LedgerError):
    yield base
    for child in base.__subclasses__():
        yield from all_classes(child)


def example(cls):
    if issubclass(cls, errors.SplitViewError):
        return cls("two roots", first=b"", second=b"")
    if issubclass(cls, errors.DuplicateError):
        return cls("text: already logged", first_index=0)
    return cls("thing: got X, want Y")


CLASSES = sorted(set(all_classes()), key=lambda cls: cls.code)


def test_every_refusal_has_a_code_of_its_own():
    codes = [cls.code for cls in CLASSES]

    assert len(codes) == len(set(codes))
    assert all("code" in vars(cls) for cls in CLASSES)


@pytest.mark.parametrize("cls", [pytest.param(cls, id=cls.code) for cls in CLASSES])
def test_every_refusal_is_mapped_by_its_nearest_listed_parent(cls):
    problem = problem_of(example(cls))

    assert problem.type == f"urn:caravan:problem:{cls.code}"
    assert problem.title
    assert not problem.title.endswith(".")
    assert problem.status == expected_status(cls)


def expected_status(cls):
    """The table of the style guide, said once more and in another way."""
    for parents, status in [
        ((errors.DuplicateError, errors.EventReusedError, errors.OldSizeError), 409),
        ((errors.TooLargeError,), 413),
        (
            (errors.LabelError, errors.UnknownVersionError, errors.VerificationError),
            422,
        ),
        ((errors.MalformedError,), 400),
        ((errors.TooManyError,), 429),
        ((errors.RefusedError,), 403),
        ((errors.NotFoundError, errors.QuorumError), 404),
        ((errors.CannotCheckError, errors.StoreError), 503),
    ]:
        if issubclass(cls, parents):
            return status
    return 500


def test_a_class_that_nobody_listed_has_its_parents_status():
    class BrandNewError(errors.EventError):
        code = "brand-new"

    try:
        assert problem_status(BrandNewError("x")) == 400
    finally:
        # Classes live on in their parent's list until they are collected.
        BrandNewError.code = "event-brand-new"


def test_a_problem_quotes_any_text_and_no_endless_one():
    error = errors.NoteError("line: got " + "\ud800" + "x" * 5_000)

    packed = msgspec.json.encode(problem_of(error))

    assert b"\\\\ud800" in packed
    assert len(packed) < 1_500


class BrokenLog:
    """A log whose world has ended in a way that nobody thought of."""

    host = origin = "herd.example"

    def checkpoint(self):
        raise ZeroDivisionError("secret: /home/somebody/keys")


def test_an_unknown_exception_says_nothing_outside(caplog):
    answer = Client(create_app(BrokenLog())).get("/log/checkpoint")

    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:caravan:problem:internal"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    told = caplog.records[-1].facts
    assert told["error"] == "ZeroDivisionError"
    assert "api/test_problems.py" in told["where"]
    assert "secret" not in str(told)


@pytest.mark.parametrize("path", ["/nothing", "/entries", "/assets", "/.env"])
def test_a_path_that_is_not_there_is_a_problem_too(reader, path):
    answer = reader.get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == f"path: nothing is at {path!r}"
