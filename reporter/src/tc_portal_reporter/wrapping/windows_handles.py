"""Questions about this process's streams that only Windows itself can answer."""

from __future__ import annotations

import os
import sys


def are_same_object(first: int, second: int) -> bool:
    """Whether two open files are one, as after ``2>&1``; False where Windows cannot tell."""
    if sys.platform != "win32":
        return False
    if os.isatty(first) and os.isatty(second):
        return True
    try:
        import ctypes
        import msvcrt

        compare = ctypes.WinDLL("kernelbase").CompareObjectHandles
        compare.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        return bool(compare(msvcrt.get_osfhandle(first), msvcrt.get_osfhandle(second)))
    except (ImportError, OSError, AttributeError):
        # Before Windows 10. Files have a number there, pipes have none.
        one, other = os.fstat(first), os.fstat(second)
        return one.st_ino != 0 and (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
