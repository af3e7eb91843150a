"""What goes wrong is told in the portal's own look, in the person's language, with a way out and without details."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from job_rows import a_job
from shown_page import ShownPage
from tc_portal.accounts.models import User

Asking = Callable[[Client], HttpResponse]


def not_there(client: Client) -> HttpResponse:
    return client.get("/jobs/999999")


def not_allowed(client: Client) -> HttpResponse:
    return client.post("/tools", {"name": "経理"})


def not_well_formed(client: Client) -> HttpResponse:
    return client.post("/settings", {f"field{number}": "1" for number in range(12_001)})


def from_elsewhere(client: Client) -> HttpResponse:
    client.handler.enforce_csrf_checks = True
    return client.post("/settings", {"email": "new@example.com"})


def broken(client: Client) -> HttpResponse:
    client.raise_request_exception = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tc_portal.web.views.jobs.count_of", lambda wanted: 1 / 0)
        return client.get("/jobs")


ERRORS = [
    (not_there, 404, "ページが見つかりません", "There is no such page"),
    (not_allowed, 403, "この操作は許可されていません", "You may not do that"),
    (not_well_formed, 400, "リクエストに誤りがあります", "Something in the request is not right"),
    (from_elsewhere, 403, "フォームの有効期限が切れています", "The form is too old"),
    (broken, 500, "ポータルで問題が起きました", "Something went wrong in the portal"),
]

every_error = pytest.mark.parametrize(("ask", "status", "japanese", "english"), ERRORS)


@pytest.mark.parametrize("language", ["ja", "en"])
@every_error
def test_an_error_is_told_in_the_portals_own_look(
    viewer: Client, viewer_user: User, ask: Asking, status: int, japanese: str, english: str, language: str
) -> None:
    User.objects.update(language=language)
    answer = ask(viewer)
    page = ShownPage(answer)
    title = {"ja": japanese, "en": english}[language]
    assert answer.status_code == status
    assert page.one("html").attributes["lang"] == language
    assert (page.one("title").text, page.texts("h1")) == (f"{title} · TC Portal", [title])
    assert page.one("main", "door")
    assert page.one("a", "button").attributes["href"] == "/incidents"
    styles = [link.attributes["href"] for link in page.all("link", rel="stylesheet")]
    assert {"/static/web/tokens.css", "/static/web/base.css"} <= set(styles)


@every_error
def test_an_error_tells_nothing_of_what_is_inside(
    viewer: Client, ask: Asking, status: int, japanese: str, english: str
) -> None:
    a_job("sales", title="売上日報")
    shown = ask(viewer).text
    for detail in ("Traceback", "ZeroDivisionError", "tc_portal", "Django", "売上日報", "site-packages"):
        assert detail not in shown


@every_error
def test_an_error_keeps_the_security_headers(
    viewer: Client, ask: Asking, status: int, japanese: str, english: str
) -> None:
    answer = ask(viewer)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
