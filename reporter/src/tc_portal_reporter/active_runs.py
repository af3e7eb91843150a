"""Which runs are going on in this process, and what happens to them outside of their own block."""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any, Callable, List, Optional

from .failure import describe_failure
from .run import Run

if TYPE_CHECKING:
    from threading import ExceptHookArgs

MOST_THREAD_FAILURES = 3

_here: ContextVar[Optional[Run]] = ContextVar("tc_portal_run", default=None)
_active: List[Run] = []
_hook_before: List[Callable[..., Any]] = []


def current_run() -> Run:
    """The run that goes on here; in a thread of its own, the latest one of the process.

    Where there is none, a run that nobody hears of: a function may log and measure without knowing who
    called it.
    """
    here = _here.get()
    if here is not None and here in _active:
        return here
    return _active[-1] if _active else Run()


def enter_run(run: Run) -> Token[Optional[Run]]:
    """Let ``run`` be the one that goes on here, and hear of exceptions that end threads."""
    _active.append(run)
    _watch_threads()
    return _here.set(run)


def leave_run(run: Run, token: Token[Optional[Run]]) -> None:
    """End what ``enter_run`` began."""
    if run in _active:
        _active.remove(run)
    if not _active:
        _unwatch_threads()
    try:
        _here.reset(token)
    except ValueError:
        # Left in another context than it was entered in, as test fixtures do.
        _here.set(None)


def _watch_threads() -> None:
    import threading

    if not _hook_before:
        _hook_before.append(threading.excepthook)
        threading.excepthook = _thread_failed


def _unwatch_threads() -> None:
    import threading

    if threading.excepthook is _thread_failed:
        threading.excepthook = _hook_before.pop()


def _thread_failed(args: ExceptHookArgs) -> None:
    """Note the exception for all runs: whose thread it was nobody can tell. Then it is shown as it would have been."""
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        name = getattr(args.thread, "name", "?")
        for run in tuple(_active):
            if len(run.thread_failures) < MOST_THREAD_FAILURES:
                text = describe_failure(args.exc_value, args.exc_traceback, None, leaving_out=__file__)
                what, line_end, more = text.partition("\n")
                run.thread_failures.append(f"{what}（スレッド {name}）{line_end}{more}")
    if _hook_before:
        _hook_before[0](args)
