"""How long ago, in words: as date-fns' formatDistanceToNow with a suffix words it, in both languages."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from job_rows import NOW, a_job
from tc_portal.jobs.models import Run
from tc_portal.web.relative_time import ago
from tc_portal.web.templatetags.portal import took

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

DISTANCES = [
    (0 * SECOND, "約1分前", "less than a minute ago"),
    (29 * SECOND, "約1分前", "less than a minute ago"),
    (30 * SECOND, "1分前", "1 minute ago"),
    (89 * SECOND, "1分前", "1 minute ago"),
    (90 * SECOND, "2分前", "2 minutes ago"),
    (150 * SECOND, "3分前", "3 minutes ago"),
    (44 * MINUTE + 29 * SECOND, "44分前", "44 minutes ago"),
    (44 * MINUTE + 30 * SECOND, "約1時間前", "about 1 hour ago"),
    (89 * MINUTE, "約1時間前", "about 1 hour ago"),
    (90 * MINUTE, "約2時間前", "about 2 hours ago"),
    (149 * MINUTE, "約2時間前", "about 2 hours ago"),
    (150 * MINUTE, "約3時間前", "about 3 hours ago"),
    (3 * HOUR, "約3時間前", "about 3 hours ago"),
    (DAY - MINUTE, "約24時間前", "about 24 hours ago"),
    (DAY, "1日前", "1 day ago"),
    (42 * HOUR - MINUTE, "1日前", "1 day ago"),
    (42 * HOUR, "2日前", "2 days ago"),
    (60 * HOUR, "3日前", "3 days ago"),
    (29 * DAY, "29日前", "29 days ago"),
    (30 * DAY, "約1か月前", "about 1 month ago"),
    (44 * DAY, "約1か月前", "about 1 month ago"),
    (45 * DAY, "約2か月前", "about 2 months ago"),
    (60 * DAY, "2か月前", "2 months ago"),
    (75 * DAY, "3か月前", "3 months ago"),
    (364 * DAY, "12か月前", "12 months ago"),
]
SINCE = [
    (datetime(2025, 3, 1, 12, 0, tzinfo=UTC), "約1年前", "about 1 year ago"),
    (datetime(2024, 12, 1, 12, 1, tzinfo=UTC), "約1年前", "about 1 year ago"),
    (datetime(2024, 12, 1, 12, 0, tzinfo=UTC), "1年以上前", "over 1 year ago"),
    (datetime(2024, 6, 1, 12, 0, tzinfo=UTC), "2年近く前", "almost 2 years ago"),
    (datetime(2024, 3, 1, 12, 0, tzinfo=UTC), "約2年前", "about 2 years ago"),
    (datetime(1, 1, 2, tzinfo=UTC), "約2025年前", "about 2025 years ago"),
]
AHEAD = [
    (10 * SECOND, "約1分後", "in less than a minute"),
    (5 * MINUTE, "5分後", "in 5 minutes"),
    (3 * HOUR, "約3時間後", "in about 3 hours"),
]


@pytest.mark.parametrize(("distance", "japanese", "english"), DISTANCES)
def test_a_distance_is_worded_as_date_fns_does(distance: timedelta, japanese: str, english: str) -> None:
    assert (ago(NOW - distance, NOW, "ja"), ago(NOW - distance, NOW, "en")) == (japanese, english)


@pytest.mark.parametrize(("instant", "japanese", "english"), SINCE)
def test_years_are_counted_by_the_calendar(instant: datetime, japanese: str, english: str) -> None:
    assert (ago(instant, NOW, "ja"), ago(instant, NOW, "en")) == (japanese, english)


@pytest.mark.parametrize(("distance", "japanese", "english"), AHEAD)
def test_what_a_wrong_clock_says_lies_ahead(distance: timedelta, japanese: str, english: str) -> None:
    assert (ago(NOW + distance, NOW, "ja"), ago(NOW + distance, NOW, "en")) == (japanese, english)


@pytest.mark.parametrize("language", ["ja", "ja-jp", "en", "en-gb"])
def test_a_country_changes_nothing_of_the_words(language: str) -> None:
    assert ago(NOW - 3 * HOUR, NOW, language) == ago(NOW - 3 * HOUR, NOW, language[:2])


@pytest.mark.parametrize(("language", "words"), [("ja", "約3時間前"), ("en", "about 3 hours ago")])
@pytest.mark.parametrize("path", ["/incidents", "/jobs", "/jobs/{}"])
def test_a_page_shows_the_words_with_the_exact_local_time(
    viewer: Client, monkeypatch: pytest.MonkeyPatch, path: str, language: str, words: str
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    job = a_job("nightly", finished_at=datetime(2026, 3, 1, 9, 0, 15, tzinfo=UTC))
    shown = viewer.get(path.format(job.id), headers={"Accept-Language": language}).text
    times = re.findall(r'<time datetime="([^"]+)" title="([^"]+)">([^<]+)</time>', shown)
    assert times
    # 2026-03-01 09:00 UTC in Tokyo.
    assert set(times) == {("2026-03-01T09:00:15+00:00", "2026-03-01 18:00:15", words)}


@pytest.mark.parametrize(
    ("started", "duration"),
    [
        (None, "–"),
        (NOW + SECOND, "–"),
        (NOW, "0.0 s"),
        (NOW - timedelta(seconds=4.21), "4.2 s"),
        (NOW - MINUTE, "0:01:00"),
        (NOW - timedelta(hours=27, minutes=2, seconds=3), "27:02:03"),
    ],
)
def test_how_long_a_run_took(started: datetime | None, duration: str) -> None:
    assert took(Run(started_at=started, finished_at=NOW)) == duration
