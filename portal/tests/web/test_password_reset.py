"""A forgotten password: a mail where mails are set up, else whom to ask."""

import re
from typing import Any

import msgspec
import pytest
from django.core import mail
from django.test import Client
from tc_portal.accounts.models import User
from tc_portal.configuration import Mail

PUBLIC = "https://portal.example.com"


@pytest.fixture
def mails(settings: Any) -> list[Any]:
    """The portal sends mails; what it sent."""
    server = Mail("mail.example.com", 587, "", "", False, True, "portal@example.com")
    settings.CONFIGURATION = msgspec.structs.replace(settings.CONFIGURATION, public_url=PUBLIC, mail=server)
    return mail.outbox


def ask(client: Client, email: str, **headers: str) -> str:
    answer = client.post("/accounts/password/reset/", {"email": email}, **headers)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/reset/done/")
    # Each page has a form token of its own.
    return re.sub(r'value="\w{64}"', "", client.get(answer["Location"]).text)


def test_without_mails_the_page_says_whom_to_ask(visitor: Client) -> None:
    shown = visitor.get("/accounts/password/reset/").text
    assert "tc-portal setpassword" in shown
    assert 'name="email"' not in shown


def test_a_mail_brings_a_link_below_the_public_address(visitor: Client, viewer_user: User, mails: list[Any]) -> None:
    ask(visitor, "taro@example.com", HTTP_HOST="evil.example")
    (sent,) = mails
    assert sent.to == ["taro@example.com"]
    assert "taro" in sent.body
    (link,) = re.findall(r"https?://\S+", sent.body)
    assert link.startswith(f"{PUBLIC}/accounts/password/reset/key/")


def test_the_link_sets_a_new_password_once(visitor: Client, viewer_user: User, mails: list[Any]) -> None:
    ask(visitor, "taro@example.com")
    link = re.findall(r"https://[^/]+(/\S+)", mails[0].body)[0]
    opened = visitor.get(link, follow=True)
    form_address = opened.redirect_chain[-1][0]
    new = {"password1": "another pass phrase 2", "password2": "another pass phrase 2"}
    done = visitor.post(form_address, new, follow=True)
    assert "パスワードを変更しました" in done.text
    assert visitor.login(username="taro", password="another pass phrase 2")
    assert "このリンクは使用済みか、有効期限が切れています。" in Client().get(link, follow=True).text


def test_an_unknown_address_is_answered_like_a_known_one(visitor: Client, viewer_user: User, mails: list[Any]) -> None:
    known = ask(visitor, "taro@example.com")
    assert ask(visitor, "nobody@example.com") == known
    assert [sent.to for sent in mails if "/reset/key/" in sent.body] == [["taro@example.com"]]


def test_a_mail_server_that_is_away_is_logged_and_tells_nothing(
    visitor: Client, viewer_user: User, mails: list[Any], settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    expected = ask(visitor, "nobody@example.com")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert ask(visitor, "taro@example.com") == expected
    assert "could not be sent" in caplog.text


def test_a_person_changes_their_own_password(viewer: Client, viewer_user: User) -> None:
    old, new = "a long pass phrase 1", "another pass phrase 2"
    form = {"oldpassword": old, "password1": new, "password2": new}
    weak = viewer.post("/accounts/password/change/", {**form, "password1": "short", "password2": "short"})
    assert (weak.status_code, 'role="alert"' in weak.text) == (200, True)
    assert viewer.post("/accounts/password/change/", form).status_code == 302
    viewer_user.refresh_from_db()
    assert viewer_user.check_password(new)
    assert viewer.get("/incidents").status_code == 200
