"""Every reason in one sentence, in either language, at the reader's moment and in the reader's time zone."""

import re
from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from tc_portal.core.reason import (
    AnyReason,
    Failed,
    NeverRan,
    NoHeartbeat,
    NoReport,
    Paused,
    PortalWasAway,
    Running,
    RunsTooLong,
    Succeeded,
    TooFast,
)
from tc_portal.core.reason_words import reason_in_words
from tc_portal.core.wording import Wording

# In Tokyo it is the 3rd of March, 12:00.
NOON = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    """An instant by Tokyo's clock."""
    return datetime(2026, 3, 3, hour, minute, tzinfo=ZoneInfo("Asia/Tokyo")).astimezone(UTC) + timedelta(days=days)


SENTENCES: list[tuple[AnyReason, datetime | None, str, str]] = [
    (
        NoReport(due=at(3), grace=30 * MINUTE, last_success=at(3, 4, days=-1)),
        None,
        "03:00 の予定から猶予 30 分を過ぎても報告がありません（前回の成功: 昨日 03:04）",
        "The run due at 03:00 has not been reported, even after its grace of 30 minutes "
        "(last success: yesterday at 03:04)",
    ),
    (
        NoReport(due=at(3), grace=timedelta(), slots=3),
        None,
        "03:00 の予定の報告がありません。3 回続けて未報告です（成功した実行はまだありません）",
        "The run due at 03:00 has not been reported; 3 runs in a row are missed (it has never succeeded yet)",
    ),
    (
        Succeeded(finished_at=at(3, 4)),
        None,
        "最後の実行は 03:04 に成功しました",
        "The last run succeeded at 03:04",
    ),
    (
        Succeeded(finished_at=at(3, 4), late_for=at(3)),
        None,
        "03:00 の予定の報告が、期限を過ぎてから届きました（遅着、03:04 に成功）",
        "The report of the run due at 03:00 came late; the run succeeded at 03:04",
    ),
    (
        Failed(finished_at=at(3, 4)),
        at(3, 4),
        "03:04 に終わった実行が失敗しました",
        "The run that ended at 03:04 failed",
    ),
    (
        Failed(finished_at=at(3, 4), failures=3),
        at(3, 1, days=-2),
        "3 月 1 日 03:01 から 3 回続けて失敗しています（最終: 03:04）",
        "It has failed 3 times in a row since 1 Mar at 03:01, last at 03:04",
    ),
    (
        Failed(finished_at=at(3, 4)),
        at(3, 1, days=-1),
        "昨日 03:01 から失敗が続いています（最終: 03:04）",
        "It has been failing since yesterday at 03:01, last at 03:04",
    ),
    (
        TooFast(finished_at=at(3, 4), took=timedelta(seconds=2), minimum=MINUTE),
        None,
        "03:04 に成功と報告されましたが、所要時間 2 秒が最小実行時間 1 分より短く、正しく動いていないおそれがあります",
        "A success was reported at 03:04, but it took 2 seconds, less than the minimum runtime of 1 minute",
    ),
    (Running(started_at=at(11)), None, "11:00 から実行中です", "Running since 11:00"),
    (
        Running(started_at=at(11), limit=at(13)),
        None,
        "11:00 から実行中です（上限: 13:00）",
        "Running since 11:00 (limit: 13:00)",
    ),
    (
        RunsTooLong(run_id="r", started_at=at(9), limit=at(10, 30)),
        None,
        "09:00 に始まった実行が、上限の 1 時間 30 分（10:30）を過ぎても終わっていません",
        "The run that began at 09:00 has not ended by its limit of 1 hour 30 minutes (10:30)",
    ),
    (
        NoHeartbeat(run_id="r", started_at=at(9), heard_at=at(9, 30), every=timedelta(minutes=5), limit=at(9, 45)),
        None,
        "09:00 に始まった実行から、09:30 を最後にハートビート（5 分ごと）が届いていません。"
        "強制終了されたか、ネットワークから切り離されています",
        "The run that began at 09:00 has sent no heartbeat since 09:30, though it promised one every 5 minutes: "
        "it was killed, or is cut off from the network",
    ),
    (
        PortalWasAway(due=at(3), away_from=at(2, 50), away_until=at(3, 20), drained_at=at(13)),
        None,
        "03:00 の予定は監視停止（02:50〜03:20）と重なりました。たまった報告が 13:00 まで届くことがあるため、判定はその後です",
        "The run due at 03:00 fell into a time when the portal was away (02:50 to 03:20); reports kept meanwhile may "
        "still arrive until 13:00, and it is judged then",
    ),
    (
        Paused(since=at(10, days=-1)),
        None,
        "昨日 10:00 から一時停止しています",
        "Paused since yesterday at 10:00",
    ),
    (NeverRan(), None, "まだ一度も報告がありません", "Nothing has been reported yet"),
    (
        NeverRan(due=at(3, days=1)),
        None,
        "まだ一度も実行されていません（次の予定: 明日 03:00）",
        "It has not run yet (next due tomorrow at 03:00)",
    ),
    (
        NeverRan(due=at(11, 55)),
        None,
        "まだ一度も実行されていません（11:55 の予定の報告を待っています）",
        "It has not run yet (waiting for the report of the run due at 11:55)",
    ),
]


@pytest.mark.parametrize(("reason", "since", "ja", "en"), SENTENCES, ids=[ja[:20] for _, _, ja, _ in SENTENCES])
def test_a_reason_is_told_in_either_language(reason: AnyReason, since: datetime | None, ja: str, en: str) -> None:
    zone = ZoneInfo("Asia/Tokyo")
    assert reason_in_words(reason, Wording("ja", zone, NOON), since) == ja
    assert reason_in_words(reason, Wording("en", zone, NOON), since) == en


def test_every_reason_has_its_sentence() -> None:
    assert {type(reason) for reason, *_ in SENTENCES} == set(get_args(AnyReason))
    assert all(JAPANESE.search(ja) and not JAPANESE.search(en) for _, _, ja, en in SENTENCES)


def test_instants_are_those_of_the_readers_zone() -> None:
    reason = Succeeded(finished_at=at(3, 4))
    assert reason_in_words(reason, Wording("en", ZoneInfo("Europe/Berlin"), NOON)).endswith("yesterday at 19:04")


@pytest.mark.parametrize(
    ("instant", "ja", "en"),
    [
        (at(0), "00:00", "at 00:00"),
        (at(23, 59, days=-1), "昨日 23:59", "yesterday at 23:59"),
        (at(0, days=2), "3 月 5 日 00:00", "on 5 Mar at 00:00"),
        (at(12, days=-365), "2025 年 3 月 3 日 12:00", "on 3 Mar 2025 at 12:00"),
    ],
)
def test_an_instant_is_told_as_short_as_is_clear(instant: datetime, ja: str, en: str) -> None:
    zone = ZoneInfo("Asia/Tokyo")
    assert (Wording("ja", zone, NOON).when(instant), Wording("en", zone, NOON).when(instant)) == (ja, en)


@pytest.mark.parametrize(
    ("duration", "en"),
    [
        (timedelta(), "less than a second"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(minutes=90), "1 hour 30 minutes"),
        (timedelta(days=2, seconds=5), "2 days"),
        (timedelta(days=1, hours=2, minutes=3), "1 day 2 hours"),
        (-HOUR, "less than a second"),
    ],
)
def test_a_duration_is_told_by_its_two_largest_units(duration: timedelta, en: str) -> None:
    assert Wording("en", ZoneInfo("Asia/Tokyo"), NOON).span(duration) == en
