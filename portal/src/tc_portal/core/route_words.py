"""Routes and hours in words, as somebody would tell a colleague what happens."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import msgspec

from .hours import EVERY_DAY, Hours
from .route import Match, Route
from .verdict import Verdict
from .wording import Wording

_WEEKDAYS_JA = "月火水木金土日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_VERDICTS: dict[Verdict, tuple[str, str]] = {
    "error": ("失敗", "failed"),
    "missed": ("未報告", "missed"),
    "overdue": ("実行超過", "overdue"),
}


class Names(msgspec.Struct, frozen=True):
    """What is called how, by id: what is not there was deleted."""

    channels: Mapping[int, str] = {}
    rosters: Mapping[int, str] = {}
    routes: Mapping[int, str] = {}
    calendars: Mapping[int, str] = {}
    tools: Mapping[UUID, str] = {}


def about_in_words(match: Match, names: Names, wording: Wording) -> str:
    """「タグ 経理 で、失敗」 or "tag 経理, failed": which incidents."""
    gone = wording.say(ja="削除済み", en="deleted")
    comma, last = wording.say(ja="、", en=", "), wording.say(ja="か", en=" or ")
    said = []
    for label, values in (
        (wording.say(ja="ジョブ", en="job"), match.jobs),
        (wording.say(ja="タグ", en="tag"), match.tags),
        (wording.say(ja="ツール", en="tool"), tuple(names.tools.get(each, gone) for each in match.tools)),
        (wording.say(ja="ホスト", en="host"), match.hosts),
    ):
        if values:
            said.append(f"{label} {last.join(values)}")
    if match.verdicts:
        said.append(verdicts_in_words(match.verdicts, wording))
    return comma.join(said) or wording.say(ja="すべての障害", en="every incident")


def verdicts_in_words(verdicts: tuple[Verdict, ...], wording: Wording) -> str:
    """「失敗・未報告」 or "failed or missed"."""
    said = [wording.say(ja=_VERDICTS[each][0], en=_VERDICTS[each][1]) for each in verdicts if each in _VERDICTS]
    return wording.say(ja="・", en=" or ").join(said)


def hours_in_words(hours: Hours | None, names: Names, wording: Wording) -> str:
    """「営業日（本社）の 09:00〜18:00」 or "09:00 to 18:00 on business days (本社)"."""
    if hours is None:
        return wording.say(ja="いつでも", en="at any time")
    days = _days_in_words(hours, names, wording)
    over = wording.say(ja="翌日 ", en="") if hours.end <= hours.begin else ""
    en_over = "" if hours.end > hours.begin else " the day after"
    said = wording.say(
        ja=f"{days}の {hours.begin}〜{over}{hours.end}", en=f"{hours.begin} to {hours.end}{en_over} {days}"
    )
    return wording.say(ja=f"{said} 以外", en=f"except {said}") if hours.is_outside else said


def _days_in_words(hours: Hours, names: Names, wording: Wording) -> str:
    days = tuple(sorted(hours.weekdays))
    is_every = days == EVERY_DAY
    ja = "・".join(_WEEKDAYS_JA[day] for day in days) + "曜"
    en = ", ".join(_WEEKDAYS_EN[day] for day in days)
    if hours.calendar is None:
        return wording.say(ja="毎日", en="every day") if is_every else wording.say(ja=ja, en=f"on {en}")
    name = names.calendars.get(hours.calendar)
    if name is None:
        return wording.say(ja="毎日（カレンダーは削除済み。常に有効）", en="always (its calendar was deleted)")
    some = "" if is_every else wording.say(ja=f"（{ja}）", en=f" ({en})")
    return wording.say(ja=f"営業日（{name}）{some}", en=f"on business days ({name}){some}")


def whom_in_words(route: Route, names: Names, wording: Wording) -> str:
    """「情シス、当番表 夜間 の当番」 or "情シス, who is on duty by 夜間"."""
    gone = wording.say(ja="削除済み", en="deleted")
    said = [names.channels.get(each, gone) for each in route.channels]
    if route.roster is not None:
        roster = names.rosters.get(route.roster, gone)
        said.append(wording.say(ja=f"当番表「{roster}」の当番", en=f"who is on duty by “{roster}”"))
    return wording.say(ja="、", en=", ").join(said) or wording.say(ja="誰にも知らせない", en="nobody")


def further_in_words(route: Route, names: Names, wording: Wording) -> list[str]:
    """What else it does, a sentence each: reminders, escalation, quiet hours, recoveries, what comes after it."""
    said = []
    if route.reminders is not None:
        first, longest = wording.span(route.reminders.first), wording.span(route.reminders.longest)
        said.append(
            wording.say(
                ja=f"続いていれば {first}後に再通知し、間隔を 2 倍ずつ最長 {longest}まで延ばします。",
                en=f"Reminds after {first}, then after twice as long each time, up to {longest}.",
            )
        )
    if route.escalation is not None:
        after = wording.span(route.escalation.after)
        to = names.routes.get(route.escalation.to, wording.say(ja="削除済み", en="deleted"))
        said.append(
            wording.say(
                ja=f"{after}以内に誰も対応しなければ「{to}」に知らせます。",
                en=f"Tells “{to}” when nobody has acknowledged within {after}.",
            )
        )
    if route.quiet is not None:
        hours = hours_in_words(route.quiet, names, wording)
        through = verdicts_in_words(route.breaks_through, wording)
        but = wording.say(ja=f"（{through}はすぐに知らせます）", en=f", except {through}") if through else ""
        said.append(
            wording.say(
                ja=f"{hours}は保留し、終わったときにまとめて知らせます{but}。",
                en=f"Holds back {hours}{but}, and sums up when that ends.",
            )
        )
    if not route.tells_recoveries:
        said.append(wording.say(ja="復旧は知らせません。", en="Does not tell recoveries."))
    if route.goes_on and not route.is_for_escalation:
        said.append(wording.say(ja="このあとのルールも見ます。", en="The routes after it are looked at too."))
    return said


def minutes_of(duration: timedelta) -> int:
    """The duration in whole minutes."""
    return int(duration.total_seconds() // 60)
