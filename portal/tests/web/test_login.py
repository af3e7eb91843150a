"""Logging in and out, and that neither leads away from the portal."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse
from tc_portal.accounts.models import User

PASSWORD = "a long pass phrase 1"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/jobs",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http:///evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "\thttps://evil.example/",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
]


def log_in(client: Client, **sent: str) -> int:
    return client.post("/accounts/login/", {"login": "taro", "password": PASSWORD, **sent}).status_code


def is_logged_in(client: Client) -> bool:
    return client.get("/settings").status_code == 200


@pytest.mark.parametrize("login", ["taro", "taro@example.com"])
def test_a_person_logs_in_by_name_or_address(visitor: Client, viewer_user: User, login: str) -> None:
    entered = visitor.post("/accounts/login/", {"login": login, "password": PASSWORD})
    assert (entered.status_code, entered["Location"]) == (302, "/incidents")
    assert is_logged_in(visitor)


def test_the_front_door_leads_to_the_incidents(viewer: Client, visitor: Client) -> None:
    assert viewer.get("/")["Location"] == "/incidents"
    assert visitor.get("/")["Location"].startswith("/accounts/login/")


def test_a_wrong_password_and_an_unknown_name_are_told_alike(visitor: Client, viewer_user: User) -> None:
    def notice(login: str) -> str:
        answer = visitor.post("/accounts/login/", {"login": login, "password": "not the pass phrase"})
        assert answer.status_code == 200
        return answer.text.split('role="alert">')[1].split("<")[0]

    assert notice("taro") == notice("nobody")
    assert not is_logged_in(visitor)


def test_a_person_who_was_shut_out_cannot_log_in_and_is_told_so(visitor: Client, viewer_user: User) -> None:
    viewer_user.is_active = False
    viewer_user.save()
    answer = visitor.post("/accounts/login/", {"login": "taro", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/accounts/login/", 302)]
    assert answer.text.count('<p class="notice error"') == 1
    assert not is_logged_in(visitor)


def test_a_page_that_was_open_stays_shut_after_being_shut_out(viewer: Client, viewer_user: User) -> None:
    assert is_logged_in(viewer)
    viewer_user.is_active = False
    viewer_user.save()
    assert not is_logged_in(viewer)


def test_guessing_passwords_is_stopped(visitor: Client, viewer_user: User) -> None:
    for _ in range(12):
        visitor.post("/accounts/login/", {"login": "taro", "password": "not the pass phrase"})
    log_in(visitor)
    assert not is_logged_in(visitor)


def test_nobody_signs_up(visitor: Client) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    form = {"username": "jiro", "email": "jiro@example.com", "password1": PASSWORD, "password2": PASSWORD}
    assert visitor.get("/accounts/signup/").status_code == 404
    assert visitor.post("/accounts/signup/", form).status_code == 404
    assert not User.objects.filter(username="jiro").exists()
    assert "signup" not in visitor.get("/accounts/login/").text


def test_the_session_ends_with_the_browser_unless_it_is_to_stay(visitor: Client, viewer_user: User) -> None:
    log_in(visitor)
    assert visitor.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == ""
    staying = Client()
    log_in(staying, remember="on")
    assert int(staying.cookies[settings.SESSION_COOKIE_NAME]["max-age"]) > 7 * 24 * 3600


def test_logging_out_asks_first_and_ends_the_session(viewer: Client) -> None:
    assert "ログアウトしますか？" in viewer.get("/accounts/logout/").text
    assert is_logged_in(viewer)
    left = viewer.post("/accounts/logout/")
    assert (left.status_code, left["Location"]) == (302, "/accounts/login/")
    assert not is_logged_in(viewer)


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_the_login_leads_nowhere_else(visitor: Client, viewer_user: User, elsewhere: str) -> None:
    asked = visitor.get("/accounts/login/", {"next": elsewhere})
    assert asked.status_code == 200
    sent = {"login": "taro", "password": PASSWORD, "next": elsewhere}
    entered = visitor.post("/accounts/login/", sent)
    assert (entered.status_code, entered["Location"]) == (302, "/incidents")
    again = visitor.get("/accounts/login/", {"next": elsewhere})
    assert (again.status_code, again["Location"]) == (302, "/incidents")


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_logging_out_leads_nowhere_else(viewer: Client, elsewhere: str) -> None:
    assert viewer.post("/accounts/logout/", {"next": elsewhere})["Location"] == "/accounts/login/"


@pytest.mark.parametrize("path", ["/language", "/theme"])
@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_choosing_how_it_looks_leads_nowhere_else(visitor: Client, path: str, elsewhere: str) -> None:
    assert visitor.post(path, {"next": elsewhere})["Location"] == "/settings"


@pytest.mark.parametrize("path", ["/language", "/theme"])
def test_choosing_how_it_looks_leads_back_to_the_page(visitor: Client, path: str) -> None:
    assert visitor.post(path, {"next": "/jobs?q=売上"})["Location"].startswith("/jobs?q=")


def test_the_login_takes_its_language_form_back_to_the_same_login(visitor: Client) -> None:
    shown = visitor.get("/accounts/login/?next=/jobs").text
    assert 'name="next" value="/accounts/login/?next=/jobs"' in shown


@pytest.mark.parametrize("path", ["/tools", "/settings", "/language", "/theme", "/accounts/login/"])
def test_a_form_from_elsewhere_is_refused(admin_user: User, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    answer = client.post(path, {"name": "経理"})
    assert answer.status_code == 403
    assert "フォームの有効期限が切れています" in answer.text
