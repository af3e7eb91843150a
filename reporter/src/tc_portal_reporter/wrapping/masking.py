"""What must not leave the PC is taken out of a text: known secrets, and what looks like one.

Known are the webhook secret and the values of variables named like passwords, tokens and keys. What
looks like one: ``password=…``, ``user:password@`` in an address, ``Bearer …``, private keys, the
tokens of well-known services, and whatever the user's own patterns match.
"""

from __future__ import annotations

from typing import Callable, Iterable, Iterator, List, Mapping, Set, Tuple

MASK = "***"
SHORTEST_SECRET = 6
SHORTEST_KEY = 8
SHORTEST_LINE = 12

SECRET_NAMES = (
    r"PASSWORD|PASSWD|PASSPHRASE|PASSCODE|SECRET|TOKEN|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CONN(?:ECTION)?_?STR"
    r"|(?:^|[_.-])(?:PASS|PWD|PIN|AUTH)\d*$"
)
KEY_NAMES = r"(?:^|[_.-])KEY\d*$"
INNOCENT_NAMES = r"^(?:OLD)?PWD$|^TC_PORTAL_JOB_KEY$|(?:FILE|PATH|DIR|SOCK|NAME|USER|HOST)$"

VALUE = r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[^\s"'&;]+)"""
NAMES_IN_TEXT = (
    r"pass(?:word|wd|phrase|code)|(?<![a-z])pwd|secret|token|credentials?|(?:api|access|account|private|secret|shared)[_-]?key"
    r"|(?<![a-z])sig(?:nature)?|パスワード|暗証番号|トークン|秘密鍵"
)
PATTERNS = (
    r"(?i:%s)[\"']?[ \t]*(?:=>|[:=：＝])[ \t]*(%s)" % (NAMES_IN_TEXT, VALUE),
    r"(?i:\bpass)(?:[\"'][ \t]*[:=]|[ \t]*=)[ \t]*(%s)" % VALUE,
    r"(?i:--?(?:password|passwd|pass|passphrase|token|secret|api-?key))[ \t]+(?!-)(%s)" % VALUE,
    r"(?i:<(?:%s)>)([^<\n]+)" % NAMES_IN_TEXT,
    r"://([^\s/'\"<>]+)@",
    r"(?i:\b(?:bearer|basic))[ \t]+([A-Za-z0-9+/=._~-]{8,})",
    r"(?s:-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\Z))",
    r"\b(eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)",
    r"\b((?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}"
    r"|AIza[\w-]{30,}|sk-[\w-]{20,})",
)

Mask = Callable[[str], str]
Span = Tuple[int, int]


def masking(secrets: Iterable[str], own_patterns: Iterable[str] = ()) -> Mask:
    """A function that replaces in a text all that is secret by ``***``.

    ``secrets`` are found wherever they stand, also percent-encoded or escaped as in JSON. Of
    ``own_patterns``, regular expressions, what their groups match is replaced, or all that they match
    where they have no group; one that is no regular expression is passed over (``bad_patterns``).
    """
    return _mask_of(secrets, (*PATTERNS, *own_patterns))


def masking_of_own(own_patterns: Iterable[str]) -> Mask:
    """``masking`` by the user's own patterns alone: for what a script says in its own words, where guessing would do harm."""
    return _mask_of((), own_patterns)


def _mask_of(secrets: Iterable[str], expressions: Iterable[str]) -> Mask:
    import re

    known = sorted(_forms(secrets), key=len, reverse=True)
    patterns = [re.compile(pattern) for pattern in expressions if not bad_patterns([pattern])]

    def mask(text: str) -> str:
        spans: List[Span] = []
        for secret in known:
            spans.extend(_places(text, secret))
        for pattern in patterns:
            for found in pattern.finditer(text):
                groups = range(1, pattern.groups + 1) if pattern.groups else (0,)
                spans.extend(found.span(group) for group in groups if found.start(group) < found.end(group))
        return _without(text, spans)

    return mask


def bad_patterns(patterns: Iterable[str]) -> List[str]:
    """Those of ``patterns`` that are no regular expressions."""
    import re

    bad = []
    for pattern in patterns:
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError):
            bad.append(pattern)
    return bad


def secrets_in(variables: Mapping[str, str]) -> Set[str]:
    """The values in the environment that are secrets by their variables' names, and the passwords of addresses."""
    import re

    secrets = set()
    for name, value in variables.items():
        name, value = name.upper(), value.strip()
        if re.search(INNOCENT_NAMES, name):
            continue
        if re.search(SECRET_NAMES, name) or (re.search(KEY_NAMES, name) and _is_like_a_key(value)):
            secrets.add(value)
        for password in re.findall(r"://[^\s/:@]*:([^\s/]+)@", value):
            secrets.add(password)
    return {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}


def _is_like_a_key(value: str) -> bool:
    """Much is called a key that is none, such as a column's name; a real one has digits and letters."""
    has_both = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return len(value) >= SHORTEST_KEY and has_both and " " not in value


def _forms(secrets: Iterable[str]) -> Set[str]:
    """How each secret may be written: as it is, percent-encoded, in JSON, and each line of it by itself."""
    import json
    from urllib.parse import quote, quote_plus

    forms: Set[str] = set()
    for secret in secrets:
        secret = secret.replace("\r\n", "\n").strip()
        if not secret:
            continue
        forms.add(secret)
        forms.update((quote(secret, safe="", errors="replace"), quote_plus(secret, errors="replace")))
        forms.update(json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))
        if "\n" in secret:
            forms.update(line.strip() for line in secret.split("\n") if len(line.strip()) >= SHORTEST_LINE)
    return forms


def _places(text: str, secret: str) -> Iterator[Span]:
    at = text.find(secret)
    while at >= 0:
        yield at, at + len(secret)
        at = text.find(secret, at + 1)


def _without(text: str, spans: List[Span]) -> str:
    """``text`` with one mask for each stretch that ``spans`` cover together."""
    pieces: List[str] = []
    end = 0
    for start, stop in sorted(spans):
        if start > end or not pieces:
            pieces.extend((text[end:start], MASK))
        end = max(end, stop)
    return "".join((*pieces, text[end:]))
