"""What a task runs, read from its ``<Actions>``: never the arguments themselves, which may hold passwords."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element

from ..business_days.unread import Unreadable
from ..text import JOB_KEY_LIMIT, cut
from .values import written

MANY_ACTIONS = 32
COMMAND_LIMIT = 500
SCRIPT_LIMIT = 200

# What is shown in place of a command.
_OTHER_ACTIONS = {"ComHandler": "COM", "SendEmail": "SendEmail", "ShowMessage": "ShowMessage"}
_SCRIPT = re.compile(
    r"[^\\/\"'|&<>*?\s:][^\\/\"'|&<>*?:]*\.(?:py|pyw|ps1|bat|cmd|vbs|js|sql|exe|jar|pl|rb|r|sh)\Z", re.I
)
# The programs that run other scripts: their own names say nothing.
_INTERPRETERS = re.compile(
    r"(?:python[\d.]*w?|pyw?|powershell|pwsh|cmd|cscript|wscript|conhost|bash|wsl|java|node|perl|ruby|rscript|tc-report)\.exe\Z",
    re.I,
)
_ARGUMENT = re.compile(r'"([^"]*)"|(\S+)')
_REPORTS = re.compile(r"tc[-_](?:report|portal_reporter)", re.I)
_KEY_OPTION = re.compile(r'(?:^|\s)--key[\s=]+(?:"([^"]+)"|(\S+))')


class Actions(NamedTuple):
    """``commands`` are the programs; ``scripts`` the file names of what they run; ``reports_as`` is the job key that the
    reporter is called with, empty where it is not."""

    commands: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    reports_as: str = ""


def read_actions(actions: Element | None) -> Actions:
    """What is run. Raises ``Unreadable`` where there are too many actions."""
    elements = [] if actions is None else list(actions)
    if len(elements) > MANY_ACTIONS:
        raise Unreadable(
            ja=f"Actions に操作が {len(elements)} 個あります。{MANY_ACTIONS} 個までです。",
            en=f"Actions holds {len(elements)} actions; {MANY_ACTIONS} at most.",
        )
    commands, scripts, reports_as = list[str](), dict[str, None](), ""
    for action in elements:
        if action.tag in _OTHER_ACTIONS:
            commands.append(_OTHER_ACTIONS[action.tag])
        elif action.tag == "Exec" and (command := written(action, "Command")):
            commands.append(cut(command, COMMAND_LIMIT))
            arguments = written(action, "Arguments") or ""
            scripts |= dict.fromkeys(_scripts(command, arguments))
            reports_as = reports_as or _reports_as(command, arguments)
    return Actions(tuple(commands), tuple(scripts), reports_as)


def _scripts(command: str, arguments: str) -> Iterator[str]:
    for text in (command.strip('"'), *(quoted or bare for quoted, bare in _ARGUMENT.findall(arguments))):
        name = re.split(r"[\\/]", text.strip("\"'"))[-1]
        if len(name) <= SCRIPT_LIMIT and _SCRIPT.match(name) and not _INTERPRETERS.match(name):
            yield name


def _reports_as(command: str, arguments: str) -> str:
    found = _KEY_OPTION.search(arguments) if _REPORTS.search(f"{command} {arguments}") else None
    return "" if found is None else (found[1] or found[2])[:JOB_KEY_LIMIT]
