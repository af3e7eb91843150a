"""The form that a plan of maintenance is made with, and the plan that it means."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tc_portal.core.business_days.local_time import instant_of, minutes_of
from tc_portal.core.instant import EARLIEST, LATEST
from tc_portal.core.maintenance import Everything, Maintenance, OfTool, Once, OneJob, OnHost, Recurring, Scope, Tagged
from tc_portal.core.schedule.cron import Cron
from tc_portal.core.schedule.job_schedule import JobSchedule
from tc_portal.core.schedule.unschedulable import Unschedulable
from tc_portal.core.tag import read_tags
from tc_portal.core.text import storable
from tc_portal.jobs.models import Job, Tool
from tc_portal.web.wording import page_wording

SCOPES = [
    ("everything", _("All jobs")),
    ("job", _("One job")),
    ("tag", _("Jobs with a tag")),
    ("tool", _("Jobs of a tool")),
    ("host", _("Jobs on a host")),
]
KINDS = [("once", _("Once")), ("weekly", _("Weekly")), ("monthly", _("Monthly")), ("cron", _("By a cron line"))]
# As cron numbers them, from Monday on.
WEEKDAYS = [
    ("1", _("Mon")),
    ("2", _("Tue")),
    ("3", _("Wed")),
    ("4", _("Thu")),
    ("5", _("Fri")),
    ("6", _("Sat")),
    ("0", _("Sun")),
]
LAST_DAY = "L"
DAYS = [*((str(day), str(day)) for day in range(1, 32)), (LAST_DAY, _("Last day"))]
A_DAY = 24 * 60


class LocalInstantField(forms.CharField):
    """What a clock on the wall shows in the portal's time zone; the instant at which it does, in UTC."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"})

    def to_python(self, value: Any) -> datetime | None:
        text = super().to_python(value)
        if not text:
            return None
        try:
            local = datetime.fromisoformat(text).replace(tzinfo=None)
        except ValueError:
            raise forms.ValidationError(_("Give a date and a time.")) from None
        if not EARLIEST.year + 1 < local.year < LATEST.year:
            raise forms.ValidationError(_("Give a date and a time."))
        return instant_of(local, ZoneInfo(settings.TIME_ZONE))


class MaintenanceForm(forms.Form):
    """``plan`` is what it means, once it is valid."""

    title = forms.CharField(label=_("Title"), max_length=200)
    scope = forms.ChoiceField(label=_("What is kept quiet"), choices=SCOPES, widget=forms.RadioSelect)
    job_key = forms.CharField(label=_("Key of the job"), max_length=500, required=False)
    tag = forms.CharField(label=_("Tag"), max_length=100, required=False)
    tool = forms.ModelChoiceField(label=_("Tool"), queryset=Tool.objects.order_by("name", "id"), required=False)
    host = forms.CharField(label=_("Host"), max_length=255, required=False)
    when = forms.ChoiceField(label=_("When"), choices=KINDS, widget=forms.RadioSelect)
    begins_at = LocalInstantField(label=_("From"), required=False)
    ends_at = LocalInstantField(label=_("Until"), required=False)
    weekdays = forms.MultipleChoiceField(
        label=_("On"), choices=WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple
    )
    day = forms.ChoiceField(label=_("Day of the month"), choices=DAYS, required=False)
    at = forms.CharField(
        label=_("Begins at"), max_length=5, required=False, widget=forms.TextInput(attrs={"type": "time"})
    )
    cron = forms.CharField(label=_("Cron line"), max_length=400, required=False)
    hours = forms.IntegerField(label=_("Hours"), min_value=0, max_value=744, required=False)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=59, required=False)

    plan: Maintenance

    def clean_title(self) -> str:
        return storable(self.cleaned_data["title"])

    def clean(self) -> dict[str, Any]:
        """Make the plan of the fields that matter for the scope and kind chosen."""
        if self.errors:
            return self.cleaned_data
        try:
            self.plan = Maintenance(self._scope(), self._when())
        except Unschedulable as refusal:
            raise forms.ValidationError(page_wording().say(ja=refusal.ja, en=refusal.en)) from None
        return self.cleaned_data

    def _scope(self) -> Scope:
        said = self.cleaned_data
        match said["scope"]:
            case "job":
                job_key = storable(said["job_key"])
                if not Job.objects.filter(job_key=job_key).exists():
                    self._refuse("job_key", _("There is no job of this key."))
                return OneJob(job_key)
            case "tag":
                tags = read_tags(said["tag"])
                return Tagged(tags[0]) if tags else self._refuse("tag", _("Write a tag."))
            case "tool":
                return OfTool(said["tool"].id) if said["tool"] else self._refuse("tool", _("Choose a tool."))
            case "host":
                host = storable(said["host"])
                return OnHost(host) if host else self._refuse("host", _("Write the name of a host."))
            case _:
                return Everything()

    def _when(self) -> Once | Recurring:
        said = self.cleaned_data
        if said["when"] == "once":
            if said["begins_at"] is None or said["ends_at"] is None:
                self._refuse("begins_at", _("Give the beginning and the end."))
            return Once(said["begins_at"], said["ends_at"])
        lasts = timedelta(hours=said["hours"] or 0, minutes=said["minutes"] or 0)
        return Recurring(JobSchedule(Cron((self._line(),), settings.TIME_ZONE)), lasts)

    def _line(self) -> str:
        said = self.cleaned_data
        if said["when"] == "cron":
            return said["cron"] or self._refuse("cron", _("Write a cron line, such as 0 2 * * 0."))
        minutes = minutes_of(said["at"])
        if minutes >= A_DAY:
            self._refuse("at", _("Give a time from 00:00 to 23:59."))
        time = f"{minutes % 60} {minutes // 60}"
        if said["when"] == "monthly":
            return f"{time} {said['day'] or '1'} * *"
        if not said["weekdays"]:
            self._refuse("weekdays", _("Tick a day of the week at least."))
        return f"{time} * * {','.join(sorted(said['weekdays']))}"

    def _refuse(self, field: str, problem: Any) -> Any:
        raise forms.ValidationError({field: problem})
