"""The form of a 朝の一覧, and the digest that it means."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tc_portal.alerts.models import Channel
from tc_portal.core.digest import Digest
from tc_portal.core.schedule.unschedulable import Unschedulable
from tc_portal.core.text import storable
from tc_portal.web.alerts.hours_fields import calendar_field, time_field
from tc_portal.web.wording import page_wording


class DigestForm(forms.Form):
    """``digest`` is what it means, once it is valid."""

    name = forms.CharField(label=_("Name"), max_length=100)
    at = time_field(_("Told at"))
    calendar = calendar_field(_("Business days of"), _("Every day"))
    channels = forms.ModelMultipleChoiceField(
        label=_("Channels"), queryset=Channel.objects.order_by("name", "id"), widget=forms.CheckboxSelectMultiple
    )
    is_enabled = forms.BooleanField(label=_("Enabled"), required=False, initial=True)

    digest: Digest

    def clean_name(self) -> str:
        return storable(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        if self.errors:
            return self.cleaned_data
        said = self.cleaned_data
        calendar = said["calendar"].id if said["calendar"] is not None else None
        try:
            self.digest = Digest(said["at"], calendar, tuple(channel.id for channel in said["channels"]))
        except Unschedulable as refusal:
            raise forms.ValidationError({"at": page_wording().say(ja=refusal.ja, en=refusal.en)}) from None
        return said


def digest_initial(name: str, digest: Digest, is_enabled: bool) -> dict[str, Any]:
    """What the form shows of a digest."""
    return {
        "name": name,
        "at": digest.at,
        "calendar": digest.calendar,
        "channels": list(digest.channels),
        "is_enabled": is_enabled,
    }
