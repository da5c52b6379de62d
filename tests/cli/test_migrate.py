"""``caravan migrate``, and what the other verbs say before it."""

import sqlite3

import pytest

from ledger import migrations
from ledger.cli.outcome import ExitStatus
from tests.cli.command import caravan

HOST = "herd.example"


@pytest.fixture
def made(tmp_path):
    folder = tmp_path / "data"
    assert caravan("init", folder, "--host", HOST, "--no-passphrase").status == 0
    return folder


def stamp(folder, revision):
    database = sqlite3.connect(folder / "ledger.db")
    database.execute("UPDATE alembic_version SET version_num = ?", (str(revision),))
    database.commit()
    database.close()


def test_what_is_up_to_date_stays_as_it_is(made):
    for target in (made, made / "ledger.db"):
        ended = caravan("migrate", target)
        assert (ended.status, ended.out) == (
            0,
            f"revision: {migrations.HEAD}, as before\n",
        )
    same = {"before": migrations.HEAD, "revision": migrations.HEAD}
    assert caravan("migrate", made, "--json").json == same
    assert caravan("verify", made).status == 0


def test_older_tables_are_named_with_what_to_do(made):
    stamp(made, migrations.HEAD - 1)
    for verb in ("verify", "serve"):
        ended = caravan(verb, made)
        assert ended.status == ExitStatus.NOTHING_TO_JUDGE
        assert "run: caravan migrate" in ended.err


def test_newer_tables_are_left_alone(made):
    stamp(made, migrations.HEAD + 1)
    for verb in ("verify", "serve", "migrate"):
        ended = caravan(verb, made)
        assert ended.status == ExitStatus.NOTHING_TO_JUDGE
        assert "use the newer release" in ended.err


def test_where_no_ledger_is_nothing_is_made(tmp_path):
    ended = caravan("migrate", tmp_path)
    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--writer", "server"], "has no roles"),
        (["--database", "sqlite:///elsewhere.db"], "want the URL of a PostgreSQL"),
        (["--database", "mysql://there/milk"], "want sqlite or postgresql"),
        (["--database", "postgresql://127.0.0.1:9/milk"], "database: "),
    ],
)
def test_a_ledger_is_begun_whole_or_not_at_all(tmp_path, options, said):
    folder = tmp_path / "data"
    ended = caravan("init", folder, "--host", HOST, "--no-passphrase", *options)
    assert ended.status == ExitStatus.NOTHING_TO_JUDGE
    assert said in ended.err
    assert not folder.exists()
