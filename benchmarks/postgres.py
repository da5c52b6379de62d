"""The same ledger in PostgreSQL: a server of our own, as the tests start one."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.posting import Workload, make_workload
from ledger.cli.folder import DataFolder
from ledger.simulate.plan import Plan
from tests.support.databases import PostgreSQL
from tests.support.find_tools import ToolMissingError

Fresh = Callable[[], Workload]
"""Gives the workload with a database to which nothing was posted yet."""


@contextmanager
def postgresql_workload(folder: Path, plan: Plan) -> Iterator[Fresh | None]:
    """Give a ledger in PostgreSQL, to be posted to; None where there is no server."""
    try:
        server = PostgreSQL()
    except ToolMissingError:
        yield None
        return
    server.start(shared_buffers="128MB")
    try:
        database = server.database("begun")
        begun = make_workload(folder / "begun", plan, database=database)
        made = 0

        def fresh() -> Workload:
            nonlocal made
            made += 1
            copy = folder / f"run-{made}"
            shutil.copytree(begun.folder, copy)
            url = server.database(f"run{made}", "TEMPLATE begun")
            DataFolder(copy).database_elsewhere.write_text(f"{url}\n")
            return replace(begun, folder=copy)

        yield fresh
    finally:
        server.remove()
