"""通知先: the list, each with what it was sent, and how one is made, changed, tried, switched off and deleted."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tc_portal.alerts.channels.kind import Kind
from tc_portal.alerts.channels.registry import KINDS
from tc_portal.alerts.leasing import switch_off
from tc_portal.alerts.models import Channel
from tc_portal.alerts.queries import channels, deliveries_of_channel
from tc_portal.alerts.trial import try_channel
from tc_portal.alerts.trouble import trouble_in_words
from tc_portal.web.access import administrator_required
from tc_portal.web.channels.channel_form import ChannelForm, kept_form, new_form, save_form, sent_form
from tc_portal.web.channels.delivery_rows import channel_row, delivery_row
from tc_portal.web.wording import page_wording


@require_safe
def channel_list(request: HttpRequest) -> HttpResponse:
    context = {
        "rows": [channel_row(each) for each in channels()],
        "has_links": bool(settings.CONFIGURATION.public_url),
    }
    return render(request, "channels/list.html", context)


@require_safe
def channel_page(request: HttpRequest, channel_id: int) -> HttpResponse:
    """How the channel stands, and what it was sent last."""
    channel = get_object_or_404(Channel, id=channel_id)
    deliveries = [delivery_row(each, channel) for each in deliveries_of_channel(channel.id)]
    context = {"row": channel_row(channel), "channel": channel, "deliveries": deliveries}
    return render(request, "channels/page.html", context)


@require_safe
@administrator_required
def channel_kinds(request: HttpRequest) -> HttpResponse:
    """Which kind of channel it is to be."""
    language = get_language() or "ja"
    kinds = [(kind.name, kind.title.in_language(language)) for kind in KINDS.values()]
    return render(request, "channels/kinds.html", {"kinds": kinds})


@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def new_channel(request: HttpRequest, kind_name: str) -> HttpResponse:
    kind = KINDS.get(kind_name)
    if kind is None:
        raise Http404
    if request.method != "POST":
        return _form_page(request, new_form(kind), None)
    form = sent_form(kind, request.POST, None)
    made = save_form(form, None)
    if made is None:
        return _form_page(request, form, None)
    messages.success(request, _("The channel “%(name)s” was made. Send a test next.") % {"name": made.name})
    return redirect("channel", channel_id=made.id)


@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def edit_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    channel = get_object_or_404(Channel, id=channel_id)
    kind: Kind | None = KINDS.get(channel.kind)
    if kind is None:
        raise Http404
    if request.method != "POST":
        return _form_page(request, kept_form(kind, channel), channel)
    form = sent_form(kind, request.POST, channel)
    if save_form(form, channel) is None:
        return _form_page(request, form, channel)
    messages.success(request, _("The channel “%(name)s” was saved.") % {"name": channel.name})
    return redirect("channel", channel_id=channel.id)


@require_POST
@administrator_required
def channel_trial(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Send a test at once, and say what became of it."""
    channel = get_object_or_404(Channel, id=channel_id)
    trouble = try_channel(channel, request.user.get_username())
    if trouble is None:
        said = _("“%(name)s” has taken the test. See whether it has arrived there.") % {"name": channel.name}
        messages.success(request, said)
    else:
        why = trouble_in_words(trouble, page_wording())
        messages.error(request, _("The test was not delivered: %(why)s") % {"why": why})
    return redirect("channel", channel_id=channel.id)


@require_POST
@administrator_required
def channel_switch(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Enable or disable it."""
    channel = get_object_or_404(Channel, id=channel_id)
    if request.POST.get("enabled") == "1":
        Channel.objects.filter(id=channel.id).update(is_enabled=True)
        messages.success(request, _("“%(name)s” is sent alerts again.") % {"name": channel.name})
    else:
        switch_off(channel.id, timezone.now())
        messages.success(request, _("“%(name)s” is sent nothing any more.") % {"name": channel.name})
    return redirect("channel", channel_id=channel.id)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def channel_removal(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Ask, then delete the channel and what it was sent."""
    channel = get_object_or_404(Channel, id=channel_id)
    if request.method == "POST":
        channel.delete()
        messages.success(request, _("The channel “%(name)s” was deleted.") % {"name": channel.name})
        return redirect("channels")
    return render(request, "channels/removal.html", {"channel": channel})


def _form_page(request: HttpRequest, form: ChannelForm, channel: Channel | None) -> HttpResponse:
    context = {
        "form": form,
        "fields": form.shown_fields(),
        "kind": form.kind.title.in_language(get_language() or "ja"),
        "channel": channel,
    }
    return render(request, "channels/form.html", context, status=400 if form.errors else 200)
