"""The job is not held up: the time limit holds for the whole report, not for each byte of it."""

import json
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


class _SilentAfter:
    """Passes the first ``number`` requests on to the portal and then takes requests without answering any."""

    def __init__(self, portal, number):
        self._portal = portal
        self._left = number
        self.attempts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:{}/api/monitor/job-report".format(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        held = []
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.attempts += 1
            if self._left:
                self._left -= 1
                self._pass_on(connection)
            else:
                held.append(connection)

    def _pass_on(self, connection):
        with connection, socket.create_connection(
            ("127.0.0.1", int(self._portal.url.split(":")[2].split("/")[0]))
        ) as there:
            there.sendall(_whole_request(connection))
            there.settimeout(30)
            connection.sendall(there.recv(65536))

    def close(self):
        self._listener.close()


def _whole_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def silent_after_one(portal):
    server = _SilentAfter(portal, 1)
    yield server
    server.close()


def die(reporter, number):
    reporter.spool.mkdir(exist_ok=True)
    for each in range(number):
        facts = {"job_key": f"j{each}", "title": "t", "run_id": f"r{each}", "started_at": "2026-01-25T03:00:00+00:00"}
        (reporter.spool / f"running-r{each}.json").write_text(json.dumps(facts))


def test_all_that_is_done_besides_a_report_has_one_limit_together(reporter, portal, silent_after_one):
    die(reporter, 5)
    variables = {**portal.variables, "TC_PORTAL_MONITOR_URL": silent_after_one.url, "TC_PORTAL_TIMEOUT": "1"}
    done = reporter.run(SCRIPT, variables, timeout=30)
    assert (first_line(done), done.returncode) == ("[TC Portal] 報告成功: success\n", 0)
    # The first killed run takes what time there is. Were each given a limit of its own, there would be five more.
    assert silent_after_one.attempts == 2
    assert len(list(reporter.spool.glob("running-*.json"))) >= 4


def test_time_that_catching_up_has_taken_is_not_taken_again_for_killed_runs(reporter, portal, silent_after_one):
    variables = {**portal.variables, "TC_PORTAL_MONITOR_URL": silent_after_one.url, "TC_PORTAL_TIMEOUT": "1"}
    keep_one = "import socket\nsocket.getaddrinfo = lambda *a, **k: (_ for _ in ()).throw(OSError('away'))\n"
    assert "away" in reporter.run(keep_one + SCRIPT, variables).stdout
    die(reporter, 3)
    done = reporter.run(SCRIPT, variables, timeout=30)
    assert (first_line(done), done.returncode) == ("[TC Portal] 報告成功: success\n", 0)
    # The kept report is being sent until the time is over, and no killed run is told of after that.
    assert silent_after_one.attempts == 2
    assert len(list(reporter.spool.glob("running-*.json"))) == 3


def test_the_next_report_goes_on_where_the_time_was_over(reporter, portal, silent_after_one):
    die(reporter, 3)
    variables = {**portal.variables, "TC_PORTAL_TIMEOUT": "1"}
    reporter.run(SCRIPT, {**variables, "TC_PORTAL_MONITOR_URL": silent_after_one.url}, timeout=30)
    reporter.run(SCRIPT, variables, timeout=30)
    reporter.tc_report("flush", "--any-address", variables=variables)
    told = sorted(report["run_id"] for report in portal.reports if report["run_id"].startswith("r"))
    assert sorted(set(told) & {"r0", "r1", "r2"}) == ["r0", "r1", "r2"]
