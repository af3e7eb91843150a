"""The form of a 通知ルール, and the route that it means."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tc_portal.alerts.models import Channel, RosterRow, RouteRow
from tc_portal.core.hours import Hours
from tc_portal.core.route import Escalation, Match, Reminders, Route
from tc_portal.core.route_words import minutes_of
from tc_portal.core.schedule.unschedulable import Unschedulable
from tc_portal.core.tag import read_tags
from tc_portal.core.text import storable
from tc_portal.jobs.models import Tool
from tc_portal.web.alerts.hours_fields import (
    calendar_field,
    hours_initial,
    hours_said,
    time_field,
    verdict_field,
    weekday_field,
)
from tc_portal.web.wording import page_wording

ABOUT = [
    ("incidents", _("Incidents that match")),
    ("escalation", _("Only what another route escalates to it")),
]
HOURS = [("always", _("Always")), ("within", _("Within these hours")), ("outside", _("Outside of these hours"))]
MANY_NAMES = 200
LONGEST_MINUTES = 31 * 24 * 60
_SEPARATOR = re.compile(r"[,、，\r\n]")


class NamesField(forms.CharField):
    """Names with commas or line ends between them."""

    widget = forms.Textarea(attrs={"rows": 2})

    def to_python(self, value: Any) -> tuple[str, ...]:
        written = (storable(part.strip()) for part in _SEPARATOR.split(super().to_python(value) or ""))
        names = tuple(dict.fromkeys(name for name in written if name))
        if len(names) > MANY_NAMES:
            raise forms.ValidationError(_("Write fewer of them, or use a tag."))
        return names


def _minutes(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=LONGEST_MINUTES, required=False)


class RouteForm(forms.Form):
    """``route`` is what it means, once it is valid."""

    name = forms.CharField(label=_("Name"), max_length=100)
    about = forms.ChoiceField(
        label=_("What it is about"), choices=ABOUT, widget=forms.RadioSelect, initial="incidents"
    )
    jobs = NamesField(label=_("Keys of jobs"), max_length=20_000, required=False)
    tags = forms.CharField(label=_("Tags"), max_length=2_000, required=False)
    tools = forms.ModelMultipleChoiceField(
        label=_("Tools"), queryset=Tool.objects.order_by("name", "id"), required=False
    )
    hosts = NamesField(label=_("Hosts"), max_length=20_000, required=False)
    verdicts = verdict_field(_("Verdicts"))
    hours = forms.ChoiceField(label=_("When"), choices=HOURS, widget=forms.RadioSelect, initial="always")
    hours_begin = time_field(_("From"))
    hours_end = time_field(_("Until"))
    hours_weekdays = weekday_field()
    hours_calendar = calendar_field(_("Business days of"), _("Any day"))
    channels = forms.ModelMultipleChoiceField(
        label=_("Channels"),
        queryset=Channel.objects.order_by("name", "id"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    roster = forms.ModelChoiceField(
        label=_("Who is on duty by"),
        queryset=RosterRow.objects.order_by("name"),
        required=False,
        empty_label=_("No roster"),
    )
    remind_after = _minutes(_("First after (minutes)"))
    remind_longest = _minutes(_("Longest interval (minutes)"))
    escalate_after = _minutes(_("After (minutes)"))
    escalate_to = forms.ModelChoiceField(
        label=_("To the route"), queryset=RouteRow.objects.none(), required=False, empty_label=_("No escalation")
    )
    quiet_begin = time_field(_("From"))
    quiet_end = time_field(_("Until"))
    quiet_weekdays = weekday_field()
    breaks_through = verdict_field(_("Told at once all the same"))
    tells_recoveries = forms.BooleanField(label=_("Tell recoveries too"), required=False, initial=True)
    goes_on = forms.BooleanField(label=_("Look at the routes after it too"), required=False)

    route: Route

    def __init__(self, *arguments: Any, route_id: int | None = None, **said: Any) -> None:
        super().__init__(*arguments, **said)
        self.route_id = route_id
        others = RouteRow.objects.exclude(id=route_id) if route_id is not None else RouteRow.objects.all()
        self.fields["escalate_to"].queryset = others.order_by("position", "id")

    def clean_name(self) -> str:
        return storable(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        """Make the route of the fields that matter."""
        if self.errors:
            return self.cleaned_data
        said = self.cleaned_data
        if not said["channels"] and said["roster"] is None:
            raise forms.ValidationError({"channels": _("Choose a channel or a roster: else nobody is told.")})
        try:
            self.route = Route(
                match=self._match(),
                hours=self._hours(),
                channels=tuple(channel.id for channel in said["channels"]),
                roster=said["roster"].id if said["roster"] else None,
                reminders=self._reminders(),
                escalation=self._escalation(),
                quiet=self._quiet(),
                breaks_through=tuple(said["breaks_through"]) if said["quiet_begin"] else (),
                tells_recoveries=said["tells_recoveries"],
                goes_on=said["goes_on"],
                is_for_escalation=said["about"] == "escalation",
            )
        except Unschedulable as refusal:
            raise forms.ValidationError(page_wording().say(ja=refusal.ja, en=refusal.en)) from None
        return said

    def _match(self) -> Match:
        said = self.cleaned_data
        if said["about"] == "escalation":
            return Match()
        try:
            tags = read_tags(said["tags"])
        except Unschedulable as refusal:
            raise forms.ValidationError({"tags": page_wording().say(ja=refusal.ja, en=refusal.en)}) from None
        tools = tuple(tool.id for tool in said["tools"])
        return Match(said["jobs"], tags, tools, said["hosts"], tuple(said["verdicts"]))

    def _hours(self) -> Hours | None:
        said = self.cleaned_data
        if said["hours"] == "always":
            return None
        self._both("hours_begin", "hours_end")
        return hours_said(self, "hours", is_outside=said["hours"] == "outside")

    def _quiet(self) -> Hours | None:
        said = self.cleaned_data
        if not said["quiet_begin"] and not said["quiet_end"]:
            return None
        self._both("quiet_begin", "quiet_end")
        return hours_said(self, "quiet")

    def _both(self, begin: str, end: str) -> None:
        if not self.cleaned_data[begin] or not self.cleaned_data[end]:
            raise forms.ValidationError({begin: _("Give the beginning and the end.")})

    def _reminders(self) -> Reminders | None:
        first, longest = self.cleaned_data["remind_after"], self.cleaned_data["remind_longest"]
        if first is None:
            return None
        try:
            return Reminders(timedelta(minutes=first), timedelta(minutes=longest or max(first, 24 * 60)))
        except Unschedulable as refusal:
            text = page_wording().say(ja=refusal.ja, en=refusal.en)
            raise forms.ValidationError({"remind_after": text}) from None

    def _escalation(self) -> Escalation | None:
        after, to = self.cleaned_data["escalate_after"], self.cleaned_data["escalate_to"]
        if to is None and after is None:
            return None
        if to is None or after is None:
            raise forms.ValidationError({"escalate_after": _("Give both the minutes and the route.")})
        return Escalation(timedelta(minutes=after), to.id)


def route_initial(name: str, route: Route) -> dict[str, Any]:
    """What the form shows of a route."""
    match = route.match
    shown: dict[str, Any] = {
        "name": name,
        "about": "escalation" if route.is_for_escalation else "incidents",
        "jobs": "\n".join(match.jobs),
        "tags": ", ".join(match.tags),
        "tools": list(match.tools),
        "hosts": "\n".join(match.hosts),
        "verdicts": list(match.verdicts),
        "hours": "always" if route.hours is None else "outside" if route.hours.is_outside else "within",
        "channels": list(route.channels),
        "roster": route.roster,
        "breaks_through": list(route.breaks_through),
        "tells_recoveries": route.tells_recoveries,
        "goes_on": route.goes_on,
    }
    if route.reminders is not None:
        shown |= {
            "remind_after": minutes_of(route.reminders.first),
            "remind_longest": minutes_of(route.reminders.longest),
        }
    if route.escalation is not None:
        shown |= {"escalate_after": minutes_of(route.escalation.after), "escalate_to": route.escalation.to}
    return shown | hours_initial(route.hours, "hours") | hours_initial(route.quiet, "quiet")
