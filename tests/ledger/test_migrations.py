"""The tables of a ledger: made and kept up to date by revisions, on both databases."""

import importlib.util

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import SQLModel

from ledger import inbox, lookupstore, migrations, personal
from ledger.database import parse_url
from ledger.errors import NotFoundError, StoreError
from ledger.log import Log
from ledger.lookupstore import open_lookups
from ledger.personal import open_personal
from ledger.sqlstore import create_store, migrate_store, open_store
from tests.support.clocks import FrozenClock
from tests.support.databases import GUARDED, change, execute, tables_of
from tests.support.forge import (
    ANIMAL,
    HOST,
    LEDGER,
    ORIGIN,
    START_MS,
    Forge,
    policy_text,
)

forge = Forge()
forge.genesis()
forge.admit()
forge.authorize()
MEMBERS = {
    "signers": [LEDGER],
    "clock": FrozenClock(START_MS),
    "policy": policy_text().encode(),
}
WRITER = "writer"


@pytest.fixture
def made(url):
    create_store(url, origin=ORIGIN).close()
    return url


def stamp(url, revision):
    stamped = "UPDATE alembic_version SET version_num = :revision"
    execute(url, stamped, values={"revision": str(revision)})


def make_as_before_revisions(url):
    """Make a ledger as it was made before revisions were written down."""
    execute(url, "DROP TABLE IF EXISTS alembic_version")
    engine = create_engine(parse_url(url))
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "1")
    engine.dispose()
    row = "INSERT INTO meta VALUES (:key, :value)"
    execute(url, row, values={"key": "format_version", "value": "2"})
    execute(url, row, values={"key": "origin", "value": ORIGIN})
    execute(url, "DROP TABLE alembic_version")
    return url


def alembic_config(connection=None):
    (where,) = importlib.util.find_spec("ledger.migrations").submodule_search_locations
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", where)
    return config


def expected(url):
    """Return the tables that the program has in mind."""
    metadata = MetaData()
    parts = [SQLModel.metadata]
    if not url.startswith("sqlite:"):
        parts.append(inbox.METADATA)
    for part in parts:
        for table in part.tables.values():
            table.to_metadata(metadata)
    return metadata


def differences(url, metadata=None):
    """Return what a database has else than the program has in mind."""
    engine = create_engine(parse_url(url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        found = compare_metadata(context, metadata or expected(url))
    engine.dispose()
    return found


def test_a_new_ledger_has_the_tables_that_the_program_reads(made):
    assert differences(made) == []
    assert set(GUARDED) | {"index_page", "alembic_version"} <= tables_of(made)


def test_a_column_that_lacks_is_noticed(made):
    change(made, "ALTER TABLE checkpoint DROP COLUMN note")
    assert differences(made) != []


def test_the_newest_revision_is_the_one_that_is_wanted():
    script = ScriptDirectory.from_config(alembic_config())
    assert script.get_heads() == [str(migrations.HEAD)]
    revisions = [revision.revision for revision in script.walk_revisions()]
    assert revisions == [str(n) for n in range(migrations.HEAD, 0, -1)]


def test_a_ledger_from_before_revisions_is_known_and_migrated(url):
    make_as_before_revisions(url)
    assert migrate_store(url) == (1, migrations.HEAD)
    query = "SELECT version_num FROM alembic_version"
    assert execute(url, query) == [[(str(migrations.HEAD),)]]
    assert differences(url) == []
    open_store(url).close()


def test_what_entries_tell_a_trace_is_read_again_by_the_migration(url):
    log = Log.create(url, origin=ORIGIN, genesis=forge.entries[0], **MEMBERS)
    log.append_statements(forge.entries[1:3])
    goods = f"https://{HOST}/id/goods"
    told = [
        {"epcList": [f"{goods}/seen"]},
        {"epcList": [f"{goods}/sent"], "destinationList": []},
        {
            "type": "AggregationEvent",
            "epcList": None,
            "parentID": f"{goods}/box",
            "childEPCs": [f"{goods}/sent"],
        },
    ]
    notes = [forge.event_entry(n, **members) for n, members in enumerate(told, 1)]
    assert all(answer.is_new for answer in log.append_statements(notes))
    log.close()
    query = 'SELECT subject, "index", tells FROM listing ORDER BY 1, 2'
    (before,) = execute(url, query)
    assert {tells for _, _, tells in before} == {0, 1, 2}

    execute(url, "ALTER TABLE listing DROP COLUMN tells")
    execute(url, "DROP TABLE published")
    execute(url, "DROP TABLE index_before")
    stamp(url, 1)
    migrate_store(url)

    assert execute(url, query) == [before]
    with pytest.raises(DatabaseError, match="only ever added"):
        execute(url, "UPDATE listing SET tells = 3")


def test_older_tables_are_refused_until_they_are_migrated(made):
    stamp(made, migrations.HEAD - 1)
    with pytest.raises(StoreError, match="run: caravan migrate") as refusal:
        open_store(made)
    assert refusal.value.code == "format-version"


@pytest.mark.parametrize("use", [open_store, migrate_store])
def test_newer_tables_are_left_to_the_newer_release(made, use):
    stamp(made, migrations.HEAD + 1)
    with pytest.raises(StoreError, match="use the newer release") as refusal:
        use(made)
    assert refusal.value.code == "format-version"


def test_a_migration_changes_nothing_that_is_up_to_date(made):
    assert migrate_store(made) == (migrations.HEAD, migrations.HEAD)


def test_nothing_is_migrated_while_a_process_appends(made):
    store = open_store(made)
    store.lock_sequencer()
    with pytest.raises(StoreError, match="another process appends"):
        migrate_store(made)
    store.close()


def test_where_there_is_no_ledger_nothing_is_migrated(postgresql_url, tmp_path):
    for url in (postgresql_url, f"sqlite:///{tmp_path}/nothing.db"):
        with pytest.raises(NotFoundError):
            migrate_store(url)
    assert tables_of(postgresql_url) == set()


def test_a_creation_that_fails_leaves_no_tables(url, monkeypatch):
    def fail(_):
        raise StoreError("disk: full")

    upgrade = migrations.upgrade
    monkeypatch.setattr(migrations, "upgrade", lambda c: (upgrade(c), fail(c)))
    with pytest.raises(StoreError, match="disk: full"):
        create_store(url, origin=ORIGIN)
    monkeypatch.undo()

    assert tables_of(url) == set()
    create_store(url, origin=ORIGIN).close()


def test_a_ledger_is_not_made_where_one_is(made):
    with pytest.raises(StoreError, match="holds a ledger already"):
        create_store(made, origin=ORIGIN)


# ------------------------------------------------------------------- the side table


def test_the_side_table_is_what_the_program_reads_and_is_stamped_again(tmp_path):
    file = tmp_path / "personal.db"
    url = f"sqlite:///{file}"
    for _ in range(2):
        open_personal(file).close()
        assert differences(url, personal.METADATA) == []
        assert execute(url, "SELECT version_num FROM alembic_version") == [[("1",)]]
        execute(url, "DROP TABLE alembic_version")


def test_a_side_table_of_a_newer_release_is_refused(tmp_path):
    open_personal(tmp_path / "personal.db").close()
    stamp(f"sqlite:///{tmp_path}/personal.db", 2)
    with pytest.raises(StoreError, match="use the newer release"):
        open_personal(tmp_path / "personal.db")


def test_the_counts_of_look_ups_are_what_the_program_reads(tmp_path):
    file = tmp_path / "lookups.db"
    for _ in range(2):
        open_lookups(file).close()
        assert differences(f"sqlite:///{file}", lookupstore.METADATA) == []
    stamp(f"sqlite:///{file}", 2)
    with pytest.raises(StoreError, match="use the newer release"):
        open_lookups(file)


# ------------------------------------------------------------------- PostgreSQL alone


@pytest.fixture(scope="module")
def writer(postgresql):
    execute(postgresql.url("postgres"), f"CREATE ROLE {WRITER} LOGIN")


@pytest.fixture
def appended(writer, postgresql_url):
    """Give a ledger that its owner has made, and the writer has appended to."""
    create_store(postgresql_url, origin=ORIGIN).close()
    migrate_store(postgresql_url, writer=WRITER)
    url = postgresql_url.replace("//owner@", f"//{WRITER}@")
    log = Log.open(url, **MEMBERS)
    answers = log.append_statements(forge.entries[:3])
    log.append_statements([forge.event_entry(1)])
    log.close()
    assert all(answer.is_new for answer in answers)
    return url


FORBIDDEN = [
    *(f"{verb} {table}" for table in GUARDED for verb in ("DELETE FROM", "TRUNCATE")),
    "UPDATE entry SET entry = ''",
    "UPDATE meta SET value = ''",
    "ALTER TABLE entry DISABLE TRIGGER ALL",
    "DROP TRIGGER entry_only_added ON entry",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger "
    "LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$",
    "DROP TABLE inbox",
    "UPDATE alembic_version SET version_num = '7'",
]


def test_the_writers_role_can_only_add(appended):
    for forbidden in FORBIDDEN:
        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
            execute(appended, forbidden)


def test_the_owner_too_is_refused_while_the_guards_are_there(postgresql_url):
    create_store(postgresql_url, origin=ORIGIN).close()
    as_replica = "SET session_replication_role = replica"
    for forbidden in FORBIDDEN[: 2 * len(GUARDED)]:
        with pytest.raises(DatabaseError, match="only ever added"):
            execute(postgresql_url, as_replica, forbidden)


def test_sqlite_has_no_roles(tmp_path):
    url = f"sqlite:///{tmp_path}/ledger.db"
    create_store(url, origin=ORIGIN).close()
    with pytest.raises(StoreError, match="no roles"):
        migrate_store(url, writer=WRITER)


def test_subjects_are_in_the_order_of_their_characters(postgresql):
    # In English "a~" is before "aa".
    url = postgresql.database(
        "english", "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"
    )
    log = Log.create(url, origin=ORIGIN, genesis=forge.entries[0], **MEMBERS)
    log.append_statements(forge.entries[1:3])
    herd = ANIMAL.rpartition("/")[0]
    names = [f"{herd}/{name}" for name in ("a-", "aa", "ab", "a~", "b")]
    events = [forge.event_entry(n, epcList=[s]) for n, s in enumerate(names, 1)]
    answers = log.append_statements(events)
    assert all(answer.is_new for answer in answers)
    assert log.subjects_within(herd, 9) == tuple(names)
    log.close()


def test_a_database_that_cannot_hold_every_character_is_refused(postgresql):
    url = postgresql.database(
        "latin", "TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    with pytest.raises(StoreError, match="encoding is LATIN1"):
        create_store(url, origin=ORIGIN)


def test_a_server_that_does_not_answer_is_an_error_of_the_store():
    with pytest.raises(StoreError, match="database: "):
        open_store("postgresql://nobody@127.0.0.1:9/none")


@pytest.mark.parametrize("url", ["mysql://there/db", "no url", "sqlite+aiosqlite:///x"])
def test_other_databases_are_refused(url):
    with pytest.raises(StoreError, match="want sqlite or postgresql"):
        open_store(url)
