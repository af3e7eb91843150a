"""What a setting may be: each check says what is wrong, in both languages, or None."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from .kind import Said

_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")


def is_web_address(value: str) -> Said | None:
    """http or https, with a host and without a name and password in it."""
    wrong = Said("https:// で始まる URL を入力してください。", "Enter an address that begins with https://.")
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return wrong
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or not value.isascii() or " " in value:
        return wrong
    if parts.username or parts.password:
        return Said("URL にユーザー名やパスワードは書けません。", "The address must not hold a user name or password.")
    return None


def are_mail_addresses(value: str) -> Said | None:
    if all(_MAIL.fullmatch(each) for each in mail_addresses(value)) and mail_addresses(value):
        return None
    return Said("メールアドレスをコンマ区切りで入力してください。", "Enter mail addresses, separated by commas.")


def mail_addresses(value: str) -> list[str]:
    return [each for each in re.split(r"[\s,;、]+", value) if each]


def is_like(pattern: str, ja: str, en: str) -> Callable[[str], Said | None]:
    """A check for the whole value's form."""
    form = re.compile(pattern, re.ASCII)

    def check(value: str) -> Said | None:
        return None if form.fullmatch(value) else Said(ja, en)

    return check


def is_token(value: str) -> Said | None:
    """One word of printable ASCII: it travels in a header."""
    if re.fullmatch(r"[!-~]+", value):
        return None
    return Said("空白や全角文字は使えません。", "It must not hold spaces or characters other than ASCII.")
