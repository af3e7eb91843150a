"""``monitor``: report how a block or a function ended, without a ``try`` in each script."""

from __future__ import annotations

import functools
from types import TracebackType
from typing import Any, Callable, List, Optional, Type, TypeVar, Union, overload

from .failure import describe_failure, is_success
from .report import new_run_id, report_job_status

Function = TypeVar("Function", bound=Callable[..., Any])


class Run:
    """One run inside ``with monitor() as run``.

    Set ``message`` to say something with the result; ``run_id`` names the run in the report.
    """

    def __init__(self) -> None:
        self.run_id: str = new_run_id()
        self.message: Optional[str] = None


class Monitor:
    """What ``monitor()`` gives: a context manager, and a decorator for functions and coroutine functions."""

    def __init__(self, job_key: Optional[str] = None, title: Optional[str] = None) -> None:
        self._job_key = job_key
        self._title = title
        self._runs: List[Run] = []

    def __enter__(self) -> Run:
        run = Run()
        self._runs.append(run)
        return run

    def __exit__(
        self,
        exception_type: Optional[Type[BaseException]],
        exception: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        run = self._runs.pop()
        if exception is None or is_success(exception):
            status, message = "success", run.message
        else:
            status, message = "error", describe_failure(exception, traceback, run.message, leaving_out=__file__)
        report_job_status(status, message, job_key=self._job_key, title=self._title, run_id=run.run_id)

    def __call__(self, function: Function) -> Function:
        return _watched(function, self._job_key, self._title)


@overload
def monitor(job_key: Function) -> Function: ...


@overload
def monitor(job_key: Optional[str] = None, title: Optional[str] = None) -> Monitor: ...


def monitor(job_key: Union[Function, str, None] = None, title: Optional[str] = None) -> Union[Function, Monitor]:
    """Report a run as ``success`` if what it surrounds ends well, and as ``error`` if it does not.

    Use it as ``with monitor("key", "題名") as run:``, ``@monitor("key", "題名")`` or ``@monitor``. What is
    not given comes from ``TC_PORTAL_JOB_KEY`` and ``TC_PORTAL_JOB_TITLE``. Every exception goes on as if
    ``monitor`` were not there. ``SystemExit`` without a code or with 0 is a success; ``SystemExit`` with
    anything else, ``KeyboardInterrupt`` and every other exception is an error.

    Raises ``TypeError`` when it decorates a generator function, whose call ends before its work begins.
    """
    if callable(job_key):
        return _watched(job_key, None, title)
    return Monitor(job_key, title)


def _watched(function: Function, job_key: Optional[str], title: Optional[str]) -> Function:
    import inspect

    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError("monitor() cannot decorate a generator function; use `with monitor():` inside it")

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def watched_coroutine(*args: Any, **kwargs: Any) -> Any:
            with Monitor(job_key, title):
                return await function(*args, **kwargs)

        return watched_coroutine  # type: ignore[return-value]

    @functools.wraps(function)
    def watched(*args: Any, **kwargs: Any) -> Any:
        with Monitor(job_key, title):
            return function(*args, **kwargs)

    return watched  # type: ignore[return-value]
