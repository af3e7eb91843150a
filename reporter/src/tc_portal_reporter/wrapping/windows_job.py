"""A job object of Windows: all processes that come from this one, whoever started them, and their common end.

This process itself enters the job before it starts the command, so that no child can be born outside.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any, List, Optional

BASIC_PROCESS_ID_LIST = 3
EXTENDED_LIMIT_INFORMATION = 9
LIMIT_BREAKAWAY_OK = 0x800
LIMIT_KILL_ON_JOB_CLOSE = 0x2000
PROCESS_TERMINATE = 0x1
PROCESS_QUERY_INFORMATION = 0x400
# Offset of LimitFlags in JOBOBJECT_EXTENDED_LIMIT_INFORMATION, after two times of 64 bits each.
LIMIT_FLAGS_OFFSET = 16
SIZE_OF_EXTENDED_LIMITS = {8: 144, 4: 112}
MOST_PROCESSES = 4_096
ENDING_SECONDS = 3.0
JOB_POLL_SECONDS = 0.05


class WindowsJob:
    """The job that this process is in; when this process dies, however that comes, the others in it do too."""

    def __init__(self, kernel32: Any, handle: int) -> None:
        self._kernel32 = kernel32
        self._handle = handle

    def release(self) -> None:
        """What the command has left running, as it would have without us, outlives this process."""
        _limit(self._kernel32, self._handle, LIMIT_BREAKAWAY_OK)

    def end_others(self) -> None:
        """End every process of the job but this one."""
        until = time.monotonic() + ENDING_SECONDS
        while True:
            others = [pid for pid in self._processes() if pid != os.getpid()]
            if not others or time.monotonic() > until:
                return
            for pid in others:
                self._end(pid)
            time.sleep(JOB_POLL_SECONDS)

    def _processes(self) -> List[int]:
        import ctypes

        class ProcessIdList(ctypes.Structure):
            _fields_ = [
                ("assigned", ctypes.c_uint32),
                ("listed", ctypes.c_uint32),
                ("pids", ctypes.c_size_t * MOST_PROCESSES),
            ]

        found = ProcessIdList()
        if not self._kernel32.QueryInformationJobObject(
            self._handle, BASIC_PROCESS_ID_LIST, ctypes.byref(found), ctypes.sizeof(found), None
        ):
            return []
        return list(found.pids[: found.listed])

    def _end(self, pid: int) -> None:
        import ctypes

        process = self._kernel32.OpenProcess(PROCESS_TERMINATE | PROCESS_QUERY_INFORMATION, False, pid)
        if not process:
            return
        is_ours = ctypes.c_int(0)
        # The number may have gone to another process in the meantime.
        if self._kernel32.IsProcessInJob(process, self._handle, ctypes.byref(is_ours)) and is_ours.value:
            self._kernel32.TerminateProcess(process, 1)
        self._kernel32.CloseHandle(process)


def enter_job() -> Optional[WindowsJob]:
    """Put this process into a job of its own; None where Windows refuses, as Windows 7 does inside another job."""
    if sys.platform != "win32":
        return None
    try:
        import ctypes

        kernel32 = _with_types(ctypes.WinDLL("kernel32"))
    except (ImportError, OSError, AttributeError):
        return None
    handle = kernel32.CreateJobObjectW(None, None)
    if not handle:
        return None
    # A program that wants to leave its job could do so without us: it goes on being able to.
    limited = _limit(kernel32, handle, LIMIT_KILL_ON_JOB_CLOSE | LIMIT_BREAKAWAY_OK)
    if not limited or not kernel32.AssignProcessToJobObject(handle, kernel32.GetCurrentProcess()):
        kernel32.CloseHandle(handle)
        return None
    return WindowsJob(kernel32, handle)


def _limit(kernel32: Any, handle: int, flags: int) -> bool:
    import ctypes

    size = SIZE_OF_EXTENDED_LIMITS[ctypes.sizeof(ctypes.c_void_p)]
    limits = flags.to_bytes(4, "little").rjust(LIMIT_FLAGS_OFFSET + 4, b"\0").ljust(size, b"\0")
    return bool(kernel32.SetInformationJobObject(handle, EXTENDED_LIMIT_INFORMATION, limits, size))


def _with_types(kernel32: Any) -> Any:
    """Handles are as wide as pointers, which ctypes does not know by itself."""
    from ctypes import c_int, c_size_t, c_uint32, c_void_p, c_wchar_p

    for name, result, arguments in (
        ("CreateJobObjectW", c_void_p, [c_void_p, c_wchar_p]),
        ("SetInformationJobObject", c_int, [c_void_p, c_int, c_void_p, c_uint32]),
        ("QueryInformationJobObject", c_int, [c_void_p, c_int, c_void_p, c_uint32, c_void_p]),
        ("AssignProcessToJobObject", c_int, [c_void_p, c_void_p]),
        ("IsProcessInJob", c_int, [c_void_p, c_void_p, c_void_p]),
        ("GetCurrentProcess", c_void_p, []),
        ("OpenProcess", c_void_p, [c_uint32, c_int, c_size_t]),
        ("TerminateProcess", c_int, [c_void_p, c_uint32]),
        ("CloseHandle", c_int, [c_void_p]),
    ):
        function = getattr(kernel32, name)
        function.restype, function.argtypes = result, arguments
    return kernel32
