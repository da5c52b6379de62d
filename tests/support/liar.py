"""A server that lies, and the table of its lies.

``LIES`` are refused, or change nothing about the alarm that the reader is told of;
``LIMITS`` are those that one passport does not give away, each with who finds it,
which is held to that in ``tests/ledger/test_lies_found.py``.

``python -m tests.support.liar`` prints the table: each lie with the step and the code
in Python, in JavaScript, and what the buyer reads in English and Chinese.
"""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from ledger.errors import LedgerError
from ledger.passport import parse_passport
from ledger.trust import Trust
from ledger.verify import verify_passport
from tests.support.find_tools import find_node
from tests.support.lies import (
    codes,
    evidence,
    label,
    ledgers,
    listing,
    pages,
    signers,
    strangers,
    times,
    witnesses,
)
from tests.support.lies.serving import SCANNER_WEB, page_of, path_of, read

GROUPS = {
    "evidence": evidence.LIES,
    "signers": signers.LIES,
    "listing": listing.LIES,
    "codes": codes.LIES,
    "times": times.LIES,
    "label": label.LIES,
    "strangers": strangers.LIES,
    "ledgers": ledgers.LIES,
    "witnesses": witnesses.LIES,
    "pages": pages.LIES,
}
LIES = tuple(lie for group in GROUPS.values() for lie in group)
LIMITS = (*ledgers.LIMITS, *witnesses.LIMITS)
TELL = Path(__file__).with_name("tell_lies.js")
MEDIA_TYPES = {".js": "text/javascript", ".json": "application/json"}


@cache
def told(lie):
    """Return what is served of a lie; it is the same every time."""
    return lie.tell()


def judged(given):
    """Return the report on what is served, or the refusal."""
    trust = Trust(given.policy.encode(), "server", given.now_ms)
    try:
        return verify_passport(
            given.passport,
            subject=given.subject,
            lot=given.lot,
            label=given.label,
            trust=trust,
        )
    except LedgerError as error:
        return error


class LyingServer:
    """Serves one lie at a time, with the ledger's own script."""

    def __init__(self, url):
        self.url = url
        self.given = None

    def tell(self, lie):
        """Serve a lie from now on; return the address of its page, as it is printed."""
        self.given = told(lie)
        return f"{self.url}{path_of(self.given)}?lang=en{self.given.label or ''}"

    def answer(self, target):
        """Return the media type and the content for a request; None if not found."""
        url = urlsplit(target)
        if url.path == "/passport":
            return "application/json", self.given.passport
        if url.path == "/policy":
            return "text/plain", self.given.policy.encode()
        if url.path == "/log/checkpoint":
            return "text/plain", parse_passport(self.given.passport).checkpoint
        if url.path.startswith("/assets/words/"):
            name = url.path.rpartition("/")[2].replace(".later", "")
            file = SCANNER_WEB / "locale" / name
            return MEDIA_TYPES[".json"], file.read_bytes()
        if url.path.startswith("/assets/"):
            file = SCANNER_WEB / url.path.removeprefix("/assets/")
            media_type = MEDIA_TYPES.get(file.suffix)
            found = media_type is not None and file.is_file()
            return (media_type, file.read_bytes()) if found else None
        if url.path == path_of(self.given):
            lang = parse_qs(url.query).get("lang", ["en"])[0]
            return "text/html; charset=utf-8", page_of(self.given, lang).encode()
        return None


@contextmanager
def lying():
    """Give a lying server that listens."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            answer = server.answer(self.path)
            media_type, content = answer or ("text/plain", b"not here")
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
            kept = self.path.startswith("/assets/")
            self.send_header("Cache-Control", "max-age=600" if kept else "no-store")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        listener.daemon_threads = True
        server = LyingServer(f"http://127.0.0.1:{listener.server_address[1]}")
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()


def spelled(lie, **more):
    """Return what is served of a lie as JSON; the page as the script reads it."""
    given = told(lie)
    return {
        "name": lie.name,
        "says": lie.says,
        "passport": given.passport.decode(),
        "subject": given.subject,
        "lot": given.lot,
        "label": given.label,
        "policy": given.policy,
        "now_ms": given.now_ms,
    } | more


def table():
    """Return the rows of the table: texts."""
    asked = [
        spelled(lie, pages={lang: read(told(lie), lang) for lang in ("en", "zh")})
        for lie in (*LIES, *LIMITS)
    ]
    done = subprocess.run(
        [find_node(), TELL],
        input=json.dumps(asked).encode(),
        capture_output=True,
        check=True,
    )
    answers = json.loads(done.stdout)
    rows = []
    for lie, answer in zip((*LIES, *LIMITS), answers, strict=True):
        found = judged(told(lie))
        in_python = _in_python(lie, found)
        in_js = f"{answer['state']}, {answer['step']} {answer['code']}"
        rows.append((lie.name, lie.says, in_python, in_js, answer["en"], answer["zh"]))
    return rows


def _in_python(lie, found):
    if isinstance(found, LedgerError):
        return f"{found.step} {found.code}"
    words = ", ".join(alarm.word for alarm in found.alarms) or "no alarm"
    return f"verified: {words}" + (" (no page)" if lie in pages.LIES else "")


def main():
    """Print the table in Markdown."""
    print("| lie | what he does | Python | JavaScript | the buyer reads | 买家看到 |")
    print("|---|---|---|---|---|---|")
    for row in table():
        print("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
