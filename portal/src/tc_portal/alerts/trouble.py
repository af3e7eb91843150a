"""Why a message did not arrive: facts, so that they can be kept and told in either language."""

from datetime import timedelta
from typing import Literal

import msgspec

from tc_portal.core.wording import Wording

Kind = Literal[
    "answered",  # the service answered with an error
    "redirected",  # the service's address leads elsewhere
    "timed_out",
    "unknown_name",  # there is no host of that name
    "refused_address",  # a private address, which the channel does not allow
    "insecure",  # the certificate is not valid
    "disconnected",  # no connection, or it broke
    "unreadable",  # the settings cannot be decrypted
    "not_configured",  # something is missing in the settings, or in the portal's
    "switched_off",  # the channel was disabled before it could be sent
    "removed_kind",  # this portal knows no such kind of channel
    "unexpected",
]


class Trouble(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong. ``detail`` is the other side's words, without addresses and secrets. ``retry_after`` is how long
    the service asks to wait."""

    kind: Kind
    status: int = 0
    detail: str = ""
    retry_after: timedelta | None = None


class NotDelivered(Exception):
    """Sending failed. The text of the exception holds nothing secret."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.kind)
        self.trouble = trouble


def kept_trouble(text: str) -> Trouble | None:
    """The trouble that a row keeps as JSON, if it keeps one."""
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=Trouble)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return Trouble(kind="unexpected")


def as_kept(trouble: Trouble) -> str:
    return msgspec.json.encode(trouble).decode()


def trouble_in_words(trouble: Trouble, wording: Wording) -> str:
    """One sentence, and what to do where that is known."""
    ja, en = _answered(trouble.status) if trouble.kind == "answered" else _WORDS[trouble.kind]
    said = wording.say(ja=ja, en=en)
    if trouble.detail:
        said += wording.say(ja=f"（{trouble.detail}）", en=f" ({trouble.detail})")
    return said


def _answered(status: int) -> tuple[str, str]:
    if not status:
        return "サービスが受け付けませんでした", "The service did not take it"
    ja, en = f"サービスが {status} と答えました", f"The service answered {status}"
    if status in (401, 403):
        return f"{ja}。トークンや URL を作り直して設定してください", f"{en}: enter a new token or address"
    if status in (404, 410):
        return (
            f"{ja}。宛先がもうありません。設定を確かめてください",
            f"{en}: the destination is gone; check the settings",
        )
    if status == 429:
        return f"{ja}。送りすぎです", f"{en}: too many messages"
    return ja, en


_WORDS: dict[str, tuple[str, str]] = {
    "redirected": (
        "URL が別の場所へ転送されています。転送先の URL を設定してください",
        "The address redirects elsewhere, which is not followed: enter the final address",
    ),
    "timed_out": ("15 秒以内に答えがありませんでした", "There was no answer within 15 seconds"),
    "unknown_name": ("ホスト名が見つかりません", "There is no host of that name"),
    "refused_address": (
        "社内や自分自身のアドレスへは送りません。必要なら通知先の設定で許可してください",
        "The address is a private one. If that is meant, allow it in the channel's settings",
    ),
    "insecure": ("証明書が正しくありません", "The certificate is not valid"),
    "disconnected": ("接続できないか、途中で切れました", "No connection, or it broke"),
    "unreadable": (
        "設定を復号できません。設定を入力し直してください",
        "The settings cannot be decrypted: enter them again",
    ),
    "not_configured": ("設定が足りません", "Something is missing in the settings"),
    "switched_off": ("通知先が無効にされました", "The channel was switched off"),
    "removed_kind": ("この種類の通知先はもうありません", "There is no such kind of channel any more"),
    "unexpected": ("送れませんでした", "It could not be sent"),
}
