import signal
import socket
import subprocess
import sys
import textwrap
import urllib.request

import pytest

from api.server import base_url, listen

SCRIPT = textwrap.dedent(
    """
    import pathlib, sys
    from api.app import create_app
    from api.server import run
    from tests.api.ledgers import open_log

    log = open_log(sys.argv[1])
    app = create_app(log)
    run(app, host="127.0.0.1", port=0, on_started=lambda url: print(url, flush=True))
    log.close()
    print("closed", flush=True)
    """
)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_by_signal_lets_the_log_be_closed(tmp_path, stop):
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        url = server.stdout.readline().strip()
        with urllib.request.urlopen(f"{url}/healthz", timeout=10) as answer:
            assert answer.read() == b"ok\n"
            assert "uvicorn" not in str(answer.headers).lower()
        with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:
            assert answer.read() == b"ready\n"

        server.send_signal(stop)

        assert server.stdout.read() == "closed\n"
        assert server.wait(timeout=20) == 0


def test_a_port_that_is_taken_is_said_before_anything_else():
    with listen("127.0.0.1", 0) as taken, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", taken.getsockname()[1])


def test_an_address_of_six_is_put_in_brackets():
    assert base_url("::1", 80) == "http://[::1]:80"
    with listen("::1", 0) as listener:
        assert listener.family == socket.AF_INET6
