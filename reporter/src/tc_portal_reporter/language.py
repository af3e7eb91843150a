"""In which language to speak to whoever runs the command."""

from __future__ import annotations

import os
import sys

from .console import can_show


def language() -> str:
    """``"en"`` if the user's locale is clearly another than Japanese or the console has no Japanese, else ``"ja"``."""
    return "ja" if _may_be_japanese() and can_show("日本語") else "en"


def _may_be_japanese() -> bool:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return value.startswith(("ja", "C.", "POSIX")) or value == "C"
    return _windows_may_speak_japanese()


def _windows_may_speak_japanese() -> bool:
    if sys.platform != "win32":
        return True
    try:
        import ctypes

        primary_language = ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF
    except (ImportError, AttributeError, OSError):
        return True
    return bool(primary_language == 0x11)
