"""What an alert says, on every occasion, in both languages and within each service's limits."""

import re
import uuid
from datetime import timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from alert_messages import NOON, a_message, an_incident
from tc_portal.alerts.channels.registry import KINDS
from tc_portal.alerts.markup import written, written_html
from tc_portal.alerts.sending import worded
from tc_portal.alerts.wording import letter_of, subject_of
from tc_portal.core.alert_message import AlertMessage, DigestTold, GroupedBy, JobCounted, Occasion
from tc_portal.core.reason import NoReport
from tc_portal.core.wording import Wording

PUBLIC = "https://portal.example.com"
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
JA, EN = (Wording(language, ZoneInfo("Asia/Tokyo"), NOON) for language in ("ja", "en"))
HOUR = timedelta(hours=1)


def english(number: int = 1, **given: object) -> object:
    texts = {"title": f"Job {number}", "tool": "Accounts", "gist": "Error", "output_tail": "one\ntwo\n"}
    return an_incident(number, **{**texts, **given})


def a_digest(**given: object) -> AlertMessage:
    counts = {"ran": 40, "failed": 2, "missed": 1, "unknown": 0, "still_open": 3}
    named = (JobCounted(job_id=1, title="Sales", verdict="error", since=NOON - HOUR),)
    digest = DigestTold(**{"begin": NOON - 24 * HOUR, "end": NOON, "named": named, "unnamed": 4, **counts, **given})
    return AlertMessage(occasion="digest", at=NOON, digest=digest)


def told(occasion: Occasion) -> AlertMessage:
    if occasion == "digest":
        return a_digest()
    if occasion in ("test", "not_delivered"):
        return AlertMessage(occasion=occasion, at=NOON, about="hanako")
    return a_message(occasion, english())


@pytest.mark.parametrize("occasion", get_args(Occasion))
def test_every_occasion_is_worded_in_both_languages(occasion: Occasion) -> None:
    message = told(occasion)
    ja, en = (letter_of(message, wording, PUBLIC) for wording in (JA, EN))
    texts = [f"{letter.subject}\n{written(letter, 'plain', 5000)}" for letter in (ja, en)]
    assert JAPANESE.search(texts[0])
    assert not JAPANESE.search(texts[1])
    assert ja.subject.startswith("[")
    assert texts[0] != texts[1]


def test_an_alert_says_what_why_since_when_and_where_to_go() -> None:
    incident = an_incident(
        reasons=(NoReport(due=NOON - HOUR, grace=HOUR, last_success=NOON - 25 * HOUR),), verdict="missed"
    )
    letter = letter_of(a_message("failed", incident), JA, PUBLIC)
    text = written(letter, "plain", 4000)
    assert letter.subject == "[未報告] 売上日報"
    for words in (
        "障害が発生しました。",
        "【未報告】売上日報（job-1）",
        "11:00 の予定から猶予 1 時間を過ぎても報告がありません",
        "エラー: ConnectionError: データベースに接続できません",
        "いつから: 12:00",
        "前回の成功: 昨日 12:00",
        "ツール: 経理　ホスト: PC-1",
        "出力の末尾:",
        "  ConnectionError",
        f"ポータルで見る: {PUBLIC}/incidents/1",
        f"{PUBLIC}/incidents/1?acknowledge",
    ):
        assert words in text


def test_a_recovery_says_how_long_it_lasted_and_asks_nobody_to_acknowledge() -> None:
    over = an_incident(since=NOON - 2 * HOUR, recovered_at=NOON)
    letter = letter_of(a_message("recovered", over), JA, PUBLIC)
    text = written(letter, "plain", 4000)
    assert letter.subject == "[復旧] 売上日報"
    assert "復旧: 12:00（2 時間）" in text
    assert "acknowledge" not in text
    assert "出力の末尾" not in text


def test_without_an_address_of_its_own_the_portal_gives_no_link() -> None:
    assert "http" not in written(letter_of(a_message(), JA, ""), "plain", 4000)


@pytest.mark.parametrize(
    ("rule", "ja", "en"),
    [
        ("dependency", "規則: 依存関係", "rule: dependency"),
        ("fingerprint", "規則: 同じエラー", "rule: same error"),
        ("host", "規則: ホスト", "rule: host"),
        ("tool", "規則: ツール", "rule: tool"),
    ],
)
def test_the_rule_that_grouped_is_named(rule: GroupedBy, ja: str, en: str) -> None:
    message = a_message("failed", an_incident(1), an_incident(2), grouped_by=rule, cause="PC-1", count=25)
    for wording, words in ((JA, ja), (EN, en)):
        letter = letter_of(message, wording, PUBLIC)
        assert words in " ".join(letter.lead)
        assert "PC-1" in " ".join(letter.lead)
        assert "23" in written(letter, "plain", 4000).split("\n\n")[-2]


def test_a_group_names_how_many_in_its_subject() -> None:
    message = a_message("failed", an_incident(1), an_incident(2), count=25)
    assert subject_of(message, JA) == "[失敗] 売上日報 ほか 24 件"
    assert subject_of(message, EN) == "[Failed] 売上日報 and 24 more"
    silent = a_message("failed", an_incident(1), an_incident(2), count=25, grouped_by="host", cause="PC-1")
    assert subject_of(silent, JA) == "[失敗] PC-1（25 件）"


def test_a_quiet_digest_says_that_all_is_well() -> None:
    quiet = a_digest(failed=0, missed=0, still_open=0, named=(), unnamed=0)
    assert subject_of(quiet, JA) == "[朝の一覧] すべて正常（40 件実行）"
    assert "ほか 4 件" in written(letter_of(a_digest(), JA, PUBLIC), "plain", 4000)


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_service_is_sent_more_than_it_takes_and_what_is_cut_is_seen_to_be(kind: str, language: str) -> None:
    long = "長い出力の行です。" * 40
    incidents = [
        an_incident(n, title="題" * 180, gist="エ" * 500, output_tail="\n".join([long] * 100)) for n in range(1, 11)
    ]
    message = a_message("failed", *incidents, count=200)
    chosen = KINDS[kind]
    made = worded(chosen, language, message, uuid.uuid4(), "alert:1", 1, NOON)
    assert len(made.text) <= chosen.longest_text
    assert len(made.subject) <= chosen.longest_subject
    assert "省略" in made.text or "cut" in made.text or "ほか" in made.text or "more" in made.text
    assert "\n" not in made.subject


def test_a_mails_html_holds_nothing_but_what_was_meant() -> None:
    message = a_message("failed", an_incident(title="<script>alert(1)</script>", output_tail="</pre><b>"))
    html = written_html(letter_of(message, JA, PUBLIC), 20_000)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "</pre><b>" not in html


def test_a_jobs_output_neither_calls_nor_formats_anything() -> None:
    hostile = an_incident(title="@here [toall] *x* <at>all</at>", output_tail="```\n@everyone\n[To:1]\n<!channel>\n")
    letter = letter_of(a_message("failed", hostile), JA, PUBLIC)
    assert "@everyone" not in written(letter, "discord", 5000)
    assert "[toall]" not in written(letter, "chatwork", 5000)
    assert "[To:1]" not in written(letter, "chatwork", 5000)
    assert "<at>" not in written(letter, "teams", 5000)
    assert written(letter, "slack", 5000).count("```") == 2
