"""設定: how the portal looks to this person, and what it runs on."""

from importlib.metadata import version

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from tc_portal.web.shell import THEMES

A_YEAR = 365 * 24 * 3600


class AddressForm(forms.Form):
    """Where a mail that resets the password goes."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False)


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST or None, initial={"email": request.user.email})
    if request.method == "POST" and form.is_valid():
        request.user.email = form.cleaned_data["email"]
        request.user.save(update_fields=["email"])
        messages.success(request, _("The e-mail address was saved."))
        return redirect("preferences")
    context = {
        "form": form,
        "version": version("tc-portal"),
        "time_zone": settings.TIME_ZONE,
        "database": "SQLite" if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else "PostgreSQL",
    }
    return render(request, "preferences/page.html", context)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language: for this browser, and for the person where one is logged in. Empty: as the browser says."""
    chosen = request.POST.get("language", "")
    chosen = chosen if chosen in dict(settings.LANGUAGES) else ""
    response = redirect(_way_back(request))
    if chosen:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, A_YEAR, **_cookie())
    else:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    if request.user.is_authenticated:
        request.user.language = chosen
        request.user.save(update_fields=["language"])
    translation.activate(chosen or translation.get_language() or settings.LANGUAGE_CODE)
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme for this browser. Empty: as the system says."""
    chosen = request.POST.get("theme", "")
    response = redirect(_way_back(request))
    if chosen in THEMES:
        response.set_cookie("theme", chosen, A_YEAR, **_cookie())
    else:
        response.delete_cookie("theme")
    return response


def _cookie() -> dict[str, object]:
    return {"secure": settings.LANGUAGE_COOKIE_SECURE, "httponly": True, "samesite": "Lax"}


def _way_back(request: HttpRequest) -> str:
    asked = request.POST.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, {request.get_host()}) else "/settings"
