"""Which run something is about that was told on the way without a run's name."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from tc_portal.core.report import Heartbeat, Report, Start, Telling
from tc_portal.core.unnamed_run import is_unnamed, newest_unnamed

from .course import known_of
from .statements import LockedJob


def addressed(tellings: Sequence[Telling], jobs: Mapping[str, LockedJob]) -> Sequence[Telling]:
    """The tellings, with those heartbeats that name no run named as the newest open run that was begun without a name. Where
    there is none, each keeps the name that it has. No verdict comes of it: such a run has promised no heartbeats."""
    if not any(isinstance(each, Heartbeat) and is_unnamed(each.run_id) for each in tellings):
        return tellings
    begun = {(each.job_key, each.run_id) for each in tellings if isinstance(each, Start)}
    return [
        _addressed(each, tellings, jobs)
        if isinstance(each, Heartbeat) and is_unnamed(each.run_id) and (each.job_key, each.run_id) not in begun
        else each
        for each in tellings
    ]


def _addressed(heartbeat: Heartbeat, tellings: Sequence[Telling], jobs: Mapping[str, LockedJob]) -> Heartbeat:
    job = jobs.get(heartbeat.job_key)
    open_runs = known_of(job).open_runs if job is not None else ()
    if any(run.run_id == heartbeat.run_id for run in open_runs):
        return heartbeat
    found = newest_unnamed(open_runs)
    run_id = None if found is None else found.run_id
    for each in sorted((each for each in tellings if not isinstance(each, Heartbeat)), key=_received_at):
        if each.job_key != heartbeat.job_key or each.received_at > heartbeat.received_at:
            continue
        if isinstance(each, Start) and is_unnamed(each.run_id):
            run_id = each.run_id
        elif isinstance(each, Report) and is_unnamed(each.run_id):
            run_id = None
    return heartbeat if run_id is None else replace(heartbeat, run_id=run_id)


def _received_at(telling: Telling) -> datetime:
    return telling.received_at
