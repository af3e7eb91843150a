"""Runs by cron expressions: the five fields of a crontab, read as Debian's cron reads them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from heapq import merge
from operator import itemgetter
from zoneinfo import ZoneInfo

import msgspec
from cronsim import CronSim, CronSimError

from ..business_days.in_order import in_order
from ..business_days.local_time import instant_of, time_zone_of
from .slot import Slot
from .unschedulable import Unschedulable

MANY_LINES = 50
# Sixty minutes written out one by one are 170 characters.
LONGEST_EXPRESSION = 400

NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}

_ONE_DAY = timedelta(days=1)
# Instants outside these are not looked at: cronsim looks ahead by 50 years.
_FIRST, _LAST = datetime(2, 1, 1, tzinfo=UTC), datetime(9900, 1, 1, tzinfo=UTC)
# In 28 years without a year such as 2100, each date falls on each day of the week: what does not come then never does.
_BEFORE_28_YEARS, _END_OF_28_YEARS = datetime(2019, 12, 31, 23, 59), datetime(2048, 1, 1)

_SETTING = re.compile(r"""["']?[A-Za-z_][A-Za-z0-9_]*["']?\s*=""")
_FIELD = re.compile(
    r"[?*]|[*0-9][0-9*?,/L#-]*|(SUN|MON|TUE|WED|THU|FRI|SAT)([,-](SUN|MON|TUE|WED|THU|FRI|SAT))*", re.IGNORECASE
)
_NOT_READ = {
    "Bad minute": ("分（1 番目の欄）を読めません", "the minute, its first field, cannot be read"),
    "Bad hour": ("時（2 番目の欄）を読めません", "the hour, its second field, cannot be read"),
    "Bad day-of-month": (
        "日（3 番目の欄）を読めないか、その月にない日です",
        "the day of the month, its third field, cannot be read, or does not exist in that month",
    ),
    "Bad month": ("月（4 番目の欄）を読めません", "the month, its fourth field, cannot be read"),
    "Bad day-of-week": ("曜日（5 番目の欄）を読めません", "the day of the week, its fifth field, cannot be read"),
}


class Cron(msgspec.Struct, frozen=True, tag="cron"):
    """Runs at the times of any of ``lines``, by the clock in ``time_zone``.

    A line is a cron expression of five fields, or a nickname such as ``@daily``. Of a line of a crontab only these are
    kept, and not the command behind them, which may hold a password; but a sixth field, as of seconds, is refused. As
    in Debian's cron, days of the month and of the week are joined by "or", but by "and" where either begins with
    ``*``. Beyond it, cronsim reads ``L`` (last day), ``LW`` (last weekday), ``5L`` (last Friday) and ``MON#2`` (second
    Monday).

    When the clock is changed, Debian's rule holds, in every zone: where neither minute nor hour begins with ``*``,
    times that the clock skips run once when it has been put forward, and one that comes twice runs the first time.
    Other lines follow the clock: what it skips is left out, and what it shows twice runs twice. cronsim (2.8) itself
    does not keep this rule where the clock changes by half an hour (it leaves out times that exist) or at midnight (it
    gives times that do not), and asked from within a doubled hour it gives times gone by. So it is asked about a clock
    that never changes.

    Raises ``Unschedulable`` for what cannot be read, and for an expression that never comes, such as 30 February.
    """

    lines: tuple[str, ...]
    time_zone: str

    def __post_init__(self) -> None:
        time_zone_of(self.time_zone)
        if not 1 <= len(self.lines) <= MANY_LINES:
            raise _not_so_many()
        msgspec.structs.force_setattr(self, "lines", tuple(_expression(line) for line in self.lines))

    def slots(self, after: datetime, until: datetime) -> Iterator[Slot]:
        """The slots with after < due <= until, ascending and distinct."""
        after, until, zone = max(after, _FIRST), min(until, _LAST), time_zone_of(self.time_zone)
        if after >= until:
            return
        batches = (_batches(line, zone, after, until) for line in self.lines)
        for slot in in_order(merge(*batches, key=itemgetter(0))):
            if slot.due > until:
                return
            if slot.due > after:
                yield slot


def five_fields(line: str) -> str:
    """The five fields that a line of a ``Cron`` stands for."""
    return NICKNAMES.get(line, line)


def read_cron_lines(text: str) -> tuple[str, ...]:
    """The expressions of a pasted crontab, in its order; comments, empty lines and settings such as ``MAILTO=`` are
    passed over, and so is a time zone set in it.

    Raises ``Unschedulable`` naming the first line that cannot be read, and where there is none or more than 50.
    """
    expressions: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        content = line.strip()
        if not content or content.startswith("#") or _SETTING.match(content):
            continue
        try:
            expressions.append(_expression(content))
        except Unschedulable as error:
            raise Unschedulable(ja=f"{number} 行目: {error.ja}", en=f"Line {number}: {error.en}") from None
        if len(expressions) > MANY_LINES:
            break
    if not 1 <= len(expressions) <= MANY_LINES:
        raise _not_so_many()
    return tuple(expressions)


def _not_so_many() -> Unschedulable:
    return Unschedulable(
        ja=f"cron 式を 1 行から {MANY_LINES} 行まで指定してください。",
        en=f"Give between 1 and {MANY_LINES} lines with cron expressions.",
    )


def _expression(line: str) -> str:
    """The nickname or the five fields that ``line`` begins with, found to come at some time."""
    words = line.split(maxsplit=6)
    if words and words[0].startswith("@"):
        return _nickname(words[0].lower()[:20])
    expression = " ".join(words[:5])
    shown = expression[:60]
    if len(words) < 5 or len(expression) > LONGEST_EXPRESSION:
        raise Unschedulable(
            ja=f"「{shown}」は cron 式ではありません。「30 2 * * *」のように、分・時・日・月・曜日を空白で区切ってください。",
            en=f"{shown!r} is not a cron expression. Write minute, hour, day, month and weekday as in '30 2 * * *'.",
        )
    if len(words) > 5 and _FIELD.fullmatch(words[5]):
        raise Unschedulable(
            ja=f"「{shown} {words[5][:20]}」には欄が 6 つ以上あります。秒や年の欄を除き、分・時・日・月・曜日の 5 つにしてください。",
            en=f"'{shown} {words[5][:20]}' has more than five fields. Leave out those for seconds and years.",
        )
    try:
        first = next(CronSim(expression, _BEFORE_28_YEARS), None)
    except CronSimError as error:
        ja, en = _NOT_READ.get(str(error), ("中身を読めません", "it cannot be read"))
        raise Unschedulable(ja=f"cron 式「{shown}」の{ja}。", en=f"In the cron expression {shown!r}, {en}.") from None
    if first is None or first >= _END_OF_28_YEARS:
        raise Unschedulable(
            ja=f"cron 式「{shown}」に合う日はありません。日と曜日の組み合わせを見直してください。",
            en=f"No day ever matches the cron expression {shown!r}. Check its days of the month and of the week.",
        )
    return expression


def _nickname(word: str) -> str:
    if word == "@reboot":
        raise Unschedulable(
            ja="@reboot がいつ実行されるかは予測できません。時刻が決まっている行だけを指定してください。",
            en="When @reboot runs cannot be predicted. Give only lines that say a time.",
        )
    if word not in NICKNAMES:
        raise Unschedulable(
            ja=f"「{word}」という略称はありません。使えるのは {'、'.join(NICKNAMES)} です。",
            en=f"There is no nickname {word!r}. There are {', '.join(NICKNAMES)}.",
        )
    return word


def _batches(line: str, zone: ZoneInfo, after: datetime, until: datetime) -> Iterator[tuple[datetime, list[Slot]]]:
    """For each time of the expression that may be due within the window, the first instant it comes, and its slots."""
    fields = five_fields(line)
    minute, hour = fields.split()[:2]
    is_fixed = not minute.startswith("*") and not hour.startswith("*")
    # What the clock shows a second time after the window begins can lie before what it shows then.
    begin = min(_shown(after, zone), _shown(after + _ONE_DAY, zone) - _ONE_DAY)
    end = _shown(until, zone) + _ONE_DAY
    for time in CronSim(fields, begin):
        if time > end:
            return
        instants = [instant_of(time, zone)] if is_fixed else _instants_that_show(time, zone)
        if instants:
            yield instants[0], [Slot(instant) for instant in instants]


def _shown(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def _instants_that_show(time: datetime, zone: ZoneInfo) -> list[datetime]:
    """None where the clock skips this time, two where it comes twice."""
    one, other = (time.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if one == other:
        return [one]
    return [one, other] if one < other else []
