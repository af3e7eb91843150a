"""The published description of the API is what the server does."""

from pathlib import Path

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
