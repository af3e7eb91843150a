"""The portal as a user runs it: ``tc-portal serve`` as a process of its own, spoken to over HTTP."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from databases import Database

SECRET = "test-secret-0123456789"
TC_PORTAL = str(Path(sys.executable).parent / "tc-portal")
SECONDS_TO_START = 60


def children_of(pid: int, named: str) -> list[int]:
    """The children of a process that have ``named`` in their command line."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if named in Path(f"/proc/{child}/cmdline").read_text()]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


@dataclass
class RunningPortal:
    """A running server; ``port`` is known once it listens."""

    database: Database
    data_dir: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[str] | None = None

    def start(self, *options: str) -> "RunningPortal":
        self.process = subprocess.Popen(
            [TC_PORTAL, "serve", "--port", str(self.port), *options],
            env=self._environ(),
            stdout=subprocess.PIPE,
            stderr=(self.data_dir / "stderr.log").open("a"),
            text=True,
        )
        assert self.process.stdout is not None
        watchdog = threading.Timer(SECONDS_TO_START, self.process.kill)
        watchdog.start()
        try:
            for line in self.process.stdout:
                if (found := re.search(r"http://127\.0\.0\.1:(\d+)", line)) is not None:
                    self.port = int(found[1])
                    break
            else:
                raise AssertionError(f"the portal did not start: {self.log()}")
        finally:
            watchdog.cancel()
        # The rest of its output must go somewhere, or a full pipe would stop it.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        return self

    def command(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """Run another subcommand on the same data."""
        return subprocess.run(
            [TC_PORTAL, *arguments], env=self._environ(), input=stdin, capture_output=True, text=True, timeout=120
        )

    def start_watcher(self) -> "subprocess.Popen[str]":
        """Start ``tc-portal watch`` on the same data, and return once it watches."""
        log = (self.data_dir / "stderr.log").open("a")
        watcher = subprocess.Popen(
            [TC_PORTAL, "watch"], env=self._environ(), stdout=subprocess.PIPE, stderr=log, text=True
        )
        assert watcher.stdout is not None
        assert watcher.stdout.readline().startswith("Watching"), self.log()
        return watcher

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(timeout=30)

    def log(self) -> str:
        return (self.data_dir / "stderr.log").read_text()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def report(self, body: Any, secret: str = SECRET, content_type: str = "application/json") -> Answer:
        """POST a report; ``body`` is bytes as they are, or what becomes JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"X-TC-Portal-Webhook-Secret": secret, "Content-Type": content_type}
        return self.request("POST", "/api/monitor/job-report", content, headers)

    def _environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TC_PORTAL_", "DJANGO_"))}
        return {
            **kept,
            "TC_PORTAL_DATA_DIR": str(self.data_dir),
            "TC_PORTAL_DATABASE_URL": self.database.url,
            "TC_PORTAL_WEBHOOK_SECRET": SECRET,
            "LANG": "en_US.UTF-8",
            "LC_ALL": "en_US.UTF-8",
            "PYTHONUTF8": "1",
            **self.environment,
        }
