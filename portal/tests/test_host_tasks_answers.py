"""``POST /api/monitor/host-tasks``: what a PC says of its tasks is recorded whole, and its next word replaces it."""

import json
from typing import Any

import pytest
from databases import Database
from running_portal import SECRET, Answer, RunningPortal

DAILY = (
    "<Task><RegistrationInfo><URI>\\TC\\A</URI></RegistrationInfo><Triggers><CalendarTrigger>"
    "<StartBoundary>2026-04-01T06:00:00</StartBoundary><ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>"
    "</CalendarTrigger></Triggers><Actions><Exec><Command>a.exe</Command><Arguments>--password ***</Arguments></Exec></Actions></Task>"
)
TASK: dict[str, Any] = {
    "path": "\\TC\\A",
    "xml": DAILY,
    "last_run_at": "2026-11-23T21:00:01+00:00",
    "next_run_at": "2026-11-24T21:00:00+00:00",
    "last_result": 0x8007052E,
    "events": [{"id": 101, "at": "2026-11-23T21:00:01Z", "code": 0x8007052E}],
}


def tell(portal: RunningPortal, body: Any, secret: str = SECRET) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"X-TC-Portal-Webhook-Secret": secret, "Content-Type": "application/json"}
    return portal.request("POST", "/api/monitor/host-tasks", content, headers)


def reading(host: str, *tasks: Any, **more: Any) -> dict[str, Any]:
    return {"host": host, "read_at": "2026-11-24T03:00:00Z", "tasks": list(tasks), **more}


def rows(database: Database, host: str) -> list[tuple[Any, ...]]:
    return database.rows(
        "SELECT path, last_result, definition, events FROM host_task JOIN host ON host.id = host_task.host_id"
        f" WHERE host.name = '{host}' ORDER BY path"
    )


def test_the_tasks_are_recorded_without_their_arguments(portal: RunningPortal, database: Database) -> None:
    answer = tell(portal, reading("PC-1", TASK, event_log="read", reporter="9.8.7", held_back=2))
    assert (answer.status, answer.json) == (200, {"success": True, "host": "PC-1", "tasks": 1})
    [(path, result, definition, events)] = rows(database, "PC-1")
    assert (path, result) == ("\\TC\\A", 0x8007052E)
    assert "a.exe" in definition and "password" not in definition and '"number":101' in events
    told = database.rows("SELECT reporter, held_back, event_log, tasks_left_out FROM host WHERE name = 'PC-1'")
    assert told == [("9.8.7", 2, "read", 0)]


def test_the_next_word_of_a_pc_replaces_what_it_said_before(portal: RunningPortal, database: Database) -> None:
    first_seen = "SELECT path, first_seen_at FROM host_task JOIN host ON host.id = host_id WHERE host.name = 'PC-2'"
    tell(portal, reading("PC-2", TASK, {"path": "\\TC\\B"}))
    before = dict(database.rows(first_seen))
    tell(
        portal, reading("PC-2", {**TASK, "last_result": 0}, {"path": "\\TC\\C"}) | {"read_at": "2026-11-25T03:00:00Z"}
    )
    assert [(path, result) for path, result, *_ in rows(database, "PC-2")] == [("\\TC\\A", 0), ("\\TC\\C", None)]
    after = dict(database.rows(first_seen))
    assert after["\\TC\\A"] == before["\\TC\\A"] < after["\\TC\\C"]
    assert tell(portal, reading("PC-2")).json["tasks"] == 0 and rows(database, "PC-2") == []


def test_other_pcs_keep_theirs(portal: RunningPortal, database: Database) -> None:
    tell(portal, reading("PC-3", TASK))
    tell(portal, reading("PC-4"))
    assert len(rows(database, "PC-3")) == 1


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "Invalid JSON body"),
        ({"read_at": "2026-11-24T03:00:00Z", "tasks": []}, "host is required"),
        ({"host": 5, "read_at": "2026-11-24T03:00:00Z", "tasks": []}, "host is required"),
        ({"host": "PC", "tasks": []}, "read_at is required"),
        ({"host": "PC", "read_at": "yesterday", "tasks": []}, "read_at must be valid ISO 8601"),
        ({"host": "PC", "read_at": "0001-01-01", "tasks": []}, "between the years 2000 and 2199"),
        ({"host": "PC", "read_at": "2026-11-24T03:00:00Z"}, "tasks is required"),
        ({"host": "PC", "read_at": "2026-11-24T03:00:00Z", "tasks": {}}, "tasks is required"),
        (reading("PC", {"xml": DAILY}), "tasks[0] has no path"),
        (reading("PC", TASK, "\\TC\\B"), "tasks[1] has no path"),
        (reading("PC", *({"path": f"\\{number}"} for number in range(501))), "tasks must be at most 500"),
    ],
)
def test_what_cannot_be_recorded_is_refused_with_what_to_do(portal: RunningPortal, body: Any, why: str) -> None:
    answer = tell(portal, body)
    assert answer.status == 400 and why in answer.json["error"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"last_result": -1}, "last_result is not a code"),
        ({"last_result": 2**32}, "last_result is not a code"),
        ({"last_result": True}, "last_result is not a code"),
        ({"last_run_at": "soon"}, "last_run_at is not valid"),
        ({"next_run_at": "9999-12-31T23:59:59Z"}, "next_run_at is not valid"),
        ({"xml": 5}, "xml is not text"),
        ({"xml": "x" * 100_001}, "xml is not text of 100000 characters"),
        ({"xml": "<Task>"}, "recorded without it"),
        ({"xml": "<Task></Task><Task></Task>"}, "it holds 2 tasks"),
        ({"xml": '<!DOCTYPE x [<!ENTITY a "b">]><Task>&a;</Task>'}, "DOCTYPE or ENTITY"),
        ({"events": {}}, "events is not a list"),
        ({"events": [{"id": "x"}, {"id": 101, "at": 5}]}, "has no id or no time"),
        ({"events": [{"id": 101, "at": "2026-11-24T03:00:00Z"}] * 21}, "more than 20 events"),
    ],
)
def test_a_part_that_makes_no_sense_is_left_out_and_said(portal: RunningPortal, changes: Any, why: str) -> None:
    answer = tell(portal, reading("PC-5", {**TASK, **changes}))
    assert answer.status == 200 and why in answer.json["warning"]


def test_a_task_that_is_told_twice_is_recorded_once(portal: RunningPortal, database: Database) -> None:
    answer = tell(portal, reading("PC-6", TASK, {"path": "\\tc\\a"}))
    assert answer.json["tasks"] == 1 and "there twice" in answer.json["warning"]


def test_a_full_body_is_taken_and_many_complaints_are_cut_short(portal: RunningPortal) -> None:
    many = [{"path": f"\\TC\\{number}", "xml": DAILY, "last_result": "?"} for number in range(500)]
    answer = tell(portal, reading("PC-7", *many))
    assert answer.json["tasks"] == 500 and answer.json["warning"].endswith("; and 480 more")


def test_without_the_secret_nothing_is_taken(portal: RunningPortal, database: Database) -> None:
    assert tell(portal, reading("PC-8", TASK), secret="guess").status == 401
    assert rows(database, "PC-8") == []
