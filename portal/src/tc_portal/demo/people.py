"""The people of the sample data: what they did about its incidents, then and now."""

from collections.abc import Sequence
from datetime import datetime
from itertools import cycle

from tc_portal.alerts.acting import record_action
from tc_portal.alerts.following import follow
from tc_portal.core.incident import Acknowledged, Assigned, Closed, Commented, Muted
from tc_portal.core.incident_now import IncidentNow
from tc_portal.jobs.models import Incident, IncidentNotice

from .present import HOUR, MINUTE

PEOPLE = ("tanaka", "sato", "suzuki")
# By what the error says: what they wrote when they began, and when it was over.
NOTES = {
    "LoginError": ("パスワード切れのようです。確認します", "再ログインで復旧。パスワードの期限を 90 日後に延長した"),
    "TimeoutError": ("相手側が重いようです。様子を見ます", "相手先のメンテナンスだった。次の回で自然に復旧"),
    "OperationalError": ("DB サーバーを確認中", "DB サーバーの再起動で復旧。自動更新の時間と重なっていた"),
    "UnicodeDecodeError": ("仕入先に文字コードを問い合わせ中", "仕入先に UTF-8 で送り直してもらい復旧"),
    "OSError": ("バックアップ先の空きを確認します", "古い世代を消して空きを作った。次の回から成功"),
    "AttributeError": ("画面が変わったかもしれません", "サイトの改修に合わせて取得箇所を直した"),
}
# Jobs that fail now, and how somebody is at them.
ACKNOWLEDGED, ASSIGNED, MUTED, CLOSED = (
    "sales-ec-orders",
    "web-subsidy-watch",
    "backup-fileserver",
    "stock-supplier-csv",
)


def care(now: datetime) -> None:
    """Have the sample incidents acknowledged, explained and closed."""
    people = cycle(PEOPLE)
    for incident in Incident.objects.exclude(resolved_at=None).exclude(gist=None).order_by("opened_at"):
        _tell_the_past(incident, next(people))
    open_now = {row.job.job_key: row for row in Incident.objects.select_related("job").filter(resolved_at=None)}
    for key in (ACKNOWLEDGED, ASSIGNED, MUTED, CLOSED):
        if key in open_now:
            _tell_the_present(open_now[key], key, now)
    follow_quietly(now)


def _tell_the_past(incident: Incident, person: str) -> None:
    notes = _notes(incident)
    lasted = incident.resolved_at - incident.opened_at
    if lasted < 20 * MINUTE:
        return
    first, last = notes
    began = incident.opened_at + min(lasted / 3, 45 * MINUTE)
    seen = {"error_since": incident.opened_at, "news_at": incident.opened_at}
    _record(incident, Acknowledged(at=began, by=person, note=first, **seen))
    _record(incident, Commented(at=incident.resolved_at + 5 * MINUTE, by=person, note=last))


def _notes(incident: Incident) -> tuple[str, str]:
    return next(
        (said for error, said in NOTES.items() if error in (incident.gist or "")), ("確認します", "復旧を確認した")
    )


def _tell_the_present(incident: Incident, key: str, now: datetime) -> None:
    since = incident.error_since or incident.opened_at
    begun = max(since + MINUTE, now - 2 * HOUR)
    seen = {"error_since": since, "news_at": since}
    if key == CLOSED:
        _record(
            incident,
            Closed(at=begun, by="suzuki", seen_until=now, error_since=since, note="仕入先の都合で今週は届かない"),
        )
        return
    if key == MUTED:
        _record(incident, Muted(at=begun, by="sato", until=now + 5 * HOUR))
        _record(incident, Commented(at=begun + MINUTE, by="sato", note="ディスクの増設待ち。夕方に作業します"))
        return
    until = now + 6 * HOUR if key == ACKNOWLEDGED else None
    _record(incident, Acknowledged(at=begun, by="tanaka", until=until, note=_notes(incident)[0], **seen))
    if key == ASSIGNED:
        _record(incident, Assigned(at=begun + MINUTE, by="tanaka", to="suzuki"))
        _record(
            incident,
            Commented(at=begun + 10 * MINUTE, by="suzuki", note="一覧の class 名が変わっていた。直して再実行します"),
        )


def _record(incident: Incident, action: Acknowledged | Assigned | Closed | Commented | Muted) -> None:
    record_action(incident.job_id, incident.opened_at, action)
    IncidentNotice.objects.create(job_id=incident.job_id)


def follow_quietly(now: datetime) -> None:
    """Look what has become of the incidents, and tell nobody: they are not real."""

    def tell_nobody(found: Sequence[IncidentNow], now: datetime) -> None:
        pass

    while follow(now, tell_nobody):
        pass
