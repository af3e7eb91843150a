"""The config file of the machine: what holds for every job of this PC, without a restart of anything."""

from __future__ import annotations

import os
import sys
from typing import Dict, NamedTuple, Optional, Tuple

CONFIG = "TC_PORTAL_CONFIG"
NO_CONFIG = "none"
ENCODINGS = ("utf-8-sig", "cp932")

TEXTS = ("url", "secret", "spool_dir", "proxy", "ca_file")
NUMBERS = ("timeout", "spool_max_reports", "spool_max_mb")
LISTS = ("mask",)
# Not for a whole machine: the jobs would share one entry.
PER_JOB = ("job_key", "title")


class Words(NamedTuple):
    """The same in Japanese and in English."""

    ja: str
    en: str


class ConfigFile(NamedTuple):
    """What the file says. ``path`` is empty where there is none; ``problems`` are lines for whoever keeps it."""

    path: str = ""
    values: Dict[str, object] = {}
    problems: Tuple[Words, ...] = ()

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return value.strip() if isinstance(value, str) else ""

    def number(self, name: str) -> Optional[float]:
        value = self.values.get(name)
        return float(value) if isinstance(value, (int, float)) else None

    def texts(self, name: str) -> Tuple[str, ...]:
        value = self.values.get(name)
        return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def default_path() -> str:
    """Where the file stands unless ``TC_PORTAL_CONFIG`` names another."""
    if sys.platform == "win32":
        return os.path.join(os.environ.get("PROGRAMDATA") or r"C:\ProgramData", "TCPortal", "config.json")
    return "/etc/tc-portal/config.json"


def read_config() -> ConfigFile:
    """Read the file; never raises. A value that cannot be used is left out, and told in ``problems``."""
    told = os.environ.get(CONFIG, "").strip()
    if told.lower() == NO_CONFIG:
        return ConfigFile()
    path = told or default_path()
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return ConfigFile(path, {}, (_unreadable(path, "ありません", "it is not there"),)) if told else ConfigFile()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return ConfigFile(path, {}, (_unreadable(path, reason, reason),))
    return _parsed(path, data)


def _parsed(path: str, data: bytes) -> ConfigFile:
    import json

    try:
        members = json.loads(_config_text(data))
    except RecursionError:
        return ConfigFile(path, {}, (_unreadable(path, "入れ子が深すぎます", "it is nested too deeply"),))
    except ValueError as error:
        return ConfigFile(path, {}, (_broken(path, error),))
    if not isinstance(members, dict):
        reason = _unreadable(path, '{"url": …} の形ではありません', 'it is not of the form {"url": …}')
        return ConfigFile(path, {}, (reason,))
    values: Dict[str, object] = {}
    problems = []
    for name, value in members.items():
        problem = _problem(name, value)
        if problem is None:
            values[name] = value
        else:
            problems.append(Words(f"設定ファイル {path}: {problem.ja}", f"config file {path}: {problem.en}"))
    return ConfigFile(path, values, tuple(problems))


def _problem(name: str, value: object) -> Optional[Words]:
    if name in TEXTS:
        if isinstance(value, str):
            return None
        return Words(f'{name} は "…" で囲んだ文字列にしてください', f'{name} must be text in "…"')
    if name in NUMBERS:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < float("inf"):
            return None
        return Words(f"{name} は 0 より大きい数にしてください", f"{name} must be a number above 0")
    if name in LISTS:
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return None
        return Words(f'{name} は ["…", "…"] の形にしてください', f'{name} must be of the form ["…", "…"]')
    if name in PER_JOB:
        return Words(
            f'{name} はここには書けません（スクリプトごとに monitor("識別子", "題名") や --key で指定してください）',
            f'{name} cannot stand here (give each script its own by monitor("key", "title") or --key)',
        )
    return Words(f"{name} という項目はありません", f"there is no {name}")


def _config_text(data: bytes) -> str:
    """The file as text: UTF-8, or what Notepad writes besides. Raises ``ValueError``."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("neither UTF-8 nor Shift_JIS")


def _broken(path: str, error: ValueError) -> Words:
    line = getattr(error, "lineno", None)
    if line is None:
        return _unreadable(path, "UTF-8 でも Shift_JIS でもありません", str(error))
    ja, en = f"{line} 行目が JSON として読めません", f"line {line} is not JSON"
    if "escape" in str(error):
        ja, en = f"{ja}（\\ は \\\\ か / と書いてください）", f"{en} (write \\\\ or / for \\)"
    return _unreadable(path, ja, en)


def _unreadable(path: str, ja: str, en: str) -> Words:
    return Words(f"設定ファイル {path} は使えません: {ja}", f"config file {path} cannot be used: {en}")
