"""Whatever is sent, the answer is never a 5xx, and the server lives."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running_portal import SECRET, Answer, RunningPortal

anything_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
instants = st.datetimes().map(lambda at: at.isoformat()) | st.text(max_size=30) | anything_json
of_the_sender: dict[str, st.SearchStrategy[Any]] = {
    "sent_at": instants,
    "reporter": anything_json,
    "held_back": anything_json,
}
of_a_run: dict[str, st.SearchStrategy[Any]] = {
    "metrics": anything_json | st.dictionaries(st.text(max_size=300), anything_json, max_size=5),
    "log": anything_json
    | st.lists(
        st.fixed_dictionaries({}, optional={"at": instants, "text": anything_json}) | anything_json, max_size=5
    ),
    "progress": anything_json,
    **of_the_sender,
}
outputs = anything_json | st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("head", "tail", "size", "truncated"), anything_json)
)
members = st.fixed_dictionaries(
    {},
    optional={
        "job_key": st.sampled_from(["k"]) | st.text(st.characters(codec=None), max_size=600) | anything_json,
        "title": st.sampled_from(["題"]) | st.text(st.characters(codec=None), max_size=600) | anything_json,
        "status": st.sampled_from(["success", "error"]) | anything_json,
        "finished_at": instants,
        **dict.fromkeys(("message", "tool_id", "run_id", "exit_code", "host", "exit_meaning"), anything_json),
        **dict.fromkeys(("started_at", "until"), instants),
        **dict.fromkeys(("heartbeat_seconds", "seconds"), anything_json),
        "output": outputs,
        **of_a_run,
    },
)
some_xml = st.sampled_from(
    [
        "<Task/>",
        "<Task><Triggers><TimeTrigger><StartBoundary>0001-01-01T00:00:00</StartBoundary></TimeTrigger></Triggers></Task>",
        "<Task><Triggers><CalendarTrigger><StartBoundary>9999-12-31T23:59:59+14:00</StartBoundary><Repetition><Interval>PT1M"
        "</Interval></Repetition><ScheduleByDay><DaysInterval>0</DaysInterval></ScheduleByDay></CalendarTrigger></Triggers></Task>",
        "<Task><Settings><ExecutionTimeLimit>P99999999D</ExecutionTimeLimit></Settings></Task>",
    ]
)
host_tasks = st.fixed_dictionaries(
    {},
    optional={
        "host": st.sampled_from(["PC"]) | st.text(st.characters(codec=None), max_size=600) | anything_json,
        "read_at": st.sampled_from(["2026-11-24T03:00:00Z"]) | instants,
        "event_log": st.sampled_from(["read", "off", "unread"]) | anything_json,
        "left_out": anything_json,
        "microsofts_own": anything_json,
        "tasks": anything_json
        | st.lists(
            st.fixed_dictionaries(
                {"path": st.text(st.characters(codec=None), min_size=1, max_size=600)},
                optional={
                    "xml": some_xml | st.text(st.characters(codec=None), max_size=60) | anything_json,
                    "last_run_at": instants,
                    "next_run_at": instants,
                    "last_result": st.integers(-(2**33), 2**33) | anything_json,
                    "events": anything_json
                    | st.lists(
                        st.fixed_dictionaries(
                            {}, optional={"id": anything_json, "at": instants, "code": anything_json}
                        )
                        | anything_json,
                        max_size=3,
                    ),
                },
            ),
            max_size=4,
        ),
        **of_the_sender,
    },
)
hostile = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def tell(portal: RunningPortal, name: str, body: bytes, content_type: str = "application/json") -> Answer:
    headers = {"X-TC-Portal-Webhook-Secret": SECRET, "Content-Type": content_type}
    return portal.request("POST", f"/api/monitor/{name}", body, headers)


@hostile
@given(body=members)
def test_no_combination_of_members_makes_a_server_error(portal: RunningPortal, body: dict[str, Any]) -> None:
    for name in ("job-report", "job-start", "job-extend", "job-heartbeat"):
        assert tell(portal, name, json.dumps(body).encode()).status in (200, 400)


@hostile
@given(body=host_tasks)
def test_nothing_that_is_told_of_tasks_makes_a_server_error(portal: RunningPortal, body: dict[str, Any]) -> None:
    assert tell(portal, "host-tasks", json.dumps(body).encode()).status in (200, 400)


@hostile
@given(
    body=st.binary(max_size=300), content_type=st.sampled_from(["application/json", "text/plain; charset=sjis", "x"])
)
def test_no_bytes_make_a_server_error(portal: RunningPortal, body: bytes, content_type: str) -> None:
    for name in ("job-report", "host-tasks"):
        assert tell(portal, name, body, content_type).status == 400
    assert portal.process is not None and portal.process.poll() is None


@hostile
@given(path=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40))
def test_no_path_makes_a_server_error(portal: RunningPortal, path: str) -> None:
    for prefix in ("/", "/api/monitor/"):
        assert portal.request("GET", prefix + path).status < 500
