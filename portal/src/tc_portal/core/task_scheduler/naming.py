"""What a task's job is called, and what is left of a name when two are compared."""

import re
import unicodedata

from ..text import JOB_KEY_LIMIT, TITLE_LIMIT, cut, storable
from .task import Task

# Windows' own tasks, of which a PC has some two hundred.
_WINDOWS_OWN = "\\microsoft\\"

_SPACE = re.compile(r"\s+")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,4}\Z")
_BETWEEN = re.compile(r"[\\/]+")
# What would have to be quoted or escaped in a batch file or an address.
_AWKWARD = re.compile(r"[\"'%&<>|^?#;,\x00-\x1f\x7f]+")


def leaf_of(path: str) -> str:
    """The task's own name, without the folders that it stands in."""
    return path.rstrip("\\").rpartition("\\")[2]


def is_windows_own(task: Task) -> bool:
    """Whether the task came with Windows or another program of Microsoft's."""
    return task.path.lower().startswith(_WINDOWS_OWN)


def job_key_of(task: Task, prefix: str = "") -> str:
    """The key of a new job for the task: that which its arguments give to the reporter, else ``Backup-Nightly`` for
    ``\\Backup\\Nightly``, after the prefix."""
    if task.reports_as:
        return storable(task.reports_as)[:JOB_KEY_LIMIT]
    named = _AWKWARD.sub("", unicodedata.normalize("NFKC", storable(task.path)))
    named = _SPACE.sub("-", _BETWEEN.sub("-", named.strip("\\/ ").strip()))
    return (prefix + named)[:JOB_KEY_LIMIT]


def title_of(task: Task) -> str:
    """The title of a new job for the task: its own name."""
    return cut(storable(" ".join(leaf_of(task.path).split())) or task.path, TITLE_LIMIT)


def bare(name: str) -> str:
    """The letters and digits of a name: full and half width, capital and small letters are the same in it."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", name).casefold()))


def stem_of(script: str) -> str:
    """A script's name without its extension."""
    return _EXTENSION.sub("", script)


def same_host(one: str, other: str) -> bool:
    """Whether two names are the same PC's, whatever domain they are told with."""
    return bare(one.partition(".")[0]) == bare(other.partition(".")[0])
