"""Why a message did not arrive, in words, and what of it may be kept."""

from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from alert_messages import NOON
from tc_portal.alerts import trouble as troubles
from tc_portal.alerts.secrets import opened, sealed, without_secrets
from tc_portal.alerts.trouble import Trouble, as_kept, kept_trouble, trouble_in_words
from tc_portal.core.wording import Wording


@pytest.mark.parametrize("kind", get_args(troubles.Kind))
@pytest.mark.parametrize("status", [0, 400, 401, 404, 429, 500])
def test_every_trouble_is_said_in_both_languages(kind: troubles.Kind, status: int) -> None:
    trouble = Trouble(kind=kind, status=status, detail="x")
    ja, en = (trouble_in_words(trouble, Wording(language, ZoneInfo("Asia/Tokyo"), NOON)) for language in ("ja", "en"))
    assert ja != en
    assert en.isascii()
    assert kept_trouble(as_kept(trouble)) == trouble


def test_what_cannot_be_read_back_is_still_a_trouble() -> None:
    assert kept_trouble("") is None
    assert kept_trouble("not json") == Trouble(kind="unexpected")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("see https://hooks.slack.com/services/T0/B0/abc now", "see … now"),
        ("token xoxb-1234567890-abcdefghij is revoked", "token … is revoked"),
        ("bad password hunter2", "bad password …"),
        ("line one\nline two\x1b[31m", "line one line two [31m"),
        ("ユーザーがいません", "ユーザーがいません"),
        ("Internationalization", "Internationalization"),
    ],
)
def test_addresses_tokens_and_known_secrets_are_taken_out(said: str, kept: str) -> None:
    assert without_secrets(said, ["hunter2"]) == kept


def test_a_long_answer_is_cut() -> None:
    assert len(without_secrets("very " * 1000)) == 300


def test_settings_are_kept_encrypted_and_read_back_after_a_change_of_key(settings: object) -> None:
    first = settings.SECRET_KEY  # type: ignore[attr-defined]
    kept = sealed({"token": "とても秘密"})
    assert "秘密" not in kept
    assert kept != sealed({"token": "とても秘密"})
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [first]  # type: ignore[attr-defined]
    assert opened(kept) == {"token": "とても秘密"}
