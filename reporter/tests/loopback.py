"""A portal on the loopback, and scripts as processes of their own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

REPORTER = Path(__file__).resolve().parent.parent
SECRET = "correct-horse-battery-staple"
REPORT_PATH = "/api/monitor/job-report"
ECHO_PATH = "/api/monitor/echo"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        portal = self.server.portal
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        portal.requests.append((self.command, self.path, self.headers, json.loads(body)))
        status, headers, answer = portal.answer_to(self.path, self.headers, json.loads(body))
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(answer)))
        for name, value in {"Date": formatdate(usegmt=True), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self):
        self.server.portal.requests.append((self.command, self.path, self.headers, None))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that goes away is part of what is tested."""


class Portal:
    """A server that answers as the portal does, or as a test tells it to."""

    def __init__(self, tls=None):
        self.requests = []
        self._told = {}
        self._tls = tls
        self._server = None
        self._place = socket.socket()
        self._place.bind(("127.0.0.1", 0))
        self._port = self._place.getsockname()[1]
        self.reopen()
        self.origin = "{}://127.0.0.1:{}".format("https" if tls else "http", self._port)
        self.url = self.origin + REPORT_PATH

    def will_answer(self, status, headers=None, body=b"", path=None):
        self._told[path] = (status, headers or {}, body if isinstance(body, bytes) else json.dumps(body).encode())

    def answer_to(self, path, headers, members):
        told = self._told.get(path) or self._told.get(None)
        if told:
            return told
        status, answer = self._usual_answer(path, headers, members)
        return status, {"Content-Type": "application/json"}, json.dumps(answer).encode()

    def _usual_answer(self, path, headers, members):
        if path not in (REPORT_PATH, ECHO_PATH):
            return 404, {"error": "Not found"}
        if headers.get("X-TC-Portal-Webhook-Secret") != SECRET:
            return 401, {"error": "Invalid or missing webhook secret"}
        if path == ECHO_PATH:
            return 200, {"text": members.get("text"), "charset": "utf-8", "received_at": "2026-11-23T00:00:00Z"}
        if not members.get("job_key"):
            return 400, {"error": "job_key is required"}
        return 200, {"success": True, "id": "1", "job_key": members["job_key"]}

    @property
    def reports(self):
        """The bodies of the reports that would have been recorded."""
        return [body for _, path, _, body in self.requests if path == REPORT_PATH and body]

    def sent_to(self, name):
        """The bodies that went to the path of this name."""
        return [body for _, path, _, body in list(self.requests) if path == REPORT_PATH.replace("job-report", name)]

    @property
    def results(self):
        return [report["status"] for report in self.reports]

    @property
    def variables(self):
        return {
            "TC_PORTAL_MONITOR_URL": self.url,
            "TC_PORTAL_WEBHOOK_SECRET": SECRET,
            "TC_PORTAL_JOB_KEY": "sales-report",
            "TC_PORTAL_JOB_TITLE": "売上レポート作成",
        }

    def will_answer_as_usual(self):
        self._told.clear()

    def close(self):
        """From here on connections are refused; ``reopen`` takes them again at the same address."""
        self._stop()
        # Bound and not listening: refused all the same, and nobody else takes the port meanwhile.
        self._place = socket.socket()
        self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._place.bind(("127.0.0.1", self._port))

    def reopen(self):
        self._listen(self._place)
        self._place = None

    def end(self):
        self._stop()
        if self._place is not None:
            self._place.close()

    def _stop(self):
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _listen(self, place):
        self._server = _Server(("127.0.0.1", 0), _Handler, bind_and_activate=False)
        self._server.socket.close()
        self._server.socket = place
        self._server.server_activate()
        self._server.server_name, self._server.server_port = "127.0.0.1", self._port
        self._server.portal = self
        if self._tls is not None:
            self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


class Tunnel:
    """A proxy that answers CONNECT, passes on what goes either way, and remembers it."""

    def __init__(self):
        self.asked_for = []
        self.seen = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:{}".format(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(connection,), daemon=True).start()

    def _connect(self, connection):
        with connection, connection.makefile("rb") as lines:
            asked_for = lines.readline().split()[1].decode()
            while lines.readline().strip():
                pass
            self.asked_for.append(asked_for)
            host, _, port = asked_for.rpartition(":")
            with socket.create_connection((host, int(port))) as portal:
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=self._pass_on, args=(portal, connection), daemon=True)
                back.start()
                self._pass_on(connection, portal)
                back.join(10)

    def _pass_on(self, source, target):
        try:
            while True:
                data = source.recv(65536)
                self.seen += data
                if not data:
                    target.shutdown(socket.SHUT_WR)
                    return
                target.sendall(data)
        except OSError:
            return

    def close(self):
        self._listener.close()


def first_line(done):
    """The guide's own line; what the guide had no words for follows it."""
    return done.stdout.splitlines(keepends=True)[0]


class Reporter:
    """Runs scripts that can import the reporter, in the form that is under test."""

    def __init__(self, folder, command, scratch):
        self.folder = folder
        self.command = command
        self.scratch = scratch
        self.spool = scratch / "spool"
        self.sources = REPORTER / "src"

    def run(self, script, variables=None, **options):
        """Run ``script`` as a file of its own, with ``variables`` in its environment."""
        file = self.scratch / "script.py"
        file.write_text(script, encoding="utf-8")
        return self._run([sys.executable, str(file)], variables, options)

    def tc_report(self, *arguments, variables=None, **options):
        return self._run([sys.executable, *self.command, *arguments], variables, options)

    def _run(self, command, variables, options):
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": 60, **options}
        if "input" not in options:
            options.setdefault("stdin", subprocess.DEVNULL)
        done = subprocess.run(command, env=self.environment(variables or {}), check=False, **options)
        if isinstance(done.stdout, bytes):
            done.stdout_bytes = done.stdout
            done.stdout = done.stdout.decode("utf-8", "replace").replace("\r\n", "\n")
        if isinstance(done.stderr, bytes):
            done.stderr = done.stderr.decode("utf-8", "replace")
        return done

    def environment(self, variables):
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.upper().startswith(("TC_PORTAL_", "PYTHON", "LC_"))
            and not name.upper().endswith("_PROXY")
            and name not in ("LANG", "LANGUAGE", "SSL_CERT_FILE", "SSL_CERT_DIR")
        }
        return {
            **kept,
            "PYTHONPATH": str(self.folder),
            "PYTHONIOENCODING": "utf-8",
            "LC_ALL": "C.UTF-8",
            # Nothing of this PC's own is read or written.
            "TC_PORTAL_CONFIG": "none",
            "TC_PORTAL_SPOOL_DIR": str(self.spool),
            "XDG_STATE_HOME": str(self.scratch / "state"),
            "LOCALAPPDATA": str(self.scratch / "state"),
            "PROGRAMDATA": str(self.scratch / "machine"),
            **variables,
        }
