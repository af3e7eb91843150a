"""The load: one process, one epoll loop, keep-alive connections in a closed loop.

``python -m bench.load --port P --path … --secret … --connections 64 --jobs 1000 --seconds 8 --serial N``
prints one JSON object: ``acknowledged`` (answers 200), ``others``, ``seconds``, latencies in milliseconds
(``p50``, ``p99``, ``max``) and ``cpu``, the share of one core that this process itself took.
"""

import argparse
import json
import selectors
import socket
import time
from array import array
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass
class Connection:
    socket: socket.socket
    sent_at: float = 0.0
    received: bytes = b""


@dataclass
class Reports:
    """Makes requests, each a run of its own: the serial number is in its message."""

    head: bytes
    jobs: int
    serial: int

    def next(self) -> bytes:
        self.serial += 1
        job = self.serial % self.jobs
        finished_at = datetime.now(UTC).isoformat()
        body = (
            f'{{"job_key": "bench-{job}", "title": "ベンチマーク {job}", "status": "success", '
            f'"finished_at": "{finished_at}", "message": "処理完了 {self.serial}"}}'
        ).encode()
        return b"%sContent-Length: %d\r\n\r\n%s" % (self.head, len(body), body)


def is_whole(answer: bytes) -> bool:
    """Whether head and body of one answer are there; every server here sends a Content-Length in lower case."""
    head_end = answer.find(b"\r\n\r\n")
    if head_end < 0:
        return False
    start = answer.find(b"content-length: ") + 16
    length = int(answer[start : answer.find(b"\r\n", start)])
    return len(answer) >= head_end + 4 + length


def run(port: int, reports: Reports, connections: int, warm_up: float, seconds: float) -> dict[str, float]:
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        opened = socket.create_connection(("127.0.0.1", port))
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.setblocking(False)
        selector.register(opened, selectors.EVENT_READ, Connection(opened))
    for key in selector.get_map().values():
        _send(key.data, reports)
    begin = time.perf_counter() + warm_up
    end = begin + seconds
    acknowledged = others = before = 0
    latencies = array("d")
    cpu_at_begin = None
    while (now := time.perf_counter()) < end:
        if cpu_at_begin is None and now >= begin:
            cpu_at_begin, before = time.process_time(), acknowledged
        for key, _ in selector.select(0.1):
            connection = key.data
            chunk = connection.socket.recv(65536)
            if not chunk:
                raise SystemExit("the server closed a connection")
            connection.received += chunk
            if not is_whole(connection.received):
                continue
            if connection.received.startswith(b"HTTP/1.1 200"):
                acknowledged += 1
            else:
                others += 1
            if now >= begin:
                latencies.append(time.perf_counter() - connection.sent_at)
            connection.received = b""
            _send(connection, reports)
    cpu = time.process_time() - (cpu_at_begin or 0.0)
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    return _figures(acknowledged, acknowledged - before, others, latencies, seconds, cpu)


def _send(connection: Connection, reports: Reports) -> None:
    connection.sent_at = time.perf_counter()
    connection.socket.send(reports.next())


def _figures(
    acknowledged: int, measured: int, others: int, latencies: "array[float]", seconds: float, cpu: float
) -> dict[str, float]:
    if not latencies:
        raise SystemExit(f"not one report was answered within {seconds:g} seconds")
    ordered = sorted(latencies)

    def percentile(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 2)

    return {
        "acknowledged": acknowledged,
        "others": others,
        "per_second": round(measured / seconds, 1),
        "p50": percentile(0.5),
        "p99": percentile(0.99),
        "max": percentile(1.0),
        "cpu": round(cpu / seconds, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--warm-up", type=float, default=2.0)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--serial", type=int, default=0)
    options = parser.parse_args()
    head = (
        "POST /api/monitor/job-report HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-TC-Portal-Webhook-Secret: {options.secret}\r\n"
    ).encode()
    reports = Reports(head, options.jobs, options.serial)
    print(json.dumps(run(options.port, reports, options.connections, options.warm_up, options.seconds)))


if __name__ == "__main__":
    main()
