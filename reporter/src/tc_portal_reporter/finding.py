"""One thing the doctor found."""

from __future__ import annotations

from typing import Dict, NamedTuple

GOOD = "good"
DOUBTFUL = "doubtful"
BAD = "bad"


class Finding(NamedTuple):
    """``name`` is a key of the texts in ``findings``, ``values`` what is filled in there."""

    verdict: str
    name: str
    values: Dict[str, str]


def good(name: str, /, **values: object) -> Finding:
    return Finding(GOOD, name, _as_text(values))


def doubtful(name: str, /, **values: object) -> Finding:
    """Something to know of, which keeps no report from arriving."""
    return Finding(DOUBTFUL, name, _as_text(values))


def bad(name: str, /, **values: object) -> Finding:
    return Finding(BAD, name, _as_text(values))


def _as_text(values: Dict[str, object]) -> Dict[str, str]:
    return {name: str(value) for name, value in values.items()}
