"""Hours as fields of a form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tc_portal.core.hours import EVERY_DAY, Hours
from tc_portal.core.schedule.unschedulable import Unschedulable
from tc_portal.jobs.models import CalendarRow
from tc_portal.web.wording import page_wording

WEEKDAYS = [
    (str(day), name) for day, name in enumerate((_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")))
]
VERDICTS = [("error", _("Failed")), ("missed", _("Missed")), ("overdue", _("Overdue"))]


def time_field(label: Any) -> forms.CharField:
    """A time of the day."""
    return forms.CharField(label=label, max_length=5, required=False, widget=forms.TextInput(attrs={"type": "time"}))


def weekday_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("On"), choices=WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple
    )


def verdict_field(label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=VERDICTS, required=False, widget=forms.CheckboxSelectMultiple
    )


def calendar_field(label: Any, empty: Any) -> forms.ModelChoiceField:
    """One of the business calendars, or none, which ``empty`` names."""
    return forms.ModelChoiceField(
        label=label, queryset=CalendarRow.objects.order_by("name", "id"), required=False, empty_label=empty
    )


def hours_said(form: forms.Form, prefix: str, *, is_outside: bool = False) -> Hours:
    """The hours that the fields with this prefix mean. Refuses what makes no sense at the first of them."""
    said = form.cleaned_data
    weekdays = tuple(sorted(int(day) for day in said.get(f"{prefix}_weekdays", ())))
    calendar = said.get(f"{prefix}_calendar")
    try:
        return Hours(
            said[f"{prefix}_begin"],
            said[f"{prefix}_end"],
            weekdays or EVERY_DAY,
            calendar.id if calendar is not None else None,
            is_outside,
        )
    except Unschedulable as refusal:
        text = page_wording().say(ja=refusal.ja, en=refusal.en)
        raise forms.ValidationError({f"{prefix}_begin": text}) from None


def hours_initial(hours: Hours | None, prefix: str) -> dict[str, Any]:
    """What the fields with this prefix show of the hours."""
    if hours is None:
        return {}
    return {
        f"{prefix}_begin": hours.begin,
        f"{prefix}_end": hours.end,
        f"{prefix}_weekdays": [str(day) for day in hours.weekdays],
        f"{prefix}_calendar": hours.calendar,
    }
