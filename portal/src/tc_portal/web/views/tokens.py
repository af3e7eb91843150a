"""受信用トークン: what the clients of other monitors carry. Made here, shown once, revoked."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from tc_portal.core.ping_token import TOKEN_LIMIT, token_as
from tc_portal.core.text import JOB_KEY_LIMIT
from tc_portal.jobs.models import PingTokenRow
from tc_portal.jobs.ping_tokens import keep_token, new_token, revoke_token, tokens_newest_first
from tc_portal.web.access import administrator_required
from tc_portal.web.pasted_lines import one_line
from tc_portal.web.ping_lines import lines_of_portal_token, lines_of_token, portal_address

TOKENS_A_PAGE = 100
# Dead Man's Snitch gives out ten characters, and nobody gives out fewer.
SHORTEST_TOKEN = 10


class TokenForm(forms.Form):
    """A token to be made: its name, its job's key (empty for one of the whole portal), and the token itself where a client has
    one already."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    job_key = forms.CharField(label=gettext_lazy("Job key (empty: any job)"), max_length=JOB_KEY_LIMIT, required=False)
    token = forms.RegexField(
        rf"^[A-Za-z0-9_-]{{{SHORTEST_TOKEN},{TOKEN_LIMIT}}}\Z",
        label=gettext_lazy("A token that the clients carry already (optional)"),
        required=False,
        strip=True,
        error_messages={
            "invalid": gettext_lazy(
                "Give the part of the address that is the token: at least ten of A-Z, a-z, 0-9, - and _. Leave it empty for a new one."
            )
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_job_key(self) -> str:
        return one_line(self.cleaned_data["job_key"]).strip()


@sensitive_variables()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: HttpRequest) -> HttpResponse:
    """All tokens, or those of one job; administrators make one here."""
    if request.method == "POST":
        return _make_token(request)
    said = {name: one_line(request.GET.get(name, "")).strip() for name in ("job_key", "name")}
    asked = {"job_key": said["job_key"][:JOB_KEY_LIMIT], "name": said["name"][:200]}
    return _token_list(request, TokenForm(initial=asked), asked["job_key"])


def _token_list(request: HttpRequest, form: TokenForm, job_key: str, status: int = 200) -> HttpResponse:
    rows = Paginator(tokens_newest_first(job_key or None), TOKENS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "tokens/list.html", {"tokens": rows, "form": form, "job_key": job_key}, status=status)


@sensitive_variables()
@administrator_required
def _make_token(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _token_list(request, form, "", status=400)
    name, job_key = form.cleaned_data["name"], form.cleaned_data["job_key"] or None
    token, by, now = form.cleaned_data["token"], request.user.get_username(), timezone.now()
    if token:
        if not keep_token(token, name, job_key, by, now):
            form.add_error("token", _("This token is known already, valid or revoked. Give another one."))
            return _token_list(request, form, "", status=400)
        shown = {"hex": token, "uuid": "", "short": ""}
    else:
        value = new_token(name, job_key, by, now)
        shown = {"hex": token_as(value, "hex"), "uuid": token_as(value, "uuid"), "short": token_as(value, "short")}
    context: dict[str, Any] = {"name": name, "job_key": job_key, "shown": shown}
    lines = lines_of_portal_token if job_key is None else lines_of_token
    context["lines"] = lines(portal_address(request), shown["hex"])
    return render(request, "tokens/made.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def token_revocation(request: HttpRequest, token_id: int) -> HttpResponse:
    """Ask, then revoke the token. It stays in the list, so that it is seen who used it until when."""
    token = get_object_or_404(PingTokenRow, id=token_id)
    if request.method == "POST":
        if revoke_token(token.id, timezone.now()):
            messages.success(request, _("The token “%(name)s” was revoked.") % {"name": token.name})
        return redirect("tokens")
    return render(request, "tokens/revocation.html", {"token": token})
