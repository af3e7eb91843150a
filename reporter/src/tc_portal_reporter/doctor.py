"""``tc-report doctor``: the guide's troubleshooting table, walked through from this PC to the portal."""

from __future__ import annotations

from typing import Iterator

from .config_check import check_config
from .console import can_show, say
from .finding import BAD, DOUBTFUL, GOOD, Finding
from .findings import FINDINGS_EN, FINDINGS_JA
from .findings_of_this_pc import FINDINGS_OF_THIS_PC_EN, FINDINGS_OF_THIS_PC_JA
from .questions import ask_portal
from .route import check_route
from .settings import read_settings
from .spool.examining import check_spool
from .variables import check_url, check_variables

SIGNS = {GOOD: "✓", DOUBTFUL: "!", BAD: "✗"}
ASCII_SIGNS = {GOOD: "OK", DOUBTFUL: "! ", BAD: "NG"}


def examine(language: str) -> int:
    """Print what was checked, what was found and what to do, in ``"ja"`` or ``"en"``.

    Returns 0 when reports will arrive, 1 when something has to be put right. Records no run.
    """
    words = (
        {**FINDINGS_JA, **FINDINGS_OF_THIS_PC_JA} if language == "ja" else {**FINDINGS_EN, **FINDINGS_OF_THIS_PC_EN}
    )
    signs = SIGNS if can_show("✓✗") else ASCII_SIGNS
    arrow = "→" if can_show("→") else "->"
    problems = 0
    for finding in _walk():
        problems += finding.verdict == BAD
        found, _, to_do = words[finding.name].format(**finding.values).partition("\n→ ")
        say(f"{signs[finding.verdict]} {found}")
        if to_do:
            say(f"   {arrow} {to_do}")
    say("")
    say(words["not_well"].format(count=problems) if problems else words["all_well"])
    return 1 if problems else 0


def _walk() -> Iterator[Finding]:
    """The checks in the order in which a report meets what they check; the first broken one ends the walk."""
    settings = read_settings()
    for check in (check_config, check_spool, check_variables, check_url, check_route, ask_portal):
        broken = False
        for finding in check(settings):
            broken = broken or finding.verdict == BAD
            yield finding
        if broken:
            return
