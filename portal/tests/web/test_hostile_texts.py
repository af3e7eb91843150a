"""What scripts and people write is shown as text: it never becomes a part of the page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from job_rows import NOW, a_job, on_each_database
from shown_page import ShownPage
from tc_portal.core.maintenance import Maintenance, OfTool, Once, OneJob, OnHost, Tagged
from tc_portal.jobs.models import Incident, Job, JobStatus, JobTag, MaintenanceRow, Tool
from tc_portal.store.planning_quiet import add_maintenance

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": "'><img src=x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)" x="',
    "quotes": """it's "quoted" `twice`""",
    "entity": "&lt;b&gt; &amp;amp; &#60;i&#62;",
    "end of a list": "</li></ul></section></main></body>",
    "comment": "<!-- --!> -->",
    "template": "{{ user.password }}{% debug %}${7*7}",
    "address": "javascript:alert(1)//?a=b&c=d#e",
    "right to left": "\u202egpj.exe\u202c \u200f\u200e\u2066",
    "two hundred": "夜間バッチ" * 40,
    "unbroken": "x" * 200,
    "emoji": "🧾‍🗾👩‍💻",
    "controls": "a\x01\x1b[31mb",
}
PAGES = [
    "/incidents",
    "/live?on=incidents",
    "/jobs",
    "/jobs?q={text}",
    "/jobs?q={text}none",
    "/jobs/add?job_key={text}&title={text}",
    "/jobs/add?job_key={text}none&title={text}",
    "/jobs/add/first-report?job_key={text}",
    "/jobs/{job}",
    "/jobs/{job}/delete",
    "/tools",
    "/tools/{tool}",
    "/tools/{other}?q={text}",
    "/tools/{tool}/delete",
    "/maintenance",
    "/maintenance/new?scope=tag&tag={text}&job_key={text}&host={text}",
    "/maintenance/{plan}/delete",
    "/settings",
]

every_hostile_text = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


def shape(page: ShownPage) -> list[tuple[str, list[str]]]:
    return [(element.tag, sorted(element.attributes)) for element in page.elements]


def pages_with(client: Client, text: str) -> dict[str, ShownPage]:
    """Each page of a portal where all that can be named is named ``text``."""
    tool = Tool.objects.create(name=text)
    other = Tool.objects.create(name=f"{text} too")
    job = a_job(text, "error", title=text, message=text, tool=tool)
    Job.objects.filter(id=job.id).update(host=text)
    JobTag.objects.create(job=job, tag=text)
    plans = [
        add_maintenance(text, Maintenance(scope, Once(NOW, timezone.now() + timedelta(hours=1))), NOW, text)
        for scope in (OneJob(text), OfTool(tool.id), Tagged(text), OnHost(text))
    ]
    named = {"plan": plans[0], "job": job.id, "tool": tool.id, "other": other.id}
    pages = {}
    for path in PAGES:
        address, _, query = path.format(**named, text="\0").partition("?")
        asked = dict(part.split("=", 1) for part in query.split("&") if part)
        pages[path] = ShownPage(
            client.get(address, {name: value.replace("\0", text) for name, value in asked.items()})
        )
    for rows in (MaintenanceRow, JobTag, Incident, Job, JobStatus, Tool):
        rows.objects.all().delete()
    return pages


@on_each_database
@every_hostile_text
def test_a_text_adds_nothing_to_any_page(admin: Client, text: str) -> None:
    harmless = pages_with(admin, "y" * len(text))
    # Its lines name the job without control characters: that is another job, which has not reported.
    not_reported = shape(ShownPage(admin.get("/jobs/add", {"job_key": "y", "title": "y"})))
    for path, page in pages_with(admin, text).items():
        is_other_job = path.startswith("/jobs/add?") and any(ord(character) < 32 for character in text)
        assert shape(page) == (not_reported if is_other_job else shape(harmless[path])), path


@every_hostile_text
def test_the_incidents_show_the_text_as_it_was_written(viewer: Client, text: str) -> None:
    tool = Tool.objects.create(name=text)
    a_job(text, "error", title=text, message=text, tool=tool)
    page = ShownPage(viewer.get("/incidents"))
    assert page.texts("h3") == [text]
    assert page.one("li", "card").attributes["data-job-key"] == text
    assert page.texts("p", "message") == [text]
    assert page.texts("code") == [text]
    assert page.texts("span", "tool")[0].strip() == text


@every_hostile_text
def test_the_job_shows_the_text_as_it_was_written(viewer: Client, text: str) -> None:
    job = a_job(text, "error", title=text, message=text)
    page = ShownPage(viewer.get(f"/jobs/{job.id}"))
    assert page.texts("h1") == [text]
    # The others are those of the shapes in its drawings.
    assert page.texts("title")[0] == f"(1) {text} · TC Portal"
    assert page.texts("code") == [text]
    assert text in page.texts("pre", "message")


@on_each_database
@every_hostile_text
def test_a_search_for_the_text_finds_it_and_keeps_it_in_the_field(viewer: Client, text: str) -> None:
    a_job(text, title="題")
    a_job("other", title="別")
    page = ShownPage(viewer.get("/jobs", {"q": text}))
    assert page.column(2) == [text]
    assert page.row_titles() == ["題"]
    assert page.one("input", id="q").attributes["value"] == text


@every_hostile_text
def test_the_notice_of_a_change_shows_the_text_as_it_was_written(admin: Client, text: str) -> None:
    job = a_job("nightly", title=text)
    page = ShownPage(admin.post(f"/jobs/{job.id}/delete", follow=True))
    assert page.texts("p", "notice", role="status")[-1] == f"「{text}」を削除しました。"
    assert not Job.objects.exists()


def test_a_link_never_leads_to_what_a_job_is_called(viewer: Client) -> None:
    a_job("javascript:alert(1)", "error", title="javascript:alert(1)")
    for path in ("/incidents", "/jobs"):
        for link in ShownPage(viewer.get(path)).all("a"):
            assert link.attributes["href"].startswith(("/", "#", "?"))
