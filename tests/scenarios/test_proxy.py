"""The example of a reverse proxy, ``deploy/nginx.conf``, run as it stands."""

import os
import re
import socket
import ssl
import subprocess
import time
from urllib.parse import urlsplit

import httpx
import pytest

from api.settings import Settings
from ledger.client import LedgerClient
from ledger.discloser import MAX_DOCUMENT_BYTES
from tests.support.find_tools import ToolMissingError, find_nginx
from tests.support.forge import event_body
from tests.support.make_docs import ROOT
from tests.support.served import PARTY, Served, free_port, run

EXAMPLE = ROOT / "deploy/nginx.conf"
NAME = "127.0.0.1"
PAGE = urlsplit(PARTY).path


@pytest.fixture(scope="module")
def proxied(tmp_path_factory):
    """A ledger behind nginx, with some statements in it."""
    try:
        nginx = find_nginx()
    except ToolMissingError as error:
        pytest.skip(str(error))
    base = tmp_path_factory.mktemp("proxied")
    served = Served(base / "ledger").init().start("--trusted-proxy", "127.0.0.1")
    proxy = Proxy(nginx, base, served.port)
    try:
        served.admit()
        with LedgerClient(served.url) as client:
            client.post([served.sign(event_body(n)) for n in range(1, 6)])
        yield proxy.start(), served
    finally:
        proxy.stop()
        served.stop()


class Proxy:
    """One nginx of our own, on free ports, with a certificate that it signed itself."""

    def __init__(self, nginx, base, behind):
        self.nginx, self.base = nginx, base
        self.plain, self.secure = free_port(), free_port()
        self.url = f"https://{NAME}:{self.secure}"
        self.certificate = base / "certificate.pem"
        self.process = None
        subprocess.run(
            [
                *["openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"],
                *["-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", f"/CN={NAME}"],
                *["-addext", f"subjectAltName=IP:{NAME}"],
                *["-keyout", base / "key.pem", "-out", self.certificate],
            ],
            check=True,
            capture_output=True,
        )
        (base / "site.conf").write_text(self._site(behind))
        user = "user root;" if os.geteuid() == 0 else ""
        temporary = "".join(
            f"  {kind}_temp_path {base}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (base / "nginx.conf").write_text(
            f"{user}\ndaemon off;\npid {base}/pid;\nerror_log {base}/errors;\n"
            f"events {{}}\nhttp {{\n{temporary}  include {base}/site.conf;\n}}\n"
        )

    def _site(self, behind):
        """Return the example for this machine: only addresses and paths are changed."""
        text = EXAMPLE.read_text(encoding="utf-8")
        for old, new, count in (
            ("listen 80;", f"listen 127.0.0.1:{self.plain};", 1),
            ("    listen [::]:80;\n", "", 1),
            ("listen 443 ssl", f"listen 127.0.0.1:{self.secure} ssl", 1),
            ("    listen [::]:443 ssl http2;\n", "", 1),
            ("127.0.0.1:8000", f"127.0.0.1:{behind}", 1),
            ("server_name ledger.example", f"server_name {NAME}", 2),
            ("/etc/letsencrypt/live/ledger.example/fullchain", "certificate", 1),
            ("/etc/letsencrypt/live/ledger.example/privkey.pem", "key.pem", 1),
            ("/var/cache/nginx/caravan", f"{self.base}/cache", 1),
        ):
            assert text.count(old) == count, old
            text = text.replace(old, new)
        return text

    def start(self):
        self.process = subprocess.Popen(
            [
                *[self.nginx, "-p", self.base, "-e", self.base / "errors"],
                *["-c", self.base / "nginx.conf"],
            ],
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.secure), 1).close()
            except OSError:
                assert self.process.poll() is None, (self.base / "errors").read_text()
                time.sleep(0.05)
            else:
                return self
        raise AssertionError("nginx does not answer")

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)

    def context(self):
        return ssl.create_default_context(cafile=self.certificate)

    def http(self, **options):
        return httpx.Client(base_url=self.url, verify=self.context(), **options)


def environment(proxy):
    return os.environ | {"SSL_CERT_FILE": str(proxy.certificate)}


def test_statements_go_in_and_everything_is_verified_through_it(
    proxied, monkeypatch, tmp_path
):
    proxy, served = proxied
    policy = served.folder / "policy"
    note = tmp_path / "note"
    note.write_bytes(served.sign(event_body(50)))

    run("post", note, "--to", proxy.url, env=environment(proxy))
    run("verify", proxy.url, "--policy", policy, env=environment(proxy))
    run("verify", proxy.url + PAGE, "--policy", policy, env=environment(proxy))

    with proxy.http() as http:
        answer = http.post(
            "/statements",
            content=note.read_bytes(),
            headers={"content-type": "text/plain; charset=utf-8"},
        )
        assert (answer.status_code, "receipt" in answer.json()) == (200, True)


def test_it_speaks_http_2_and_tls_from_1_2_on(proxied):
    proxy, _ = proxied
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = proxy.context()
        context.maximum_version = version
        context.set_alpn_protocols(["h2", "http/1.1"])
        with (
            socket.create_connection(("127.0.0.1", proxy.secure)) as plain,
            context.wrap_socket(plain, server_hostname=NAME) as secure,
        ):
            assert secure.selected_alpn_protocol() == "h2"
            assert secure.version() == version.name.replace("_", ".")


def test_pages_know_that_they_were_asked_for_over_tls(proxied):
    proxy, _ = proxied
    forged = {"x-forwarded-proto": "http", "x-forwarded-for": "203.0.113.9"}
    with proxy.http(headers=forged) as http:
        page = http.get(PAGE)

    assert page.headers["strict-transport-security"] == "max-age=63072000"
    assert page.headers["content-encoding"] in {"br", "gzip"}
    assert page.headers["vary"].count("Accept-Encoding") == 1
    assert f"https://{NAME}:{proxy.secure}" in page.text
    assert f"http://{NAME}" not in page.text

    redirect = httpx.get(f"http://127.0.0.1:{proxy.plain}{PAGE}?lang=zh")
    assert redirect.status_code == 308
    assert redirect.headers["location"] == f"https://127.0.0.1{PAGE}?lang=zh"


def test_a_path_arrives_as_it_was_scanned(proxied):
    proxy, _ = proxied
    with proxy.http() as http:
        for path in ("/01//10/a", "/id/animal/a%2Fb", "/log/tile/%2e%2e/checkpoint"):
            answer = http.get(path, headers={"accept": "application/json"})
            assert answer.status_code in (400, 404)
            assert answer.headers["content-type"] == "application/problem+json"


def test_its_limits_are_those_of_the_service(proxied):
    proxy, _ = proxied
    said = dict(
        zip(
            ("rest", "statements"),
            re.findall(r"client_max_body_size (\w+);", EXAMPLE.read_text()),
            strict=True,
        )
    )

    assert said == {
        "rest": f"{MAX_DOCUMENT_BYTES // 1024}k",
        "statements": f"{Settings().max_batch_bytes // 1024**2}m",
    }
    with proxy.http(headers={"content-type": "application/json"}, timeout=30) as http:
        large = http.post("/statements", content=b"x" * (16 * 1024**2 + 1))
        assert (large.status_code, large.headers["server"]) == (413, "nginx")
        # What the proxy lets in, the service judges.
        whole = http.post("/statements", content=b"x" * 16 * 1024**2)
        assert whole.json()["type"] == "urn:caravan:problem:encoding"
        assert http.post("/disclosures", content=b"x" * 200_000).status_code == 413


def test_what_is_for_the_operator_is_not_for_the_world(proxied):
    proxy, served = proxied
    with proxy.http() as http:
        assert [http.get(path).status_code for path in ("/metrics", "/readyz")] == [
            404,
            404,
        ]
    assert httpx.get(f"{served.url}/metrics").status_code == 200


def test_nobody_else_is_believed_about_the_scheme(tmp_path):
    served = Served(tmp_path / "ledger").init().start()
    try:
        served.admit()
        page = httpx.get(
            f"{served.url}{PAGE}",
            headers={"x-forwarded-proto": "https"},
        )
    finally:
        served.stop()

    assert page.status_code == 200
    assert f"https://127.0.0.1:{served.port}" not in page.text
    assert f"http://127.0.0.1:{served.port}" in page.text


def test_tiles_are_kept_and_read_also_while_the_service_is_stopped(proxied):
    proxy, served = proxied
    with proxy.http() as http:
        first = http.get("/log/tile/0/000.p/3")
        second = http.get("/log/tile/0/000.p/3")
        served.stop()
        third = http.get("/log/tile/0/000.p/3")
        checkpoint = http.get("/log/checkpoint")

    assert [a.headers["x-cache"] for a in (first, second, third)] == [
        *["MISS", "HIT", "HIT"]
    ]
    assert first.content == second.content == third.content
    assert first.headers["cache-control"].endswith("immutable")
    assert checkpoint.status_code == 502
