"""Which language a page is in: the person's choice, else this browser's, else the browser's languages, else Japanese."""

import pytest
from django.test import Client
from job_rows import a_job, many_jobs
from shown_page import ShownPage
from tc_portal.accounts.models import User

JAPANESE, ENGLISH = "ja", "en"


def language_of(client: Client, path: str = "/incidents", accepted: str | None = None) -> str:
    headers = {} if accepted is None else {"Accept-Language": accepted}
    answer = client.get(path, headers=headers)
    language = ShownPage(answer).one("html").attributes["lang"]
    assert answer["Content-Language"] == language
    assert ("障害情報" in answer.text or "ログイン" in answer.text) == (language == JAPANESE)
    return language


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, JAPANESE),
        ("", JAPANESE),
        ("*", JAPANESE),
        ("ja", JAPANESE),
        ("ja-JP,ja;q=0.9,en;q=0.8", JAPANESE),
        ("en", ENGLISH),
        ("en-US,en;q=0.9", ENGLISH),
        ("EN-gb", ENGLISH),
        ("en;q=0.5,ja;q=0.9", JAPANESE),
        ("de,en;q=0.3", ENGLISH),
        ("de", JAPANESE),
        ("zh-CN,ko", JAPANESE),
        ("not a language; q=x", JAPANESE),
        ("e" * 5000, JAPANESE),
    ],
)
def test_a_browsers_languages_are_used_and_japanese_where_it_has_none_of_ours(
    viewer: Client, visitor: Client, accepted: str | None, language: str
) -> None:
    assert language_of(viewer, accepted=accepted) == language
    assert language_of(visitor, "/accounts/login/", accepted) == language


@pytest.mark.parametrize(("chosen", "other"), [(JAPANESE, ENGLISH), (ENGLISH, JAPANESE)])
def test_a_choice_made_before_logging_in_stays_with_the_browser(visitor: Client, chosen: str, other: str) -> None:
    visitor.post("/language", {"language": chosen, "next": "/accounts/login/"})
    assert language_of(visitor, "/accounts/login/", accepted=other) == chosen
    cookie = visitor.cookies["django_language"]
    assert (cookie["httponly"], cookie["samesite"], int(cookie["max-age"]) > 300 * 24 * 3600) == (True, "Lax", True)


@pytest.mark.parametrize(("chosen", "other"), [(JAPANESE, ENGLISH), (ENGLISH, JAPANESE)])
def test_a_persons_choice_goes_with_them_to_every_browser(
    viewer: Client, viewer_user: User, chosen: str, other: str
) -> None:
    viewer.post("/language", {"language": chosen})
    at_another_pc = Client()
    at_another_pc.force_login(viewer_user)
    at_another_pc.cookies["django_language"] = other
    assert language_of(at_another_pc, accepted=other) == chosen


def test_a_persons_choice_is_nobody_elses(viewer: Client, admin: Client) -> None:
    viewer.post("/language", {"language": ENGLISH})
    assert (language_of(viewer), language_of(admin)) == (ENGLISH, JAPANESE)


def test_one_answer_leaves_no_language_behind_for_the_next(viewer: Client, admin: Client) -> None:
    viewer.post("/language", {"language": ENGLISH})
    for _ in range(2):
        assert language_of(viewer) == ENGLISH
        assert language_of(admin) == JAPANESE


@pytest.mark.parametrize("undone", ["", "de", "en-GB", "../../etc", "\0", "x" * 5000])
def test_anything_but_a_language_of_ours_undoes_the_choice(viewer: Client, viewer_user: User, undone: str) -> None:
    viewer.post("/language", {"language": ENGLISH})
    assert viewer.post("/language", {"language": undone}).status_code == 302
    viewer_user.refresh_from_db()
    assert viewer_user.language == ""
    assert language_of(viewer) == JAPANESE
    assert language_of(viewer, accepted=ENGLISH) == ENGLISH


def test_the_settings_show_the_choice(viewer: Client) -> None:
    def shown() -> list[str]:
        options = ShownPage(viewer.get("/settings")).all("option")
        return [option.text for option in options if "selected" in option.attributes]

    assert shown() == []
    viewer.post("/language", {"language": ENGLISH})
    assert shown() == ["English"]


@pytest.mark.parametrize(
    ("language", "title"), [(JAPANESE, "ページが見つかりません"), (ENGLISH, "There is no such page")]
)
def test_an_error_is_told_in_the_same_language(viewer: Client, language: str, title: str) -> None:
    viewer.post("/language", {"language": language})
    assert ShownPage(viewer.get("/nothing")).texts("h1") == [title]


@pytest.mark.parametrize(
    ("language", "said"), [(JAPANESE, "ツール「経理」を作成しました。"), (ENGLISH, "The tool “経理” was created.")]
)
def test_what_was_done_is_told_in_the_same_language(admin: Client, language: str, said: str) -> None:
    admin.post("/language", {"language": language})
    assert said in admin.post("/tools", {"name": "経理"}, follow=True).text


@pytest.mark.parametrize(("failing", "said"), [(1, "1 failing job"), (2, "2 failing jobs")])
def test_english_knows_one_and_many(viewer: Client, failing: int, said: str) -> None:
    many_jobs([str(number) for number in range(failing)], "error")
    page = ShownPage(viewer.get("/incidents", headers={"Accept-Language": ENGLISH}))
    assert page.one("span", id="incident-badge").text == said


def test_what_scripts_say_is_not_translated(viewer: Client) -> None:
    a_job("sales", "error", title="Jobs", message="Log in")
    page = ShownPage(viewer.get("/incidents"))
    assert (page.texts("h3"), page.texts("p", "message")) == (["Jobs"], ["Log in"])
