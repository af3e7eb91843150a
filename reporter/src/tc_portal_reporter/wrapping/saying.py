"""What the wrapper itself has to say. Standard output is the command's alone, so it is said on standard error."""

from __future__ import annotations

import sys


def complain(line: str) -> None:
    """Write ``line`` to standard error if there is any way to."""
    try:
        encoding = sys.stderr.encoding
        sys.stderr.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        sys.stderr.flush()
    except (AttributeError, LookupError, OSError, TypeError, ValueError):
        return
