"""The published description of the API is what the server does."""

import json
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from running_portal import SECRET, RunningPortal
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from tc_portal.ingest.app import PREFIX, Ingest
from tc_portal.ingest.echo import Echo
from tc_portal.ingest.host_tasks import GivenHostTasks
from tc_portal.ingest.job_extend import JobExtend
from tc_portal.ingest.job_heartbeat import JobHeartbeat
from tc_portal.ingest.job_report import JobReport
from tc_portal.ingest.job_start import JobStart
from tc_portal.store.writer import Writer

DOCUMENT = Path(__file__).parents[2] / "docs" / "job-report.openapi.json"
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
)

schema = schemathesis.openapi.from_path(DOCUMENT)


@schema.parametrize()
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_document_describes(case: schemathesis.Case, portal: RunningPortal) -> None:
    case.call_and_validate(
        base_url=portal.url, headers={"X-TC-Portal-Webhook-Secret": SECRET}, checks=CHECKS, verify=False
    )


MEMBERS: dict[str, type[msgspec.Struct]] = {
    "job-report": JobReport,
    "job-start": JobStart,
    "job-extend": JobExtend,
    "job-heartbeat": JobHeartbeat,
    "host-tasks": GivenHostTasks,
    "echo": Echo,
}


def described() -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(DOCUMENT.read_text(encoding="utf-8")))


def test_every_endpoint_is_described_and_no_other() -> None:
    answered = Ingest(cast("Writer", None), []).names
    assert {path.removeprefix(PREFIX) for path in described()["paths"]} == answered == MEMBERS.keys()


@pytest.mark.parametrize("name", MEMBERS)
def test_every_member_that_is_read_is_described_and_no_other(name: str) -> None:
    document = described()
    request = document["paths"][PREFIX + name]["post"]["requestBody"]["content"]["application/json"]["schema"]
    if "$ref" in request:
        request = document["components"]["schemas"][request["$ref"].rpartition("/")[2]]
    assert list(request["properties"].keys() ^ set(MEMBERS[name].__struct_fields__)) == []
