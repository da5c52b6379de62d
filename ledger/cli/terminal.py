"""Progress on standard error, for people only: a pipe or a file never sees it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

OnProgress = Callable[[int, int], None]
"""Called with what is done and what there is to do."""


@contextmanager
def progress(words: str) -> Iterator[OnProgress]:
    """Give a function that shows how far a long task has come.

    Args:
        words: What is being done.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
