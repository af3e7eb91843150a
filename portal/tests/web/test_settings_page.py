"""設定: how the portal looks to a person, and where their mails go."""

import pytest
from django.test import Client
from shown_page import ShownPage
from tc_portal.accounts.models import User


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_stays_with_the_browser(viewer: Client, theme: str) -> None:
    answer = viewer.post("/theme", {"theme": theme, "next": "/incidents"})
    assert answer["Location"] == "/incidents"
    assert ShownPage(viewer.get("/incidents")).one("html").attributes["data-theme"] == theme
    options = ShownPage(viewer.get("/settings")).all("option", value=theme)
    assert "selected" in options[0].attributes


@pytest.mark.parametrize("theme", ["", "purple", '"><script>', "x" * 5000])
def test_anything_else_is_as_the_system_says(viewer: Client, theme: str) -> None:
    viewer.post("/theme", {"theme": "dark"})
    viewer.post("/theme", {"theme": theme})
    assert "data-theme" not in ShownPage(viewer.get("/incidents")).one("html").attributes


def test_a_cookie_that_somebody_else_wrote_is_no_theme(viewer: Client) -> None:
    viewer.cookies["theme"] = 'x" onload="alert(1)'
    assert "data-theme" not in ShownPage(viewer.get("/incidents")).one("html").attributes


@pytest.mark.parametrize(("email", "kept"), [("new@example.com", "new@example.com"), ("", "")])
def test_a_person_changes_their_address(viewer: Client, viewer_user: User, email: str, kept: str) -> None:
    answer = viewer.post("/settings", {"email": email}, follow=True)
    assert "メールアドレスを保存しました。" in answer.text
    viewer_user.refresh_from_db()
    assert viewer_user.email == kept
    assert ShownPage(viewer.get("/settings")).one("input", name="email").attributes.get("value", "") == kept


@pytest.mark.parametrize(
    "email", ["nobody", "a@b@c", "taro@example.com\nBcc: all@example.com", "\0@example.com", "x" * 400]
)
def test_what_is_no_address_changes_nothing_and_says_why(viewer: Client, viewer_user: User, email: str) -> None:
    page = ShownPage(viewer.post("/settings", {"email": email}))
    assert page.all("span", "error", role="alert")
    viewer_user.refresh_from_db()
    assert viewer_user.email == "taro@example.com"


def test_a_person_changes_nobody_elses_address(viewer: Client, admin_user: User) -> None:
    viewer.post("/settings", {"email": "new@example.com", "id": admin_user.pk, "username": "hanako", "is_staff": "on"})
    admin_user.refresh_from_db()
    assert admin_user.email == "hanako@example.com"
    assert not User.objects.get(username="taro").is_staff


def test_the_page_says_what_the_portal_runs_on(viewer: Client) -> None:
    facts = ShownPage(viewer.get("/settings")).one("dl", "facts-list")
    values = [element.text for element in facts.inside if element.tag == "dd"]
    assert values[1:] == ["SQLite", "Asia/Tokyo"]
    assert values[0].count(".") == 2
