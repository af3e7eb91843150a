"""Until when somebody is at an incident or wants no alerts of it: the choices of the forms, and how long things took."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.translation import gettext as _

from tc_portal.alerts.acting import ActionRefused
from tc_portal.core.incident import Acknowledged, AnyAction
from tc_portal.core.reason import AnyReason, Failed, NoHeartbeat, NoReport, RunsTooLong, TooFast
from tc_portal.core.wording import Wording

MORNING = time(9, 0)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Choice:
    """An option of a form: what it sends, and what it says."""

    value: str
    words: str


def acknowledgement_choices(wording: Wording) -> list[Choice]:
    return [
        Choice("recovery", _("until it recovers or changes")),
        Choice("hour", _("for an hour")),
        Choice("morning", _morning_in_words(wording)),
        Choice("custom", _("until …")),
    ]


def mute_choices(wording: Wording) -> list[Choice]:
    return [
        Choice("hour", _("for an hour")),
        Choice("4-hours", _("for four hours")),
        Choice("morning", _morning_in_words(wording)),
        Choice("week", _("for a week")),
        Choice("custom", _("until …")),
    ]


def chosen_end(choice: str, custom: str, wording: Wording) -> datetime | None:
    """The instant that was chosen, None for the recovery. Raises ``ActionRefused`` where none was."""
    now = wording.now
    lengths = {"hour": HOUR, "4-hours": 4 * HOUR, "week": 7 * 24 * HOUR}
    if choice in lengths:
        return now + lengths[choice]
    if choice == "morning":
        return tomorrow_morning(wording)
    if choice == "recovery":
        return None
    try:
        local = datetime.fromisoformat(custom.strip())
        return (local if local.tzinfo else local.replace(tzinfo=wording.zone)).astimezone(now.tzinfo)
    except (ValueError, OverflowError):
        raise ActionRefused(
            ja="いつまでかを日付と時刻で指定してください（例: 2026-12-01 09:00）。",
            en="Say until when, as a date and a time such as 2026-12-01 09:00.",
        ) from None


def tomorrow_morning(wording: Wording) -> datetime:
    """Nine o'clock of the next day, on the portal's clock."""
    tomorrow = wording.now.astimezone(wording.zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, MORNING, wording.zone).astimezone(wording.now.tzinfo)


def _morning_in_words(wording: Wording) -> str:
    return _("until tomorrow morning, %(time)s") % {"time": f"{MORNING:%H:%M}"}


@dataclass(frozen=True)
class Durations:
    """How long it took from its happening to its being noticed, and from then to the first acknowledgement and to the end; None
    where that is not known or has not come."""

    noticed: timedelta | None
    acknowledged: timedelta | None
    over: timedelta | None


def durations(
    opened_at: datetime, over_at: datetime | None, reasons: Sequence[AnyReason], actions: Sequence[AnyAction]
) -> Durations:
    """Of an incident with the ``reasons`` that it opened with."""
    happened = _happened_at(reasons[0]) if reasons else None
    first = min((action.at for action in actions if isinstance(action, Acknowledged)), default=None)
    return Durations(
        None if happened is None else max(opened_at - happened, timedelta()),
        None if first is None else first - opened_at,
        None if over_at is None else over_at - opened_at,
    )


def _happened_at(reason: AnyReason) -> datetime | None:
    """When what the judge found happened, as far as that can be known: the end of the run that failed, the time that it was due,
    the last sign of life, the limit."""
    match reason:
        case Failed() | TooFast():
            return reason.finished_at
        case NoReport():
            return reason.due
        case NoHeartbeat():
            return reason.heard_at
        case RunsTooLong():
            return reason.limit
    return None
