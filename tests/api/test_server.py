import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request

import pytest

from api.server import base_url, listen

SCRIPT = textwrap.dedent(
    """
    import sys
    import api.server
    from api.app import create_app
    from tests.api.ledgers import open_log

    api.server.GRACE_SECONDS = 1
    log = open_log(sys.argv[1])
    app = create_app(log)
    say = lambda url: print(url, flush=True)
    api.server.run(app, host="127.0.0.1", port=0, on_started=say)
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


def test_a_client_that_sends_nothing_more_does_not_hold_up_a_stop(tmp_path):
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        port = int(server.stdout.readline().strip().rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall(
                b"POST /statements HTTP/1.1\r\nHost: herd.example\r\n"
                b"Content-Type: text/plain\r\nContent-Length: 99\r\n\r\nbeginning"
            )
            time.sleep(0.2)

            server.send_signal(signal.SIGTERM)

            assert server.stdout.read() == "closed\n"
            assert server.wait(timeout=20) == 0


def test_a_port_that_is_taken_is_said_before_anything_else():
    with listen("127.0.0.1", 0) as taken, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", taken.getsockname()[1])


def test_an_address_of_six_is_put_in_brackets():
    assert base_url("::1", 80) == "http://[::1]:80"
    with listen("::1", 0) as listener:
        assert listener.family == socket.AF_INET6
