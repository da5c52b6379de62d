"""Databases for tests: a file of SQLite, or one on a PostgreSQL of our own.

``url`` gives a test one after the other. The server is this machine's PostgreSQL, in a
temporary folder, for as long as the tests run; each test finds its database empty. What
is written past the program, as a thief or a bad disk would, goes through ``change``.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy import text as sql
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from ledger.database import parse_url
from tests.support.find_tools import find_postgresql

OWNER = "owner"
GUARDED = (
    "meta",
    "entry",
    "statement",
    "listing",
    "seal",
    "tile",
    "checkpoint",
    "published",
)
# PostgreSQL refuses to be run by root.
SERVER_USER = "postgres"
MEMORY = "/dev/shm"  # noqa: S108  # what is made in it has a name of its own
ROOM_BYTES = 1 << 30


class PostgreSQL:
    """A server of our own: durable as in production, and small."""

    def __init__(self, place=None):
        """Make it in a temporary folder, in this place; :meth:`start` runs it."""
        self._programs = find_postgresql()
        made = tempfile.mkdtemp(prefix="caravan-postgresql-", dir=place)
        self._folder = Path(made)
        self._user = {}
        if os.geteuid() == 0:
            self._user = {"user": SERVER_USER, "group": SERVER_USER, "extra_groups": []}
            shutil.chown(self._folder, SERVER_USER, SERVER_USER)
        self._data = self._folder / "data"
        self._server = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._run(
            "initdb",
            f"--pgdata={self._data}",
            f"--username={OWNER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        )

    def start(self, **settings):
        """Run it, with these settings beside our own, until it answers."""
        chosen = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "shared_buffers": "32MB",
            "max_connections": 200,
        } | settings
        self._server = subprocess.Popen(
            [
                self._programs / "postgres",
                f"-D{self._data}",
                *(f"-c{name}={value}" for name, value in chosen.items()),
            ],
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            **self._user,
        )
        deadline = time.monotonic() + 30
        while True:
            try:
                execute(self.url("postgres"), "SELECT 1")
            except OperationalError:
                assert self._server.poll() is None, "PostgreSQL did not start"
                assert time.monotonic() < deadline, "PostgreSQL does not answer"
                time.sleep(0.05)
            else:
                return self

    def stop(self, how=signal.SIGINT):
        """End it: at once and cleanly, or as a crash would (SIGQUIT)."""
        self._server.send_signal(how)
        self._server.wait(30)

    def remove(self):
        """End it, and leave nothing of it."""
        self.stop()
        shutil.rmtree(self._folder)

    def url(self, database, role=OWNER):
        """Return the URL of a database."""
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"

    def database(self, name, options=""):
        """Return the URL of a new database."""
        # Apart from any transaction.
        autonomous = {"isolation_level": "AUTOCOMMIT"}
        execute(self.url("postgres"), f"CREATE DATABASE {name} {options}", **autonomous)
        return self.url(name)

    def emptied(self, url):
        """Return a database's URL, with nothing in it and nobody at work."""
        execute(
            url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
            "DROP SCHEMA public CASCADE",
            "CREATE SCHEMA public",
        )
        return url

    def _run(self, program, *arguments):
        subprocess.run(
            [self._programs / program, *arguments],
            check=True,
            capture_output=True,
            cwd=self._folder,
            **self._user,
        )


@pytest.fixture(scope="session")
def postgresql():
    """Run one server for all tests of this process.

    They end processes and never the machine: where there is room in memory, nothing
    waits for a disk.
    """
    server = PostgreSQL(_in_memory()).start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def postgresql_database(postgresql):
    """Make one database for all tests of this process: to make one takes long."""
    return postgresql.database("ledger")


@pytest.fixture
def postgresql_url(postgresql, postgresql_database):
    """Return the URL of a database with nothing in it."""
    return postgresql.emptied(postgresql_database)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """Return the URL of a new database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    return request.getfixturevalue("postgresql_url")


def _in_memory():
    """Return a folder that is no disk, if the system has one with room; else None."""
    with suppress(OSError):
        if shutil.disk_usage(MEMORY).free >= ROOM_BYTES and os.access(MEMORY, os.W_OK):
            return MEMORY
    return None


def execute(url, *commands, values=None, **options):
    """Run commands past the program; return what each of them found.

    ``:name`` stands for the member of that name in ``values``.
    """
    engine = create_engine(parse_url(url), poolclass=NullPool, **options)
    with engine.begin() as connection:
        found = []
        for command in commands:
            result = connection.execute(sql(command), values or {})
            found.append(list(result) if result.returns_rows else None)
    return found


def change(url, *commands, **values):
    """Write into a ledger's database what its guards forbid."""
    return execute(url, *unguarding(url), *commands, values=values)


def unguarding(url):
    """Return the commands that take a ledger's guards away, as its owner can."""
    if url.startswith("sqlite:"):
        return [
            f"DROP TRIGGER IF EXISTS {table}_no_{verb}"
            for table in GUARDED
            for verb in ("update", "delete")
        ]
    return [
        f"DROP TRIGGER IF EXISTS {table}_only_added ON {table}" for table in GUARDED
    ]


def tables_of(url):
    """Return the names of the tables in a database."""
    engine = create_engine(parse_url(url), poolclass=NullPool)
    return set(inspect(engine).get_table_names())
