"""Which of the jobs that report already is a task's: by its name, by what it runs, by when it is due."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from .known_job import KnownJob, is_elsewhere, is_of_task, windows_schedules
from .naming import bare, leaf_of, same_host, stem_of
from .run_times import Fit, fit_of
from .task import Task
from .windows_schedule import WindowsSchedule

MatchedBy = Literal[
    "imported",
    "key_in_arguments",
    "same_name",
    "script",
    "described",
    "within",
    "alike",
    "times",
    "other_host",
    "other_task",
    "other_times",
]

# How much each speaks for a job.
_WEIGHT: dict[MatchedBy, int] = {
    "imported": 100,
    "key_in_arguments": 90,
    "same_name": 80,
    "script": 50,
    "described": 40,
    "within": 30,
    "alike": 25,
    "times": 30,
    "other_host": -30,
    "other_task": -30,
    "other_times": -40,
}
_SURE: frozenset[MatchedBy] = frozenset({"imported", "key_in_arguments", "same_name"})
_DOUBT: frozenset[MatchedBy] = frozenset({"other_host", "other_task", "other_times"})
ENOUGH = 25
MANY_CANDIDATES = 5

# Names that any script may have.
_SAYS_NOTHING = frozenset(
    [
        "run",
        "main",
        "start",
        "job",
        "task",
        "batch",
        "script",
        "index",
        "app",
        "program",
        "execute",
        "exec",
        "test",
        "do",
        "launch",
        "launcher",
        "update",
        "backup",
        "sync",
        "実行",
        "起動",
        "処理",
        "バッチ",
    ]
)
SHORTEST_WITHIN = 4
ALIKE = 0.6
NEAR = 20
# Pairs of letters that more jobs have than this do not tell them apart.
COMMON = 100


class MatchReason(msgspec.Struct, frozen=True):
    """Why a job may be the task's, or may not: ``detail`` is the name, host or file that it goes by, ``fit`` how its runs fit."""

    by: MatchedBy
    detail: str = ""
    fit: Fit | None = None


class Candidate(msgspec.Struct, frozen=True):
    """A job that may be the task's, with the reasons, most telling first."""

    job: KnownJob
    reasons: tuple[MatchReason, ...]

    @property
    def weight(self) -> int:
        return sum(_WEIGHT[reason.by] for reason in self.reasons)


class Match(msgspec.Struct, frozen=True):
    """``certain`` is the job where there is no doubt; else a person chooses among the ``candidates``, likeliest first."""

    certain: Candidate | None
    candidates: tuple[Candidate, ...]


class Jobs:
    """The jobs that are there, made ready to be looked up by name."""

    def __init__(self, jobs: Iterable[KnownJob]) -> None:
        self.by_key = {job.job_key: job for job in jobs}
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._by_pair: dict[str, set[str]] = defaultdict(set)
        self._by_path: dict[str, set[str]] = defaultdict(set)
        self._names: dict[str, tuple[str, ...]] = {}
        for job in self.by_key.values():
            names = tuple(dict.fromkeys(filter(None, (bare(job.job_key), bare(job.title)))))
            self._names[job.job_key] = names
            for name in names:
                self._by_name[name].add(job.job_key)
                for pair in _pairs(name):
                    self._by_pair[pair].add(job.job_key)
            for schedule in windows_schedules(job.settings):
                self._by_path[schedule.path.casefold()].add(job.job_key)
        # Of no task yet, and known by when they ran.
        self.free = [key for key, job in self.by_key.items() if job.runs and not any(windows_schedules(job.settings))]

    def imported_from(self, path: str, host: str) -> set[str]:
        """The keys of the jobs whose settings hold a schedule of this very task."""
        return {
            key
            for key in self._by_path.get(path.casefold(), ())
            if any(is_of_task(schedule, path, host) for schedule in windows_schedules(self.by_key[key].settings))
        }

    def named(self, name: str) -> set[str]:
        return self._by_name.get(name, set())

    def near(self, name: str) -> list[tuple[str, str]]:
        """Keys of jobs whose name has much in common with ``name``, with that name."""
        shared = Counter(
            key for pair in _pairs(name) if len(keys := self._by_pair.get(pair, ())) <= COMMON for key in keys
        )
        return [(key, other) for key, _ in shared.most_common(NEAR) for other in self._names[key]]


def match(
    task: Task, schedule: WindowsSchedule, jobs: Jobs, *, by_times_alone: bool = True, by_likeness: bool = True
) -> Match:
    """The jobs that may be the task's. ``schedule`` is the task's, with its host where that is known.

    ``by_times_alone`` looks at the runs of jobs of other names, too, and ``by_likeness`` at names that are much like it;
    each takes its time where there are many, and neither makes a job certain.
    """
    reasons: dict[str, list[MatchReason]] = defaultdict(list)
    for key in jobs.imported_from(task.path, schedule.host):
        hosts = [each.host for each in windows_schedules(jobs.by_key[key].settings) if each.host]
        reasons[key].append(MatchReason("imported", hosts[0] if hosts else ""))
    if task.reports_as in jobs.by_key:
        reasons[task.reports_as].append(MatchReason("key_in_arguments", task.reports_as))
    if not reasons:
        named = list(_by_name(task, jobs)) or (list(_by_likeness(task, jobs)) if by_likeness else [])
        for key, reason in named:
            if all(known.by != reason.by for known in reasons[key]):
                reasons[key].append(reason)
    if by_times_alone and not any(reason.by in _SURE for each in reasons.values() for reason in each):
        for key in jobs.free:
            reasons.setdefault(key, [])
    reasons = {key: found for key, found in reasons.items() if _may_be(jobs.by_key[key], found, schedule)}
    candidates = [
        Candidate(jobs.by_key[key], _weighed(found, jobs.by_key[key], schedule)) for key, found in reasons.items()
    ]
    candidates = sorted((each for each in candidates if each.weight >= ENOUGH), key=_likeliest)[:MANY_CANDIDATES]
    return Match(_certain(candidates), tuple(candidates))


def _likeliest(candidate: Candidate) -> tuple[int, str]:
    return -candidate.weight, candidate.job.job_key


def _certain(candidates: Sequence[Candidate]) -> Candidate | None:
    imported = [each for each in candidates if any(reason.by == "imported" for reason in each.reasons)]
    if imported:
        return imported[0] if len(imported) == 1 else None
    sure = [each for each in candidates if any(reason.by in _SURE for reason in each.reasons)]
    sure = sure or [each for each in candidates if {"script", "times"} <= {reason.by for reason in each.reasons}]
    if len(sure) != 1 or any(reason.by in ("other_host", "other_task", "other_times") for reason in sure[0].reasons):
        return None
    return sure[0]


def _may_be(job: KnownJob, found: list[MatchReason], schedule: WindowsSchedule) -> bool:
    """Whether the job is none that another task was imported to: of another PC's it is, or of a task with another name."""
    others = list(windows_schedules(job.settings))
    if not others or any(reason.by in ("imported", "key_in_arguments") for reason in found):
        return True
    return any(reason.by in _SURE for reason in found) and not all(
        is_elsewhere(other, schedule.host) for other in others
    )


def _weighed(found: list[MatchReason], job: KnownJob, schedule: WindowsSchedule) -> tuple[MatchReason, ...]:
    more: list[MatchReason] = []
    if schedule.host and job.host and not same_host(schedule.host, job.host):
        more.append(MatchReason("other_host", job.host))
    if all(reason.by != "imported" for reason in found):
        more += [MatchReason("other_task", other.path) for other in windows_schedules(job.settings)][:1]
    fit = fit_of(schedule, job.runs)
    if fit is not None and (fit.is_good or fit.is_contrary):
        more.append(MatchReason("times" if fit.is_good else "other_times", fit=fit))
    return tuple(sorted([*found, *more], key=lambda reason: -_WEIGHT[reason.by]))


def _by_name(task: Task, jobs: Jobs) -> Iterable[tuple[str, MatchReason]]:
    leaf, path = bare(leaf_of(task.path)), bare(task.path)
    for name in filter(None, (leaf, path)):
        if name not in _SAYS_NOTHING:
            yield from ((key, MatchReason("same_name", leaf_of(task.path))) for key in jobs.named(name))
    for script in task.scripts:
        stem = bare(stem_of(script))
        if stem and stem not in _SAYS_NOTHING:
            yield from ((key, MatchReason("script", script)) for key in jobs.named(stem))
    for line in task.description.splitlines()[:3]:
        if len(line) <= 200 and (name := bare(line)):
            yield from ((key, MatchReason("described", line.strip())) for key in jobs.named(name))


def _by_likeness(task: Task, jobs: Jobs) -> Iterable[tuple[str, MatchReason]]:
    leaf = bare(leaf_of(task.path))
    for name in filter(None, (leaf, *(bare(stem_of(script)) for script in task.scripts))):
        if name in _SAYS_NOTHING:
            continue
        for key, other in jobs.near(name):
            shorter, longer = sorted((name, other), key=len)
            if len(shorter) >= SHORTEST_WITHIN and shorter in longer and other not in _SAYS_NOTHING:
                yield key, MatchReason("within", jobs.by_key[key].title)
            elif _likeness(name, other) >= ALIKE:
                yield key, MatchReason("alike", jobs.by_key[key].title)


def _pairs(name: str) -> set[str]:
    return {name[place : place + 2] for place in range(len(name) - 1)} or {name}


def _likeness(one: str, other: str) -> float:
    """From 0, nothing in common, to 1."""
    pairs, others = _pairs(one), _pairs(other)
    return 2 * len(pairs & others) / (len(pairs) + len(others))
