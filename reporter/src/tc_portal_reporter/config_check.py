"""Is there a config file, and is what it says of use? The doctor's look at it."""

from __future__ import annotations

import os
import sys
from typing import Iterator

from .config_file import default_path
from .finding import Finding, bad, doubtful, good
from .settings import SECRET, URL, Settings

READABLE_BY_ALL = 0o004


def check_config(settings: Settings) -> Iterator[Finding]:
    """Say which file is used and for what, and what in it does not work."""
    config = settings.config
    if not config.path:
        yield good("config_none", path=default_path())
        return
    if config.problems and not config.values:
        for problem in config.problems:
            yield bad("config_unusable", ja=problem.ja, en=problem.en)
        return
    for problem in config.problems:
        yield doubtful("config_problem", ja=problem.ja, en=problem.en)
    yield good("config_used", path=config.path, names=", ".join(config.values) or "-")
    for name, variable in (("url", URL), ("secret", SECRET)):
        value = os.environ.get(variable, "").strip()
        if config.text(name) and value and value != config.text(name):
            yield doubtful("config_before_variable", name=name, variable=variable)
    if config.text("secret") and _is_readable_by_all(config.path):
        yield doubtful("config_open", path=config.path)
    if settings.ca_file and not os.path.isfile(settings.ca_file):
        yield bad("ca_file_missing", path=settings.ca_file)
    yield from _check_patterns(settings)


def _check_patterns(settings: Settings) -> Iterator[Finding]:
    import re

    for pattern in settings.mask_patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            yield bad("mask_unreadable", pattern=pattern, error=error)


def _is_readable_by_all(path: str) -> bool:
    if sys.platform == "win32":
        return False
    try:
        return bool(os.stat(path).st_mode & READABLE_BY_ALL)
    except OSError:
        return False
