"""The form of a 当番表: persons in their order, and who stands in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tc_portal.alerts.models import Channel
from tc_portal.core.roster import MANY_OVERRIDES, MANY_PERSONS, Person, Roster, StandIn
from tc_portal.core.schedule.unschedulable import Unschedulable
from tc_portal.core.text import storable
from tc_portal.web.alerts.hours_fields import time_field
from tc_portal.web.maintenance_form import LocalInstantField
from tc_portal.web.wording import page_wording

TURNS = [("week", _("By week")), ("day", _("By day"))]
# Empty rows that a form offers besides those that are filled.
MORE_PERSONS, MORE_STAND_INS = 4, 2


def _channel_field(label: Any) -> forms.ModelChoiceField:
    channels = Channel.objects.order_by("name", "id")
    return forms.ModelChoiceField(label=label, queryset=channels, required=False, empty_label="–")


class PersonForm(forms.Form):
    """One that is left without a name is left out."""

    name = forms.CharField(label=_("Person"), max_length=60, required=False)
    channel = _channel_field(_("Channel"))
    second = _channel_field(_("Second channel"))

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("name") and not (said.get("channel") or said.get("second")):
            raise forms.ValidationError({"channel": _("Choose a channel that reaches this person.")})
        if not said.get("name") and (said.get("channel") or said.get("second")):
            raise forms.ValidationError({"name": _("Write the person’s name.")})
        return said


class StandInForm(forms.Form):
    """One that is left without a name is left out."""

    person = forms.CharField(label=_("Who stands in"), max_length=60, required=False)
    begins_at = LocalInstantField(label=_("From"), required=False)
    ends_at = LocalInstantField(label=_("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("person") and (said.get("begins_at") is None or said.get("ends_at") is None) and not self.errors:
            raise forms.ValidationError({"begins_at": _("Give the beginning and the end.")})
        return said


PersonForms = forms.formset_factory(PersonForm, extra=MORE_PERSONS, max_num=MANY_PERSONS, absolute_max=MANY_PERSONS)
StandInForms = forms.formset_factory(
    StandInForm, extra=MORE_STAND_INS, max_num=MANY_OVERRIDES, absolute_max=MANY_OVERRIDES
)


class RosterForm(forms.Form):
    """``roster`` is what it means together with its persons and stand-ins, once all are valid."""

    name = forms.CharField(label=_("Name"), max_length=100)
    turn = forms.ChoiceField(label=_("Turns"), choices=TURNS, widget=forms.RadioSelect, initial="week")
    begins_on = forms.DateField(
        label=_("First day of the first person"), widget=forms.DateInput(attrs={"type": "date"})
    )
    hand_over = time_field(_("Hand-over at"))

    roster: Roster

    def __init__(self, *arguments: Any, **said: Any) -> None:
        super().__init__(*arguments, **said)
        data = arguments[0] if arguments else None
        shown: Roster | None = self.initial.get("roster")
        self.persons = PersonForms(data, prefix="persons", initial=_persons_initial(shown) if shown else None)
        self.stand_ins = StandInForms(data, prefix="stand_ins", initial=_stand_ins_initial(shown) if shown else None)

    def clean_name(self) -> str:
        return storable(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        """Make the roster of all that was written."""
        if self.errors or not self.persons.is_valid() or not self.stand_ins.is_valid():
            return self.cleaned_data
        said = self.cleaned_data
        try:
            self.roster = Roster(
                tuple(_person(each.cleaned_data) for each in self.persons if each.cleaned_data.get("name")),
                said["begins_on"],
                said["turn"],
                said["hand_over"] or "09:00",
                tuple(_stand_in(each.cleaned_data) for each in self.stand_ins if each.cleaned_data.get("person")),
            )
        except Unschedulable as refusal:
            raise forms.ValidationError(page_wording().say(ja=refusal.ja, en=refusal.en)) from None
        return said

    def is_whole(self) -> bool:
        """Whether it is valid with all its rows."""
        return all([self.is_valid(), self.persons.is_valid(), self.stand_ins.is_valid()])


def roster_initial(name: str, roster: Roster) -> dict[str, Any]:
    """What the form shows of a roster."""
    return {
        "name": name,
        "turn": roster.turn,
        "begins_on": roster.begins_on,
        "hand_over": roster.hand_over,
        "roster": roster,
    }


def _person(said: dict[str, Any]) -> Person:
    channels = [said[name].id for name in ("channel", "second") if said[name] is not None]
    return Person(storable(said["name"]), tuple(dict.fromkeys(channels)))


def _stand_in(said: dict[str, Any]) -> StandIn:
    return StandIn(storable(said["person"]), said["begins_at"], said["ends_at"])


def _persons_initial(roster: Roster) -> list[dict[str, Any]]:
    return [
        {"name": each.name, "channel": (*each.channels, None, None)[0], "second": (*each.channels, None, None)[1]}
        for each in roster.persons
    ]


def _stand_ins_initial(roster: Roster) -> list[dict[str, Any]]:
    local = page_wording().zone
    return [
        {
            "person": each.person,
            "begins_at": f"{each.begins_at.astimezone(local):%Y-%m-%dT%H:%M}",
            "ends_at": f"{each.ends_at.astimezone(local):%Y-%m-%dT%H:%M}",
        }
        for each in roster.stand_ins
    ]
