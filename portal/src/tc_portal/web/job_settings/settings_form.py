"""A job's settings as a form: nothing that was written is lost, and each error is at its field."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec.structs import replace

from tc_portal.core.job_settings import MANY_SCHEDULES, JobSettings
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.core.schedule.unschedulable import Unschedulable

from .calendar_choices import CalendarChoices
from .durations import Unreadable, plain, read_duration, written_duration
from .schedule_row import ScheduleRow, read_row, sent_row, written_row
from .spoken import spoken

# In the order of the form, with what each means in one line.
DURATIONS = {
    "grace": (
        gettext_lazy("Grace"),
        gettext_lazy("How late a run may start, or report, before it counts as missed."),
    ),
    "early": (
        gettext_lazy("Early"),
        gettext_lazy("How long before its time a run counts for it already."),
    ),
    "max_runtime": (
        gettext_lazy("Maximum runtime"),
        gettext_lazy("How long a run may take from its start before it is overdue. Empty: as long as it likes."),
    ),
    "min_runtime": (
        gettext_lazy("Minimum runtime"),
        gettext_lazy("A run that ends sooner counts as failed. Empty: it is not looked at."),
    ),
}


@dataclass
class DurationField:
    name: str
    amount: str
    unit: str
    error: str = ""

    @property
    def label(self) -> str:
        return str(DURATIONS[self.name][0])

    @property
    def help(self) -> str:
        return str(DURATIONS[self.name][1])


@dataclass
class SettingsForm:
    """``based_on`` is the id of the settings that the form was filled from; empty where there were none."""

    rows: list[ScheduleRow]
    durations: list[DurationField]
    tolerance: str = "1"
    based_on: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def has_errors(self) -> bool:
        return bool(self.errors) or any(row.errors for row in self.rows) or any(each.error for each in self.durations)

    @property
    def may_add(self) -> bool:
        return len(self.rows) < MANY_SCHEDULES

    def add_row(self, time_zone: str) -> None:
        number = max((row.number for row in self.rows), default=-1) + 1
        self.rows.append(ScheduleRow(number, time_zone=time_zone))

    def remove_row(self, number: str) -> None:
        self.rows = [row for row in self.rows if str(row.number) != number]


def sent_form(sent: QueryDict) -> SettingsForm:
    """The form as it was sent."""
    numbers = [int(number) for number in sent.getlist("row") if number.isdecimal() and len(number) < 4]
    return SettingsForm(
        [sent_row(sent, number) for number in list(dict.fromkeys(numbers))[: MANY_SCHEDULES + 1]],
        [DurationField(name, sent.get(name, "")[:50], sent.get(f"{name}-unit", "minutes")[:10]) for name in DURATIONS],
        sent.get("tolerance", "1")[:50],
        sent.get("based_on", "")[:20],
    )


def written_form(settings: JobSettings, choices: CalendarChoices, time_zone: str, based_on: str) -> SettingsForm:
    """The form that shows the settings."""
    return SettingsForm(
        [
            written_row(number, one, choices, time_zone, kept_name(based_on, number))
            for number, one in enumerate(settings.schedules)
        ],
        [DurationField(name, *written_duration(getattr(settings, name))) for name in DURATIONS],
        str(settings.tolerance),
        based_on,
    )


def kept_name(settings_id: str, number: int) -> str:
    """The name under which the form sends back a schedule that is not edited by hand."""
    return f"{settings_id}.{number}"


def read_form(
    form: SettingsForm,
    before: JobSettings,
    choices: CalendarChoices,
    kept: Mapping[str, JobSchedule],
    time_zone: str,
) -> JobSettings | None:
    """The settings, with what the form does not show as it was before; None where something makes no sense, which the
    form says then."""
    schedules = [read_row(row, choices, kept, time_zone) for row in form.rows]
    wanted: dict[str, object] = {}
    for each in form.durations:
        try:
            duration = read_duration(each.amount, each.unit)
        except Unreadable as wrong:
            each.error = str(wrong)
            continue
        if duration is None and each.name in ("grace", "early"):
            each.error = _("Write a number, such as 30.")
        wanted[each.name] = duration
    tolerance = plain(form.tolerance)
    if not tolerance.isdecimal() or len(tolerance) > 4:
        form.errors["tolerance"] = _("“%(text)s” is not a number. Write one such as 30.") % {
            "text": form.tolerance[:20]
        }
    if form.has_errors:
        return None
    wanted["tolerance"] = int(tolerance)
    _check_together(form, wanted)
    if form.has_errors:
        return None
    try:
        return replace(before, **wanted, schedules=tuple(each for each in schedules if each is not None))
    except Unschedulable as reason:
        form.errors["schedules"] = spoken(reason)
        return None


def _check_together(form: SettingsForm, wanted: dict[str, object]) -> None:
    """Say at its field what core says of values that depend on one another."""
    shown_at = {
        "grace": ("grace", "early"),
        "max_runtime": ("max_runtime", "min_runtime"),
        "tolerance": ("tolerance",),
    }
    for field_name, together in shown_at.items():
        try:
            JobSettings(**{name: wanted[name] for name in together})  # type: ignore[arg-type]
        except Unschedulable as reason:
            shown = next((each for each in form.durations if each.name == field_name), None)
            if shown is None:
                form.errors[field_name] = spoken(reason)
            else:
                shown.error = spoken(reason)
