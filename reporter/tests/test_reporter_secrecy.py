"""The secret goes to the portal and nowhere else."""

import json

import pytest
from loopback import first_line

SCRIPT = "from tc_portal_reporter import report_job_status\nreport_job_status('success')"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(reporter, portal, other_portal, status):
    portal.will_answer(status, {"Location": other_portal.url})
    done = reporter.run(SCRIPT, portal.variables)
    assert first_line(done) == f"[TC Portal] 報告失敗: HTTP {status}\n"
    assert other_portal.requests == []
    assert len(portal.requests) == 1


@pytest.mark.parametrize("secret", ["first-half\nsecond-half", "first-half\r\nX-Header: second-half", "全角の秘密"])
def test_a_secret_that_no_header_can_carry_is_not_printed(reporter, portal, secret):
    done = reporter.run(SCRIPT, {**portal.variables, "TC_PORTAL_WEBHOOK_SECRET": secret})
    assert done.stdout.startswith("[TC Portal] 報告エラー: ")
    assert not any(part in done.stdout + done.stderr for part in ("half", "全角の秘密"))
    assert portal.requests == []


def test_a_secret_that_the_server_repeats_is_not_printed(reporter, portal):
    variables = {**portal.variables, "TC_PORTAL_WEBHOOK_SECRET": "Unauthorized"}
    portal.will_answer(401)
    done = reporter.run(SCRIPT, variables)
    assert first_line(done) == "[TC Portal] 報告エラー: HTTP Error 401: ***\n"
    assert "Unauthorized" not in done.stdout


def test_a_password_in_the_address_is_not_printed(reporter, portal):
    url = portal.url.replace("//", "//someone:pass-word@")
    done = reporter.run(SCRIPT, {**portal.variables, "TC_PORTAL_MONITOR_URL": url})
    assert done.stdout.startswith("[TC Portal] 報告エラー: ")
    assert "pass-word" not in done.stdout + done.stderr


def test_the_environments_proxy_is_used_as_urllib_uses_it(reporter, portal, other_portal):
    done = reporter.run(SCRIPT, {**portal.variables, "http_proxy": other_portal.origin})
    assert first_line(done) == "[TC Portal] 報告エラー: HTTP Error 404: Not Found\n"
    assert portal.requests == []
    assert [path for _, path, _, _ in other_portal.requests] == [portal.url]


def test_no_proxy_is_heeded(reporter, portal, other_portal):
    variables = {**portal.variables, "http_proxy": other_portal.origin, "no_proxy": "127.0.0.1"}
    assert reporter.run(SCRIPT, variables).stdout == "[TC Portal] 報告成功: success\n"
    assert other_portal.requests == []


def test_only_http_and_https_are_spoken(reporter, portal, tmp_path):
    file = tmp_path / "file.txt"
    file.write_text("x")
    done = reporter.run(SCRIPT, {**portal.variables, "TC_PORTAL_MONITOR_URL": file.as_uri()})
    assert first_line(done) == "[TC Portal] 報告エラー: <urlopen error unknown url type: file>\n"


@pytest.fixture
def with_mask(portal, tmp_path):
    """Variables with a config file whose patterns say what must not leave the PC; one of them is a mistake."""
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"mask": ["employee no\\. (\\d+)", "(", "\\d{4}-\\d{4}"]}))
    return {**portal.variables, "TC_PORTAL_CONFIG": str(config)}


def test_the_users_patterns_are_taken_out_of_what_a_script_says(reporter, portal, with_mask):
    reporter.tc_report(
        "send", "error", "-m", "employee no. 4711 paid by 1234-5678; password=mine", variables=with_mask
    )
    [report] = portal.reports
    # The script's own words are masked by the user's patterns alone.
    assert report["message"] == "employee no. *** paid by ***; password=mine"


def test_the_users_patterns_are_taken_out_of_what_a_run_tells(reporter, newest_portal, with_mask):
    script = (
        "from tc_portal_reporter import monitor\n"
        "with monitor('k', start=False) as run:\n"
        "    run.metric('rows', 1234)\n"
        "    run.progress('at employee no. 4711')\n"
        "    run.log('card 1234-5678')\n"
        "    raise ValueError('employee no. 4711')\n"
    )
    reporter.run(script, {**newest_portal.variables, **with_mask})
    told = [body for _, path, _, body in newest_portal.requests if body]
    assert "4711" not in json.dumps(told) and "1234-5678" not in json.dumps(told)
    [report] = newest_portal.reports
    assert report["log"][-1]["text"] == "card ***" and report["metrics"] == {"rows": 1234}
    assert "ValueError: employee no. ***" in report["message"]


def test_a_pattern_at_the_cut_of_a_long_message_is_masked_before_it_is_cut(reporter, portal, with_mask):
    script = (
        "from tc_portal_reporter import report_job_status\n"
        "report_job_status('error', 'x' * 15_995 + '1234-5678' + 'y' * 60_000)\n"
    )
    reporter.run(script, with_mask)
    [report] = portal.reports
    assert "1234" not in report["message"] and "***" in report["message"]
