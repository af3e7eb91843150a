"""``monitor``: report how a block or a function ended, without a ``try`` in each script."""

from __future__ import annotations

import functools
from types import TracebackType
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Type, TypeVar, Union, overload

from .active_runs import current_run, enter_run, leave_run
from .announcing import Announcer
from .failure import describe_failure, is_success
from .report import try_to_report
from .run import Run

Function = TypeVar("Function", bound=Callable[..., Any])


class _Entered(NamedTuple):
    run: Run
    token: Any


class Monitor:
    """What ``monitor()`` gives: a context manager, also for ``async with``, and a decorator for (coroutine) functions."""

    def __init__(self, job_key: Optional[str] = None, title: Optional[str] = None, start: bool = True) -> None:
        self._job_key = job_key
        self._title = title
        self._start = start
        self._entered: List[_Entered] = []

    def __enter__(self) -> Run:
        run, announcer = self._new_run()
        if self._start:
            announcer.start(run)
        self._entered.append(_Entered(run, enter_run(run)))
        return run

    def __exit__(
        self,
        exception_type: Optional[Type[BaseException]],
        exception: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self._report(*self._left(exception, traceback))

    async def __aenter__(self) -> Run:
        run, announcer = self._new_run()
        if self._start:
            await _off_the_loop(lambda: announcer.start(run))
        self._entered.append(_Entered(run, enter_run(run)))
        return run

    async def __aexit__(
        self,
        exception_type: Optional[Type[BaseException]],
        exception: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        ending = self._left(exception, traceback)
        await _off_the_loop(lambda: self._report(*ending))

    def __call__(self, function: Function) -> Function:
        return _watched(function, self._job_key, self._title, self._start)

    def _new_run(self) -> "tuple[Run, Announcer]":
        announcer = Announcer(self._job_key, self._title)
        return Run(announcer.news), announcer

    def _left(
        self, exception: Optional[BaseException], traceback: Optional[TracebackType]
    ) -> "tuple[str, Optional[str], Dict[str, object]]":
        """The run is over: its result, its message, and the further members of its report."""
        run, token = self._entered.pop(self._place_of(current_run()))
        leave_run(run, token)
        members = run.members()
        if isinstance(exception, SystemExit):
            members["exit_code"] = _exit_code(exception)
        failures = list(run.thread_failures)
        if exception is not None and not is_success(exception):
            failures.insert(0, describe_failure(exception, traceback, run.message, leaving_out=__file__))
        elif failures and run.message is not None:
            failures.append(run.message)
        if failures:
            return "error", "\n\n".join(failures), members
        return "success", run.message, members

    def _place_of(self, run: Run) -> int:
        """Where ``run`` stands among those that were entered: tasks that share a monitor leave it in any order."""
        places = [place for place, entered in enumerate(self._entered) if entered.run is run]
        return places[0] if places else -1

    def _report(self, status: str, message: Optional[str], members: Dict[str, object]) -> None:
        try_to_report(status, message, self._job_key, self._title, members)


@overload
def monitor(job_key: Function) -> Function: ...


@overload
def monitor(job_key: Optional[str] = None, title: Optional[str] = None, *, start: bool = True) -> Monitor: ...


def monitor(
    job_key: Union[Function, str, None] = None, title: Optional[str] = None, *, start: bool = True
) -> Union[Function, Monitor]:
    """Report a run as ``success`` if what it surrounds ends well, and as ``error`` if it does not.

    Use it as ``with monitor("key", "題名") as run:``, ``async with``, ``@monitor("key", "題名")`` or ``@monitor``.
    What is not given comes from ``TC_PORTAL_JOB_KEY`` and ``TC_PORTAL_JOB_TITLE``. Every exception goes on as if
    ``monitor`` were not there. ``SystemExit`` without a code or with 0 is a success; ``SystemExit`` with
    anything else, ``KeyboardInterrupt`` and every other exception is an error, and so is one that ends a thread.

    The portal is told of the start, too, which takes half a second at most; not with ``start=False``.

    Raises ``TypeError`` when it decorates a generator function, whose call ends before its work begins.
    """
    if callable(job_key):
        return _watched(job_key, None, title, start)
    return Monitor(job_key, title, start)


def _watched(function: Function, job_key: Optional[str], title: Optional[str], start: bool) -> Function:
    import inspect

    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError("monitor() cannot decorate a generator function; use `with monitor():` inside it")

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def watched_coroutine(*args: Any, **kwargs: Any) -> Any:
            async with Monitor(job_key, title, start):
                return await function(*args, **kwargs)

        return watched_coroutine  # type: ignore[return-value]

    @functools.wraps(function)
    def watched(*args: Any, **kwargs: Any) -> Any:
        with Monitor(job_key, title, start):
            return function(*args, **kwargs)

    return watched  # type: ignore[return-value]


async def _off_the_loop(work: Callable[[], None]) -> None:
    """Do ``work``, which may wait for the network, while the event loop goes on with what else it has to do."""
    import asyncio

    try:
        done = asyncio.get_running_loop().run_in_executor(None, work)
    except RuntimeError:
        # The loop is closing and takes no more work.
        work()
        return
    await done


def _exit_code(exception: SystemExit) -> int:
    """The exit code that Python makes of it, if nobody catches it."""
    if exception.code is None:
        return 0
    return int(exception.code) if isinstance(exception.code, int) else 1
