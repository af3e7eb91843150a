"""The lines that people paste where a job runs, quoted for the shell that they are for."""

import json
import re
import shlex
import unicodedata
from collections.abc import Callable

from django.utils.translation import gettext as _

# What cmd takes for its own wherever it stands outside quotes.
MEANS_SOMETHING_TO_CMD = frozenset("&|<>^()")
# PowerShell ends a quoted text at the typographic quotes, too.
QUOTES_OF_POWERSHELL = re.compile("(['\u2018\u2019\u201a\u201b])")


def one_line(text: str) -> str:
    """The text with each stretch of control characters and line separators as one space: no line of its own."""
    shown = "".join(" " if unicodedata.category(each) in ("Cc", "Zl", "Zp") else each for each in text)
    return re.sub(" +", " ", shown).strip() if shown != text else text


def lines_for(url: str, secret: str, job_key: str, title: str) -> dict[str, str]:
    """Lines by what they are for. ``secret`` is a placeholder: the secret itself is never shown on a page.

    Address and secret are set once a PC. Key and title are said by each script: set for a whole PC, they would make
    one job of all its scripts. Key and title become one line each; the messages are in the reader's language.
    """
    job_key, title = one_line(job_key), one_line(title)
    of_the_pc = {"TC_PORTAL_MONITOR_URL": url, "TC_PORTAL_WEBHOOK_SECRET": secret}
    of_the_job = {"TC_PORTAL_JOB_KEY": job_key, "TC_PORTAL_JOB_TITLE": title}
    return {
        "windows": "\n".join(f"setx {name} {_for_cmd(value)}" for name, value in of_the_pc.items()),
        "unix": "\n".join(f"export {name}={shlex.quote(value)}" for name, value in of_the_pc.items()),
        "python": (
            "from tc_portal_reporter import monitor\n\n"
            f"with monitor({json.dumps(job_key, ensure_ascii=False)}, {json.dumps(title, ensure_ascii=False)}):\n"
            "    main()"
        ),
        "batch": _sending(_for_batch(job_key), _for_batch(title), _for_batch),
        "shell": _sending(shlex.quote(job_key), shlex.quote(title), shlex.quote),
        "guide": "\n".join(_set_in_batch(name, value) for name, value in of_the_job.items()),
        "powershell": _powershell(_for_powershell(job_key), _for_powershell(title)),
        "curl": _curl(job_key, title),
    }


def _sending(job_key: str, title: str, quoted: Callable[[str], str]) -> str:
    return "\n".join(
        f"tc-report send {status} --key {job_key} --title {title} -m {quoted(message)}"
        for status, message in (("success", _("all done")), ("error", _("why it failed")))
    )


def _powershell(job_key: str, title: str) -> str:
    message = _for_powershell(_("all done"))
    return (
        f"$body = @{{ job_key = {job_key}; title = {title}; status = 'success'\n"
        f"  finished_at = (Get-Date).ToUniversalTime().ToString('o'); message = {message} }} | ConvertTo-Json\n"
        "Invoke-RestMethod $env:TC_PORTAL_MONITOR_URL -Method Post -ContentType 'application/json; charset=utf-8' `\n"
        "  -Headers @{ 'X-TC-Portal-Webhook-Secret' = $env:TC_PORTAL_WEBHOOK_SECRET } `\n"
        "  -Body ([Text.Encoding]::UTF8.GetBytes($body))"
    )


def _curl(job_key: str, title: str) -> str:
    named = json.dumps({"job_key": job_key, "title": title, "status": "success"}, ensure_ascii=False)
    begun = shlex.quote(named.removesuffix("}") + ', "finished_at": "')
    return (
        'curl -sS "$TC_PORTAL_MONITOR_URL" -H "X-TC-Portal-Webhook-Secret: $TC_PORTAL_WEBHOOK_SECRET" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"""  -d {begun}"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'"}}'"""
    )


def _for_cmd(value: str) -> str:
    """One argument of a program, as typed at the prompt of cmd."""
    # The program that is called reads backslashes before a quote as half as many, and an odd one as "the quote itself".
    escaped = re.sub(r'(\\*)"', r'\1\1\\"', value)
    return _kept_from_cmd(f'"{escaped}{_trailing_backslashes(value)}"')


def _for_batch(value: str) -> str:
    """One argument of a program in a batch file, where two percent signs are one."""
    return _for_cmd(value).replace("%", "%%")


def _set_in_batch(name: str, value: str) -> str:
    return _kept_from_cmd(f'set "{name}={value}"').replace("%", "%%")


def _kept_from_cmd(line: str) -> str:
    """The line with a caret before all that cmd would take for its own. To cmd each quote begins or ends a quoted part,
    whatever the program that is called makes of it."""
    kept, is_quoted = [], False
    for each in line:
        is_quoted ^= each == '"'
        kept.append("^" + each if each in MEANS_SOMETHING_TO_CMD and not is_quoted else each)
    return "".join(kept)


def _trailing_backslashes(value: str) -> str:
    return "\\" * (len(value) - len(value.rstrip("\\")))


def _for_powershell(value: str) -> str:
    return "'" + QUOTES_OF_POWERSHELL.sub(r"\1\1", value) + "'"
