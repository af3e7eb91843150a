"""ツール: what gathers jobs that belong together."""

import pytest
from django.test import Client
from job_rows import a_job, many_jobs, on_each_database
from shown_page import ShownPage
from tc_portal.jobs.models import Job, JobStatus, Tool

BAD_NAMES = {
    "empty": "",
    "blank": " \u3000\t",
    "too long": "経" * 201,
    "taken": "経理",
    "taken but for the spaces": "  経理\u3000",
    "not storable": "経\0理",
}

every_bad_name = pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES.keys())


@pytest.fixture
def accounting(data: object) -> Tool:
    return Tool.objects.create(name="経理")


def names() -> list[str]:
    return sorted(Tool.objects.values_list("name", flat=True))


def tool_of(job: Job) -> tuple[Tool | None, Tool | None]:
    """The job's tool as the portal has it, and as the guide's table has it."""
    return Job.objects.get(id=job.id).tool, JobStatus.objects.get(job_key=job.job_key).tool


@on_each_database
def test_tools_come_by_name_with_how_many_jobs_each_has(viewer: Client, accounting: Tool) -> None:
    people = Tool.objects.create(name="人事")
    many_jobs(["a", "b", "c"], tool=people)
    a_job("d", tool=accounting)
    a_job("e")
    page = ShownPage(viewer.get("/tools"))
    assert dict(zip(page.column(0), page.column(1), strict=True)) == {"経理": "1", "人事": "3"}
    assert page.one("a", href=f"/tools/{people.id}").text == "人事"


def test_without_tools_administrators_make_one_and_viewers_ask_them(admin: Client, viewer: Client) -> None:
    assert ShownPage(admin.get("/tools")).one("input", name="name")
    shown = ShownPage(viewer.get("/tools"))
    assert not shown.all("input", name="name")
    assert "管理者が作成できます。" in shown.one("div", "empty").text


@on_each_database
@pytest.mark.parametrize("name", ["在庫管理", "x" * 200, "a & b <c>", "𠮷野家"])
def test_a_tool_is_created(admin: Client, name: str) -> None:
    answer = admin.post("/tools", {"name": f" {name} "}, follow=True)
    (tool,) = Tool.objects.all()
    assert answer.redirect_chain == [(f"/tools/{tool.id}", 302)]
    assert tool.name == name
    assert ShownPage(answer).texts("p", "success") == [f"ツール「{name}」を作成しました。"]


@on_each_database
@every_bad_name
def test_a_bad_name_makes_no_tool_and_says_why(admin: Client, accounting: Tool, name: str) -> None:
    answer = admin.post("/tools", {"name": name})
    assert answer.status_code == 400
    page = ShownPage(answer)
    assert page.one("span", "error", role="alert").text
    assert page.one("input", name="name").attributes.get("value", "") == name
    assert names() == ["経理"]


def test_a_name_in_other_letter_case_is_another_name(admin: Client) -> None:
    for name in ("SAP", "sap"):
        assert admin.post("/tools", {"name": name}).status_code == 302
    assert names() == ["SAP", "sap"]


def test_a_tool_is_renamed(admin: Client, accounting: Tool) -> None:
    answer = admin.post(f"/tools/{accounting.id}/name", {"name": "経理部"}, follow=True)
    assert "ツールの名前を変更しました。" in answer.text
    assert names() == ["経理部"]


def test_a_tool_may_keep_its_name(admin: Client, accounting: Tool) -> None:
    assert admin.post(f"/tools/{accounting.id}/name", {"name": "経理"}).status_code == 302
    assert names() == ["経理"]


@every_bad_name
def test_a_bad_name_renames_nothing_and_says_why(admin: Client, accounting: Tool, name: str) -> None:
    people = Tool.objects.create(name="人事")
    answer = admin.post(f"/tools/{people.id}/name", {"name": name})
    assert answer.status_code == 400
    assert ShownPage(answer).texts("h1") == ["人事"]
    assert ShownPage(answer).one("span", "error", role="alert").text
    assert names() == ["人事", "経理"]


@on_each_database
def test_deleting_a_tool_asks_first_and_leaves_its_jobs(admin: Client, accounting: Tool) -> None:
    job = a_job("sales", "error", tool=accounting)
    asked = admin.get(f"/tools/{accounting.id}/delete")
    assert "「経理」を削除します。ジョブは残り、ツールなしになります。" in asked.text
    assert names() == ["経理"]
    answer = admin.post(f"/tools/{accounting.id}/delete", follow=True)
    assert answer.redirect_chain == [("/tools", 302)]
    assert names() == []
    assert tool_of(job) == (None, None)
    assert ShownPage(admin.get("/incidents")).texts("h3") == ["sales"]


@on_each_database
def test_ticked_jobs_are_put_under_the_tool_and_taken_out_again(admin: Client, accounting: Tool) -> None:
    people = Tool.objects.create(name="人事")
    sales, stock, wages = a_job("sales"), a_job("stock"), a_job("wages", tool=people)
    address = f"/tools/{accounting.id}/jobs"
    assert admin.post(address, {"job": [sales.id, wages.id]}).status_code == 302
    assert [tool_of(job) for job in (sales, stock, wages)] == [
        (accounting, accounting),
        (None, None),
        (accounting, accounting),
    ]
    assert admin.post(address, {"job": [sales.id], "take_out": "1"}).status_code == 302
    assert [tool_of(job) for job in (sales, wages)] == [(None, None), (accounting, accounting)]


@pytest.mark.parametrize("job", ["abc", "-1", "999999", "9" * 30, "9" * 18, "1.0", "\0", "٣٣٣٣"])
def test_a_tick_that_names_no_job_changes_nothing(admin: Client, accounting: Tool, job: str) -> None:
    sales = a_job("sales")
    assert admin.post(f"/tools/{accounting.id}/jobs", {"job": job}).status_code == 302
    assert tool_of(sales) == (None, None)


def test_the_page_offers_the_jobs_that_are_elsewhere(admin: Client, accounting: Tool) -> None:
    a_job("sales", tool=accounting)
    a_job("stock", tool=Tool.objects.create(name="人事"))
    a_job("wages")
    mine, others = (
        [element.text for element in form.inside if element.tag == "code"]
        for form in ShownPage(admin.get(f"/tools/{accounting.id}")).all("form", action=f"/tools/{accounting.id}/jobs")
    )
    assert (mine, others) == (["sales"], ["stock", "wages"])
    searched = ShownPage(admin.get(f"/tools/{accounting.id}?q=人事"))
    assert searched.texts("code") == ["sales", "stock"]


def test_viewers_see_the_tools_jobs_only(viewer: Client, accounting: Tool) -> None:
    job = a_job("sales", tool=accounting)
    a_job("wages")
    page = ShownPage(viewer.get(f"/tools/{accounting.id}"))
    assert page.texts("code") == ["sales"]
    assert page.one("a", href=f"/jobs/{job.id}")
    assert not page.all("input", type="checkbox") and not page.all("button", "danger")
