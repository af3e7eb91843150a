"""A message without what differs from one time to the next: numbers, ids, paths, times, addresses."""

import re
import unicodedata

_ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07\x1b]*(?:\x07|\x1b\\))")
_SPACE = re.compile(r"\s+")
_AROUND_A_COLON = re.compile(r" ?([:=]) ?")

# A code says what went wrong: HTTP 404 is not HTTP 500. Its digits are kept, as letters that no other rule touches.
_CODES = re.compile(
    r"""(?ix)
    (?P<word> \b(?:http(?:/\d\.\d)? (?:[ ](?:error|status|code))? | status(?:[ _]?code)? | (?:win)?error | errno | sqlstate
      | ora | tns | sql | pls | error[ ]code | exit[ ](?:code|status) | returncode | rc | hresult | code)
      | 終了コード | エラーコード | エラー番号 | ステータス(?:コード)? | 戻り値 )
    \]? [ \t]* [:=\-#]? [ \t]* \(?
    (?P<code> 0x[0-9a-f]+ | -?\d{1,10} | [a-z]{0,3}\d{2,5} ) (?![\w.:/-]*\d)
    """
)
_KEPT = str.maketrans("0123456789", "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ")

# In their order: what one rule has replaced, a later one does not see.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s\"'<>）」)]+", re.I), "<url>"),
    (re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"), "<mail>"),
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.I), "<id>"),
    (re.compile(r"(?<![\w.])(?:[a-z]:[\\/]|\\\\[\w.$-]+\\)[^\s\"'<>|:*?、。）」)]*", re.I), "<path>"),
    (re.compile(r"(?<![\w<.])~?(?:/[\w.@+%~-]+){2,}/?"), "<path>"),
    (re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?(?![\w.])"), "<address>"),
    (
        re.compile(r"(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}(?![\w:])|(?<![\w:])[0-9a-f:]*::[0-9a-f:]+", re.I),
        "<address>",
    ),
    (
        re.compile(
            r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[T ]?\d{1,2}[:時]\d{2}(?:[:分]\d{2}(?:[.,]\d+)?秒?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
            r"|\d{1,2}月\d{1,2}日|\b\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\b"
            r"|\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? +\d{1,2} +[a-z]{3} +\d{4}",
            re.I,
        ),
        "<time>",
    ),
    (re.compile(r"\b0x[0-9a-f]+\b", re.I), "<id>"),
    (re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,}\b", re.I), "<id>"),
    (re.compile(r"(?<![^\W_])(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{10,}(?![^\W_])", re.I), "<id>"),
    (re.compile(r"[-+−]?[¥￥$]?\d+(?:[,.]\d+)*\.?(?:%| ?[kmgt]i?b\b)?", re.I), "<n>"),
)
_SAME_AGAIN = re.compile(r"(<n>|<id>|<path>|<time>)(?:[\s,、:;_/.-]*\1)+")


def plain(text: str) -> str:
    """``text`` without a terminal's colours, with full-width letters and digits as ordinary ones."""
    return unicodedata.normalize("NFKC", _ANSI.sub("", text))


def reduced(line: str) -> str:
    """``line``, plain, with what differs each time replaced by what it is: ``<n>``, ``<id>``, ``<path>``, ``<time>`` …"""
    line = _CODES.sub(lambda found: f"{found['word']} {found['code'].translate(_KEPT)}", line)
    for pattern, replacement in _RULES:
        line = pattern.sub(replacement, line)
    line = _SPACE.sub(" ", _SAME_AGAIN.sub(r"\1", line))
    return _AROUND_A_COLON.sub(r"\1", line).strip().casefold()
