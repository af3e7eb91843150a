"""The tasks in ``schtasks /Query /V /FO CSV``.

Its 28 columns keep their order in every language, so that they go by their places. Only the first seven are
looked at: in the ninth, the command, quotation marks are not doubled, and no CSV reader would find what follows it.
"""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional

COLUMNS_READ = 7


class ListedTask(NamedTuple):
    """A row, as text: the name of the PC, the task's path, when it runs next, when it ran last and with which result."""

    host: str
    path: str
    next_run: str
    last_run: str
    last_result: str


def listed_tasks(text: str) -> List[ListedTask]:
    """The tasks of the list, each once although it has a row a trigger; headings in whatever language are passed over."""
    found: Dict[str, ListedTask] = {}
    for line in text.splitlines():
        fields = line.strip().lstrip("\ufeff").split('","', COLUMNS_READ)
        if len(fields) < COLUMNS_READ or not fields[0].startswith('"') or not fields[1].startswith("\\"):
            continue
        host, path, next_run, _status, _logon_mode, last_run, last_result = fields[:COLUMNS_READ]
        found.setdefault(path.lower(), ListedTask(host.lstrip('"'), path, next_run, last_run, last_result.rstrip('"')))
    return list(found.values())


def result_of(text: str) -> Optional[int]:
    """A result as the Task Scheduler means it, from 0 to 2³²-1: it may be written signed, or in hexadecimal."""
    try:
        return int(text.strip(), 0) & 0xFFFFFFFF
    except ValueError:
        return None
