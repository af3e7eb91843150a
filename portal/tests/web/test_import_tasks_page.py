"""タスクを取り込む: the files are asked for, and shown as what they would become, before anything is saved."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from job_rows import a_job, on_each_database
from shown_page import ShownPage
from tc_portal.jobs.models import CalendarRevision, CalendarRow, Job, JobSettingsRow

CORPUS = Path(__file__).parents[1] / "core" / "task_xml"


def task(path: str, time: str = "06:00", arguments: str = "") -> str:
    return (
        f"<Task><RegistrationInfo><URI>{path}</URI></RegistrationInfo><Triggers><CalendarTrigger>"
        f"<StartBoundary>2025-01-01T{time}:00</StartBoundary><ScheduleByDay/></CalendarTrigger></Triggers>"
        f"<Actions><Exec><Command>python.exe</Command><Arguments>{arguments}</Arguments></Exec></Actions></Task>"
    )


def upload(client: Client, *texts: str | bytes, **fields: str) -> HttpResponse:
    files = [
        SimpleUploadedFile(f"{number}.xml", text if isinstance(text, bytes) else text.encode("utf-16"))
        for number, text in enumerate(texts)
    ]
    return client.post("/jobs/import", {"files": files, "time_zone": "Asia/Tokyo", **fields})


def ticked(page: ShownPage) -> list[str]:
    return [box.attributes["name"] for box in page.all("input", type="checkbox") if "checked" in box.attributes]


def form_of(page: ShownPage) -> dict[str, str]:
    """What a browser would send of the preview as it stands."""
    sent = {
        field.attributes["name"]: field.attributes.get("value", "")
        for field in page.all("input")
        if "name" in field.attributes and (field.attributes.get("type") != "checkbox" or "checked" in field.attributes)
    }
    for select in page.all("select"):
        options = [option for option in select.inside if option.tag == "option"]
        chosen = [option for option in options if "selected" in option.attributes] or options[:1]
        sent[select.attributes["name"]] = chosen[0].attributes["value"]
    return sent


def test_the_page_tells_how_to_export_and_asks_for_files(admin: Client) -> None:
    page = ShownPage(admin.get("/jobs/import"))
    assert page.one("pre", id="export-cmd").text == "schtasks /query /xml ONE > tasks.xml"
    assert "Export-ScheduledTask" in page.one("pre", id="export-powershell").text
    assert "multiple" in page.one("input", type="file").attributes
    assert page.one("input", id="time_zone").attributes["value"] == "Asia/Tokyo"


def test_it_is_linked_for_administrators_only(admin: Client, viewer: Client) -> None:
    for address in ("/jobs", "/jobs/add"):
        assert 'href="/jobs/import"' in admin.get(address).text
        assert 'href="/jobs/import"' not in viewer.get(address).text
    assert viewer.get("/jobs/import").status_code == 403
    assert upload(viewer, task("\\A")).status_code == 403


@on_each_database
def test_each_task_is_shown_with_when_it_is_due_and_nothing_is_saved(admin: Client) -> None:
    page = ShownPage(upload(admin, task("\\経理\\売上集計"), (CORPUS / "session.xml").read_bytes()))
    text = page.one("main").text
    assert "毎日 06:00" in text and "猶予 30 分" in text and "いつ動くか予測できません: " in text
    assert len([each for each in page.all("time") if each.text.endswith(" 06:00")]) == 5
    assert page.one("input", id="key-0").attributes["value"] == "経理-売上集計"
    assert "take-0" in ticked(page)
    assert not Job.objects.exists() and not JobSettingsRow.objects.exists()


@on_each_database
def test_a_job_of_the_same_name_is_chosen_and_one_like_it_offered(admin: Client) -> None:
    a_job("sales", title="売上集計")
    page = ShownPage(upload(admin, task("\\売上集計"), task("\\売上集計の予備")))
    (certain, unclear) = page.all("select", id="job-0") + page.all("select", id="job-1")
    chosen = [each.text for each in certain.inside if "selected" in each.attributes]
    assert len(chosen) == 1 and chosen[0].startswith("売上集計 [sales] – 名前が同じ")
    assert [each.text for each in unclear.inside if "selected" in each.attributes] == ["選んでください"]
    assert ticked(page) == ["take-0"]


def test_what_was_not_read_is_told_with_file_line_and_reason(admin: Client) -> None:
    page = ShownPage(upload(admin, task("\\A"), "<Task>\n<a></Task>"))
    assert "1.xml L1" in page.one("main").text and "2 行目が XML として正しくありません" in page.one("main").text
    assert ticked(page) == ["take-0"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"hello", "タスクがありません"),
        (b"<!DOCTYPE a><Task/>", "DOCTYPE"),
        (b" " * 10_000_001, "10 MB まで"),
        (task("\\Microsoft\\Windows\\Defrag").encode(), "Windows 自身のタスク 1 件"),
    ],
)
def test_files_without_a_task_are_told_and_asked_for_again(admin: Client, text: bytes, said: str) -> None:
    answer = upload(admin, text)
    assert answer.status_code == 400
    assert said in ShownPage(answer).one("p", "error").text


def test_too_much_at_once_no_file_and_no_such_zone_are_told(admin: Client) -> None:
    assert "20 MB" in upload(admin, *[b" " * 7_000_000] * 3).text
    assert "1 個以上選んで" in admin.post("/jobs/import", {"time_zone": "UTC"}).text
    answer = upload(admin, task("\\A"), time_zone="Asia/Nowhere")
    assert answer.status_code == 400 and "タイムゾーン" in answer.text


def test_no_argument_and_no_markup_of_a_task_reaches_the_page(admin: Client) -> None:
    shown = upload(admin, task("\\&lt;script&gt;x", arguments="job.py --password Sesame-1")).text
    assert "Sesame" not in shown and "<script>x" not in shown and "&lt;script&gt;x" in shown


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"take-0": None}, "1 件以上選び"),
        ({"key-0": ""}, "キーを入力"),
        ({"key-0": "other"}, "もうあります"),
        ({"key-0": "same", "key-1": "same", "take-1": "1", "job-1": ""}, "別のタスクも同じジョブ"),
    ],
)
def test_what_cannot_be_saved_is_shown_again_with_what_is_wrong(
    admin: Client, changes: dict[str, str | None], said: str
) -> None:
    a_job("other", title="ほか")
    sent = form_of(ShownPage(upload(admin, task("\\A") + task("\\B"))))
    sent = {"title-0": sent.pop("title-0")} | sent
    if changes.get("take-0", "") is None:
        sent.pop("take-1")
    for name, value in changes.items():
        sent.pop(name, None)
        if value is not None:
            sent[name] = value
    answer = admin.post("/jobs/import", sent)
    assert answer.status_code == 400
    assert said in answer.text and "何も保存していません" in answer.text
    assert not JobSettingsRow.objects.exists()


def test_a_preview_that_is_not_this_portals_is_refused(admin: Client) -> None:
    sent = form_of(ShownPage(upload(admin, task("\\A"))))
    for tasks in ("", "x", sent["tasks"][:-2], "A" + sent["tasks"]):
        answer = admin.post("/jobs/import", {**sent, "tasks": tasks})
        assert answer.status_code == 400 and "古くなりました" in answer.text


@on_each_database
def test_calendars_are_offered_for_all_tasks_and_for_each(admin: Client) -> None:
    calendar = CalendarRow.objects.create(name="本社")
    made = {"calendar": calendar, "made_at": datetime.now(UTC), "definition": '{"name":"本社","country":"JP"}'}
    CalendarRevision.objects.create(**made)
    newest = CalendarRevision.objects.create(**made)
    page = ShownPage(admin.get("/jobs/import"))
    assert [each.attributes["value"] for each in page.one("select", id="calendar").inside] == ["", f"{newest.id}:skip"]
    page = ShownPage(upload(admin, task("\\A"), calendar=f"{newest.id}:skip"))
    (chosen,) = [each for each in page.one("select", id="calendar-0").inside if "selected" in each.attributes]
    assert chosen.text == "本社: 休日は中止"


def test_two_thousand_tasks_fit_into_a_form(admin: Client) -> None:
    answer = upload(admin, "".join(task(f"\\フォルダー\\タスク {number}") for number in range(2_000)))
    assert answer.status_code == 200
    sent = form_of(ShownPage(answer))
    assert len(sent) > 6_000
    # Refused for its one wrong row, and so read as a whole.
    refused = admin.post("/jobs/import", {**sent, "key-1999": ""})
    assert refused.status_code == 400 and "キーを入力" in refused.text
