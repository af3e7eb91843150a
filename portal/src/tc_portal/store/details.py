"""What runs tell besides their result becomes rows: output, metrics, log. Nothing is written where nothing is told."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from tc_portal.core.report import Heartbeat, Report, Telling, counts_at

from .statements import (
    AddLogLines,
    CutLogs,
    LockedJob,
    LogRow,
    MetricRow,
    OutputRow,
    RunName,
    WriteMetrics,
    WriteOutputs,
)


def detail_writes(tellings: Sequence[Telling], jobs: Mapping[str, LockedJob]) -> list[Any]:
    """The writes that hold the details of these tellings. One row each, as PostgreSQL refuses to touch one twice."""
    outputs: dict[RunName, OutputRow] = {}
    metrics: dict[tuple[RunName, str], MetricRow] = {}
    lines: dict[tuple[object, ...], LogRow] = {}
    logs: dict[RunName, None] = {}
    for telling in tellings:
        if not isinstance(telling, Report | Heartbeat) or telling.job_key not in jobs:
            continue
        if isinstance(telling, Report) and telling.output is not None:
            _take_output(telling, jobs[telling.job_key].id, outputs)
        if not telling.metrics and not telling.log:
            continue
        name = RunName(jobs[telling.job_key].id, telling.run_id)
        for metric in telling.metrics:
            row = MetricRow(name.job_id, name.run_id, metric.name, metric.value, telling.received_at)
            there = metrics.get((name, metric.name))
            if there is None or (row.at, row.value) > (there.at, there.value):
                metrics[name, metric.name] = row
        for line in telling.log:
            logs[name] = None
            digest = blake2b(line.text.encode(), digest_size=12).hexdigest()
            lines.setdefault((name, line.at, digest), LogRow(name.job_id, name.run_id, line.at, digest, line.text))
    return (
        ([WriteOutputs(list(outputs.values()))] if outputs else [])
        + ([WriteMetrics(list(metrics.values()))] if metrics else [])
        + ([AddLogLines(list(lines.values())), CutLogs(list(logs))] if lines else [])
    )


def _take_output(report: Report, job_id: int, outputs: dict[RunName, OutputRow]) -> None:
    output = report.output
    assert output is not None
    ended_at = counts_at(report.finished_at, report.received_at)
    row = OutputRow(job_id, report.run_id, ended_at, output.head, output.tail, output.size, output.is_cut)
    name = RunName(job_id, report.run_id)
    there = outputs.get(name)
    if there is None or _order(row) > _order(there):
        outputs[name] = row


def _order(row: OutputRow) -> tuple[object, ...]:
    return row.ended_at, row.size, row.head, row.tail
