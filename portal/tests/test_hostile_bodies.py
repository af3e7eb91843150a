"""Whatever is sent, the answer is never a 5xx, and the server lives."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running_portal import RunningPortal

anything_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
members = st.fixed_dictionaries(
    {},
    optional={
        "job_key": st.sampled_from(["k"]) | st.text(st.characters(codec=None), max_size=600) | anything_json,
        "title": st.sampled_from(["題"]) | st.text(st.characters(codec=None), max_size=600) | anything_json,
        "status": st.sampled_from(["success", "error"]) | anything_json,
        "finished_at": st.datetimes().map(lambda at: at.isoformat()) | st.text(max_size=30) | anything_json,
        **dict.fromkeys(("message", "tool_id", "run_id", "started_at", "exit_code", "host"), anything_json),
    },
)
hostile = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@hostile
@given(body=members)
def test_no_combination_of_members_makes_a_server_error(portal: RunningPortal, body: dict[str, Any]) -> None:
    assert portal.report(json.dumps(body).encode()).status in (200, 400)


@hostile
@given(
    body=st.binary(max_size=300), content_type=st.sampled_from(["application/json", "text/plain; charset=sjis", "x"])
)
def test_no_bytes_make_a_server_error(portal: RunningPortal, body: bytes, content_type: str) -> None:
    assert portal.report(body, content_type=content_type).status == 400
    assert portal.process is not None and portal.process.poll() is None


@hostile
@given(path=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40))
def test_no_path_makes_a_server_error(portal: RunningPortal, path: str) -> None:
    for prefix in ("/", "/api/monitor/"):
        assert portal.request("GET", prefix + path).status < 500
