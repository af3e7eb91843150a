"""What a script says in its own words is sent without what the user's own patterns match."""

from __future__ import annotations

from typing import Dict, Mapping, Sequence

from .text import text_of
from .wrapping.masking import masking_of_own

OWN_WORDS = ("message", "progress")


def masked_words(patterns: Sequence[str], members: Mapping[str, object]) -> Dict[str, object]:
    """``members`` with message, progress and log lines masked by ``patterns``, those of the config file's ``mask``."""
    mask = masking_of_own(patterns)
    masked = dict(members)
    for name in OWN_WORDS:
        value = masked.get(name)
        if value is not None and not isinstance(value, (int, float)):
            masked[name] = mask(text_of(value))
    lines = masked.get("log")
    if isinstance(lines, list):
        masked["log"] = [{**line, "text": mask(line["text"])} for line in lines]
    return masked
