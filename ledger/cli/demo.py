"""``caravan demo``: a ledger with a season of camel milk in it, running and verified.

The season is simulated; beside it are the real records of three herds. Nothing in it is
a short cut: everybody is admitted and every key authorised by statements, all of it is
posted over HTTP as those who took part would do it, and what is served is verified from
the first entry to the last with the policy that ``init`` wrote. Started again, it goes
on where it was.
"""

import io
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import segno
import typer

from ledger.cli import herds, outcome, season, verdict
from ledger.cli.demowitnesses import DemoWitnesses, free_port
from ledger.cli.explanations import LEDGER_STEPS
from ledger.cli.folder import DataFolder, Plan, create_ledger
from ledger.cli.importing import import_register, say_refused
from ledger.cli.ledgers import open_target
from ledger.cli.outcome import not_listening, with_hint
from ledger.cli.resuming import ResumingClient
from ledger.cli.season import print_labels
from ledger.cli.serve import ask_witnesses
from ledger.cli.terminal import OnProgress, progress
from ledger.cli.trusting import choose_policy
from ledger.cli.verify import judge_ledger
from ledger.client import LedgerClient
from ledger.clock import SystemClock
from ledger.cosigning import Cosigning
from ledger.discloser import Discloser
from ledger.errors import LedgerError, StoreError
from ledger.keys import read_key_file
from ledger.log import Log
from ledger.lookupstore import open_lookups
from ledger.personal import open_personal
from ledger.pins import Pins
from ledger.policy import parse_policy
from ledger.simulate.season import Season

DOMAIN: Final = "demo.caravan.example"
"""Under which the demonstration's identifiers are; nobody has this domain."""

_HERD: Final = "/id/party/fr000045"

_ANY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # only looked up
_STOP_SECONDS: Final = 5
_WITNESS_SECONDS: Final = 120


def demo(
    folder: Annotated[
        Path, typer.Option(envvar="CARAVAN_DEMO_DIR", help="Where its data is kept.")
    ] = Path("data/demo"),
    host: Annotated[
        str,
        typer.Option(
            envvar="HOST",
            help="Address to listen on; 0.0.0.0 lets a phone in this network reach it.",
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(envvar="PORT", help="Port to listen on; 0 takes a free one."),
    ] = 8000,
) -> None:
    """Run a ledger with a season of camel milk in it, until stopped."""
    data = DataFolder(folder)
    witnesses = DemoWitnesses(folder)
    if not data.database.exists():
        _create(data, port)
    port = port or free_port()
    try:
        _check_is_demo(data)
        witnesses.start(parse_policy(data.read_policy()), port=port)
        ask_witnesses(data)
        _serve(data, host=host, port=port)
    finally:
        witnesses.stop()


def _check_is_demo(data: DataFolder) -> None:
    with closing(data.open_reader()) as held:
        if held.host != DOMAIN:
            raise with_hint(
                StoreError(
                    f"{data.path}: holds {held.origin}, which is no demonstration"
                ),
                "name another folder with CARAVAN_DEMO_DIR",
            )


def _serve(data: DataFolder, *, host: str, port: int) -> None:
    """Answer for the ledger, and fill it, until told to stop."""
    # Every other verb starts faster without the server's libraries.
    from api.app import create_app
    from api.lookups import Lookups
    from api.operation import Operation
    from api.server import run

    log = data.open_log(clock=SystemClock())
    cosigning = Cosigning(log, clock=SystemClock())
    operation = Operation(witnesses=cosigning.figures)
    try:
        typer.echo(f"ledger: {log.origin}")
        typer.echo(f"data: {data.path} (keys without a passphrase, as only a demo has)")
        typer.echo(season.ABOUT)
        typer.echo(herds.ABOUT)
        typer.echo(DemoWitnesses.ABOUT)
        loader = _Loader(data, log)
        discloser = Discloser(log, open_personal(data.personal))
        lookups = Lookups(open_lookups(data.lookups))
        app = create_app(log, discloser=discloser, operation=operation, lookups=lookups)

        def begin(url: str) -> None:
            # The witness that replays reads from here.
            cosigning.start()
            loader.start(url)

        run(app, host=host, port=port, on_started=begin, operation=operation)
        loader.stop()
        lookups.close()
    except OSError as error:
        raise not_listening(
            host, port, error, "choose another one, as in: make demo PORT=8001"
        ) from error
    finally:
        cosigning.close()
        log.close()
    if loader.status:
        raise typer.Exit(loader.status)


def _create(data: DataFolder, port: int) -> None:
    """Make the ledger and its witnesses, whole or not at all.

    Raises:
        StoreError: Something else is there, or cannot be written.
    """
    folder = data.path
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            plan = Plan(DOMAIN, "milk")
            made = DataFolder(fresh)
            create_ledger(made, plan, passphrase=None, clock=SystemClock())
            policy = parse_policy(made.read_policy())
            named = DemoWitnesses(fresh).make(policy, domain=DOMAIN, port=port)
            made.policy.write_bytes(named)
            fresh.rename(folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise with_hint(
            StoreError(f"{folder}: {error.strerror}"),
            "name another folder with CARAVAN_DEMO_DIR",
        ) from error


class _StoppedError(Exception):
    """The server was told to stop, so there is nothing more to load."""


class _Loader:
    """Fills and verifies the ledger, from outside, while it is served."""

    def __init__(self, data: DataFolder, log: Log) -> None:
        self.status = outcome.ExitStatus.HOLDS
        self._data = data
        self._log = log
        # Apart from what this user has seen of real ledgers.
        self._pins = Pins(data.path / "seen")
        self._choose = partial(
            choose_policy, pins=self._pins, given=data.policy, accept_served=False
        )
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, url: str) -> None:
        """Begin; the server accepts connections at this URL."""
        # The event loop that calls this is the one that must answer.
        self._thread = threading.Thread(
            target=self._run, args=(url,), name="loader", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End what is under way; it goes on when the demonstration does."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    def _run(self, url: str) -> None:
        asked = urlsplit(url)
        at = asked.hostname or ""
        local = url.replace(at, _ANY_ADDRESS.get(at, at), 1)
        shown = url.replace(at, _reachable(at), 1)
        typer.echo(f"serving: {shown}")
        try:
            self._wait_for_witnesses(self._log.size)
            found = self._load(local)
            self._wait_for_witnesses(self._log.size)
            codes = self._print_labels(local, found)
            self._wait_for_witnesses(self._log.size)
            is_verified = self._verify(local)
        except _StoppedError:
            return
        except LedgerError as error:
            if not self._is_stopped_by(error):
                self._fail(outcome.report(error))
            return
        if is_verified:
            _say_pages(shown, codes, is_local=at not in _ANY_ADDRESS)

    def _wait_for_witnesses(self, size: int) -> None:
        """Wait until both have cosigned so many entries.

        Raises:
            StoreError: They do not.
        """
        deadline = time.monotonic() + _WITNESS_SECONDS
        while self._log.published_size() < size:
            if time.monotonic() > deadline:
                raise StoreError("witnesses: have not cosigned the ledger in time")
            self._pause(0.1)

    def _load(self, url: str) -> Season:
        with ResumingClient(url, sleep=self._pause) as client:
            client.read_log()
            found = self._load_season(client)
            self._load_herds(client)
        return found

    def _print_labels(self, url: str, found: Season) -> dict[str, str]:
        """Record what the labels of two lots bear; return what codes say, by word."""
        marks = found.landmarks
        with LedgerClient(url, sleep=self._pause) as client:
            printed = {
                lot: print_labels(
                    client, found, lot, choose=self._choose, pins=self._pins
                )
                for lot in (marks.lot, marks.recalled_lot)
            }
        sold, recalled = (f.to_text() for f in printed.values())
        return {
            "page": marks.pouch_path + sold,
            "recalled": marks.recalled_pouch_path + recalled,
            "voided": marks.voided_pouch_path + sold,
            "disputed": marks.disputed_pouch_path + sold,
        }

    def _load_season(self, client: ResumingClient) -> Season:
        started = time.monotonic()
        with progress("posting the season") as on_progress:
            found = season.read_season(self._data, client)
            new, known = season.post_season(
                client, found, on_progress=self._stoppable(on_progress)
            )
        seconds = time.monotonic() - started
        typer.echo(f"season: {new} new, {known} known, {seconds:.1f} s")
        return found

    def _load_herds(self, client: ResumingClient) -> None:
        started = time.monotonic()
        register, names = herds.read_herds()
        keys = herds.herd_keys(self._data.keys / "herds", names, DOMAIN)
        registrar = read_key_file(self._data.registrar_key)
        with progress("importing rows") as on_progress:
            notes = herds.admissions(keys, origin=self._log.origin, registrar=registrar)
            for _, answer in client.post_all(notes):
                if isinstance(answer, LedgerError):
                    raise answer
            report = import_register(
                client,
                register,
                signer_of=keys.__getitem__,
                origin=self._log.origin,
                on_progress=self._stoppable(on_progress),
            )
        seconds = time.monotonic() - started
        say_refused(report.refused)
        typer.echo(
            f"imported: {report.new} new, {report.known} known, "
            f"{len(report.refused)} refused, {len(names)} herds, {seconds:.1f} s"
        )

    def _verify(self, url: str) -> bool:
        """Judge what is served as anybody would who has the policy."""
        started = time.monotonic()
        policy = self._data.policy
        typer.echo(f"$ caravan verify {url} --policy {policy}")
        try:
            with open_target(url) as target:
                found = judge_ledger(target, self._choose, self._pins)
        except LedgerError as error:
            if not self._is_stopped_by(error):
                status = verdict.say_refusal(error, LEDGER_STEPS, url, as_json=False)
                self._fail(status)
            return False
        verdict.say_verdict(found, as_json=False)
        typer.echo(f"seconds: {time.monotonic() - started:.1f}")
        return True

    def _stoppable(self, on_progress: OnProgress) -> OnProgress:
        """Return what shows progress, and ends it when the server is to stop."""

        def on_one(done: int, total: int) -> None:
            self._pause(0)
            on_progress(done, total)

        return on_one

    def _pause(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise _StoppedError

    def _is_stopped_by(self, error: LedgerError) -> bool:
        """Tell a failure from the end of the server, which hangs up before it ends."""
        seconds = _STOP_SECONDS if isinstance(error, StoreError) else 0
        return self._stopping.wait(seconds)

    def _fail(self, status: outcome.ExitStatus) -> None:
        self.status = status
        # What the server was started for has failed: stop it as Ctrl-C would.
        signal.raise_signal(signal.SIGINT)


def _say_pages(url: str, codes: Mapping[str, str], *, is_local: bool) -> None:
    code = segno.make(url + codes["page"], error="m", micro=False)
    picture = io.StringIO()
    code.terminal(out=picture, compact=True)
    typer.echo(picture.getvalue())
    for word, path in codes.items():
        typer.echo(f"{word}: {url}{path}")
    typer.echo(f"herd: {url}{_HERD}")
    if is_local:
        typer.echo("for a phone in the same network: make demo HOST=0.0.0.0")
    typer.echo("stop: Ctrl-C; started again, it goes on from here")


def _reachable(host: str) -> str:
    """Return an address under which others in this network reach a listener."""
    if host not in _ANY_ADDRESS:
        return host
    is_six = host == "::"
    family = socket.AF_INET6 if is_six else socket.AF_INET
    # Nothing is sent: to choose a route is to choose an own address. These two are
    # for documentation (RFC 5737, RFC 3849).
    elsewhere = "2001:db8::1" if is_six else "192.0.2.1"
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((elsewhere, 9))
        except OSError:
            return _ANY_ADDRESS[host]
        return str(probe.getsockname()[0])
