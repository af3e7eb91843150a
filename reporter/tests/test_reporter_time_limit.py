"""The job is not held up: the time limit holds for the whole report, not for each byte of it."""

import socket
import threading
import time

import pytest
from loopback import first_line

TIMED_OUT = "[TC Portal] 報告エラー: timed out\n"

SCRIPT = """
from tc_portal_reporter import report_job_status
report_job_status("success")
"""


class _SlowServer:
    """Takes connections and then sends one byte of ``text`` every tenth of a second, without end."""

    def __init__(self, text):
        self._text = text
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:{}/api/monitor/job-report".format(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._trickle, args=(connection,), daemon=True).start()

    def _trickle(self, connection):
        with connection:
            try:
                while True:
                    for byte in self._text or [None]:
                        time.sleep(0.1)
                        if byte is not None:
                            connection.send(bytes([byte]))
            except OSError:
                pass

    def close(self):
        self._listener.close()


@pytest.fixture(params=[b"", b"HTTP/1.1 200 OK\r\n" + b"X-More: header\r\n" * 20], ids=["silent", "trickling"])
def slow_server(request):
    server = _SlowServer(request.param)
    yield server
    server.close()


def test_a_server_that_is_silent_or_trickles_does_not_hold_the_job(reporter, portal, slow_server):
    variables = {**portal.variables, "TC_PORTAL_MONITOR_URL": slow_server.url, "TC_PORTAL_TIMEOUT": "0.5"}
    done = reporter.run(SCRIPT, variables, timeout=30)
    assert (first_line(done), done.returncode) == (TIMED_OUT, 0)


def test_a_name_lookup_that_hangs_does_not_hold_the_job(reporter, portal):
    hanging = "import socket, time\nsocket.getaddrinfo = lambda *a, **k: time.sleep(120)\n"
    done = reporter.run(hanging + SCRIPT, {**portal.variables, "TC_PORTAL_TIMEOUT": "0.5"}, timeout=30)
    assert (first_line(done), done.returncode) == (TIMED_OUT, 0)


@pytest.mark.parametrize("value", ["", "soon", "-1", "0", "nan", "inf", "1e9"])
def test_a_limit_that_makes_no_sense_is_the_usual_one(package, value):
    done = package.run(
        "from tc_portal_reporter.settings import read_settings\nprint(read_settings().timeout_seconds)",
        {"TC_PORTAL_TIMEOUT": value},
    )
    assert done.stdout == "10.0\n"


def test_a_body_that_trickles_after_a_200_is_not_waited_for(reporter, portal):
    portal.will_answer(200, {"Content-Length": "1000000"}, b"{")
    assert reporter.run(SCRIPT, portal.variables, timeout=30).stdout == "[TC Portal] 報告成功: success\n"


def test_a_report_at_exit_is_still_sent(reporter, portal):
    done = reporter.run(
        "import atexit\nfrom tc_portal_reporter import report_job_status\n"
        "atexit.register(report_job_status, 'success')",
        portal.variables,
    )
    assert portal.results == ["success"]
    assert (done.stdout, done.stderr, done.returncode) == ("[TC Portal] 報告成功: success\n", "", 0)
