"""tc-report doctor finds what keeps reports from arriving, says what to do, and records nothing."""

import re
import socket
from email.utils import formatdate
from time import time

import pytest
from loopback import ECHO_PATH, REPORT_PATH, SECRET


def doctor(reporter, variables, *arguments):
    return reporter.tc_report("doctor", "--lang", "ja", *arguments, variables=variables)


def problems(done):
    """The lines that tell of a problem, each with its advice."""
    return re.findall(r"^✗ (.*(?:\n   .*)*)", done.stdout, re.MULTILINE)


def the_problem(done):
    assert done.returncode == 1, done.stdout + done.stderr
    [problem] = problems(done)
    return problem


@pytest.fixture
def guides_portal(portal):
    """The guide's own portal, which has no echo."""
    portal.will_answer(404, body={"error": "Not found"}, path=ECHO_PATH)
    return portal


def test_where_all_is_well_it_says_so(reporter, portal):
    done = doctor(reporter, portal.variables)
    assert (done.returncode, done.stderr) == (0, "")
    signs = [line[0] for line in done.stdout.splitlines() if line and line[0] != " "]
    assert set(signs[:-1]) == {"✓"}
    assert done.stdout.endswith("\n問題は見つかりませんでした。\n")


def test_it_walks_from_this_pc_to_the_portal(reporter, portal):
    text = doctor(reporter, portal.variables).stdout
    places = [
        "MONITOR_URL",
        "WEBHOOK_SECRET",
        "JOB_KEY",
        "アドレスの形",
        "プロキシ",
        "名前",
        "ポート",
        "シークレットは",
        "時計",
        "日本語",
    ]
    found = [text.index(place) for place in places]
    assert found == sorted(found)


@pytest.mark.parametrize("secret", [SECRET, "another"])
def test_it_never_records_a_run(reporter, portal, guides_portal, other_portal, secret):
    for each in (guides_portal, other_portal):
        doctor(reporter, {**each.variables, "TC_PORTAL_WEBHOOK_SECRET": secret})
        assert each.requests
        assert each.reports == []


def test_it_does_not_print_the_secret(reporter, portal):
    for secret in (SECRET, "another-secret"):
        assert secret not in doctor(reporter, {**portal.variables, "TC_PORTAL_WEBHOOK_SECRET": secret}).stdout


@pytest.mark.parametrize("name", ["TC_PORTAL_MONITOR_URL", "TC_PORTAL_WEBHOOK_SECRET"])
def test_a_missing_variable_is_named(reporter, portal, name):
    variables = portal.variables
    del variables[name]
    assert the_problem(doctor(reporter, variables)).startswith(f"{name} が設定されていません。\n   → ")


@pytest.mark.parametrize("name", ["TC_PORTAL_MONITOR_URL", "TC_PORTAL_WEBHOOK_SECRET"])
def test_quotation_marks_around_a_value_are_found(reporter, portal, name):
    variables = {**portal.variables, name: '"{}"'.format(portal.variables[name])}
    assert the_problem(doctor(reporter, variables)).startswith(f"{name} の値が引用符で囲まれています")


def test_blanks_around_a_value_are_told_but_are_no_problem(reporter, portal):
    done = doctor(reporter, {**portal.variables, "TC_PORTAL_WEBHOOK_SECRET": SECRET + " "})
    assert "! TC_PORTAL_WEBHOOK_SECRET の値の前後に空白か改行があります" in done.stdout
    assert done.returncode == 0


def test_a_secret_in_full_width_characters_is_found(reporter, portal):
    variables = {**portal.variables, "TC_PORTAL_WEBHOOK_SECRET": "ｓｅｃｒｅｔ"}
    assert "英数字と記号以外" in the_problem(doctor(reporter, variables))


def test_the_default_key_is_told_but_is_no_problem(reporter, portal):
    variables = portal.variables
    del variables["TC_PORTAL_JOB_KEY"]
    done = doctor(reporter, variables)
    assert "! ジョブの識別子が未設定のため default-job になります" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize("url", ["portal", "ftp://portal/", "http://", "http://[", "https://portal:port/"])
def test_an_address_that_is_none_is_found(reporter, portal, url):
    problem = the_problem(doctor(reporter, {**portal.variables, "TC_PORTAL_MONITOR_URL": url}))
    assert problem.startswith("TC_PORTAL_MONITOR_URL がアドレスとして読めません")


@pytest.mark.parametrize(
    ("path", "right_path"),
    [
        ("", REPORT_PATH),
        ("/incidents", REPORT_PATH),
        ("/api/monitor", REPORT_PATH),
        ("/api/monitor/job-report/", REPORT_PATH),
        ("/portal/api/monitor/", "/portal" + REPORT_PATH),
    ],
)
def test_for_another_path_it_gives_the_right_one(reporter, portal, path, right_path):
    variables = {**portal.variables, "TC_PORTAL_MONITOR_URL": portal.origin + path}
    assert f"→ {portal.origin}{right_path} にしてください" in the_problem(doctor(reporter, variables))
    assert portal.requests == []


def test_a_password_in_the_address_is_found_and_not_printed(reporter, portal):
    url = portal.url.replace("//", "//someone:pass-word@")
    done = doctor(reporter, {**portal.variables, "TC_PORTAL_MONITOR_URL": url})
    assert "user:password@" in the_problem(done)
    assert "pass-word" not in done.stdout


def test_a_name_that_cannot_be_looked_up_is_found(reporter, portal):
    variables = {**portal.variables, "TC_PORTAL_MONITOR_URL": f"http://no-such-host.invalid{REPORT_PATH}"}
    assert the_problem(doctor(reporter, variables)).startswith("no-such-host.invalid の名前が引けません")


def test_a_port_where_nothing_listens_is_found(reporter, portal):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    variables = {**portal.variables, "TC_PORTAL_MONITOR_URL": f"http://127.0.0.1:{port}{REPORT_PATH}"}
    assert the_problem(doctor(reporter, variables)).startswith(f"127.0.0.1 のポート {port} が接続を拒みました")


def test_a_server_that_does_not_answer_is_found(reporter, portal):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = "http://127.0.0.1:{}{}".format(silent.getsockname()[1], REPORT_PATH)
        done = doctor(reporter, {**portal.variables, "TC_PORTAL_MONITOR_URL": url, "TC_PORTAL_TIMEOUT": "0.5"})
    assert the_problem(done).startswith("0.5 秒のうちに答えがありません")


def test_a_proxy_is_told_without_its_password(reporter, portal, other_portal):
    proxy = other_portal.origin.replace("//", "//someone:pass-word@")
    done = doctor(reporter, {**portal.variables, "http_proxy": proxy})
    assert "✓ プロキシを使います: {}".format(other_portal.origin[len("http://") :]) in done.stdout
    assert "pass-word" not in done.stdout
    assert other_portal.requests
    assert portal.requests == []


def test_a_proxy_that_wants_a_login_is_found(reporter, portal, other_portal):
    other_portal.will_answer(407)
    done = doctor(reporter, {**portal.variables, "http_proxy": other_portal.origin})
    assert the_problem(done).startswith("プロキシが接続を断りました")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_of_a_redirect_it_gives_the_address_to_use_instead(reporter, portal, other_portal, status):
    portal.will_answer(status, {"Location": other_portal.origin + ECHO_PATH})
    problem = the_problem(doctor(reporter, portal.variables))
    assert f"→ TC_PORTAL_MONITOR_URL を {other_portal.url} にしてください" in problem
    assert other_portal.requests == []


def test_a_redirect_to_a_login_page_is_told_from_a_move(reporter, portal):
    portal.will_answer(302, {"Location": "/login?next=/api/monitor/echo"})
    problem = the_problem(doctor(reporter, portal.variables))
    assert f"別のページ（{portal.origin}/login）" in problem


@pytest.mark.parametrize("has_echo", [True, False])
def test_another_secret_is_found(reporter, request, portal, has_echo):
    if not has_echo:
        request.getfixturevalue("guides_portal")
    done = doctor(reporter, {**portal.variables, "TC_PORTAL_WEBHOOK_SECRET": "another"})
    assert the_problem(done).startswith("ポータルがシークレットを受け付けません（HTTP 401）")


def test_with_the_guides_own_portal_the_secret_is_checked_and_japanese_is_not(reporter, guides_portal):
    done = doctor(reporter, guides_portal.variables)
    assert "✓ シークレットはポータルと一致しています" in done.stdout
    assert "! このポータルには確認用の受け口がない" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (403, b"", "断られました（HTTP 403）"),
        (404, b"", "受け口がありません（HTTP 404）"),
        (405, b"", "POST が受け付けられません（HTTP 405）"),
        (500, {"error": "Server configuration error"}, "ポータルにシークレットが設定されていません"),
        (500, {"error": "Failed to update job status"}, "マイグレーション"),
        (502, b"<html>", "受け取れません（HTTP 502）"),
        (503, b"", "受け取れません（HTTP 503）"),
        (418, b"", "予想しない答えです（HTTP 418）"),
        (200, b"<html>login</html>", "予想しない答えです（HTTP 200）"),
        (200, {"success": True}, "予想しない答えです（HTTP 200）"),
        (200, b"\xff", "予想しない答えです（HTTP 200）"),
    ],
)
def test_each_answer_of_the_troubleshooting_table_has_its_advice(package, portal, status, body, words):
    portal.will_answer(status, body=body)
    problem = the_problem(doctor(package, portal.variables))
    assert words in problem
    assert "\n   → " in problem


@pytest.mark.parametrize(("minutes", "words"), [(-9, "9 分進んでいます"), (9, "9 分遅れています")])
def test_a_clock_that_is_wrong_by_more_than_five_minutes_is_found(reporter, portal, minutes, words):
    date = formatdate(time() + 60 * minutes, usegmt=True)
    portal.will_answer(400, {"Date": date}, {"error": "job_key is required"}, path=REPORT_PATH)
    portal.will_answer(404, path=ECHO_PATH)
    assert words in the_problem(doctor(reporter, portal.variables))


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_without_the_servers_time_the_clock_is_not_judged(package, portal, date):
    portal.will_answer(400, {"Date": date}, {"error": "job_key is required"}, path=REPORT_PATH)
    portal.will_answer(404, path=ECHO_PATH)
    done = doctor(package, portal.variables)
    assert "! サーバーの時刻が分からない" in done.stdout
    assert done.returncode == 0


def test_text_that_arrives_changed_is_found(reporter, portal):
    portal.will_answer(200, body={"text": "??????", "charset": "utf-8"}, path=ECHO_PATH)
    assert the_problem(doctor(reporter, portal.variables)).startswith("送った文字が変わって届いています")


def test_a_company_certificate_is_found_and_the_remedy_named(reporter, tls_portal):
    problem = the_problem(doctor(reporter, tls_portal.variables))
    assert "発行元を、この PC の Python が知りません" in problem
    assert "SSL_CERT_FILE" in problem
    assert tls_portal.requests == []


def test_the_remedy_for_a_company_certificate_works(reporter, tls_portal, company_certificate):
    variables = {**tls_portal.variables, "SSL_CERT_FILE": str(company_certificate[1])}
    done = doctor(reporter, variables)
    assert "✓ TLS の証明書は正しいです" in done.stdout
    assert done.returncode == 0
    assert reporter.tc_report("send", "success", variables=variables).returncode == 0


def test_a_certificate_for_another_name_is_found(reporter, tls_portal, company_certificate):
    url = tls_portal.url.replace("127.0.0.1", "localhost")
    variables = {**tls_portal.variables, "TC_PORTAL_MONITOR_URL": url, "SSL_CERT_FILE": str(company_certificate[1])}
    assert "このホスト名のものではありません" in the_problem(doctor(reporter, variables))


def test_https_to_a_port_that_speaks_http_is_found(reporter, portal):
    variables = {**portal.variables, "TC_PORTAL_MONITOR_URL": portal.url.replace("http:", "https:")}
    assert the_problem(doctor(reporter, variables)).startswith("TLS の接続ができません")


def test_a_certificate_file_that_is_not_there_is_told(reporter, portal):
    done = doctor(reporter, {**portal.variables, "SSL_CERT_FILE": "no/such/file.pem"})
    assert "! 環境変数 SSL_CERT_FILE の指す場所がありません: no/such/file.pem" in done.stdout


@pytest.mark.parametrize(("encoding", "sign"), [("utf-8", "✓"), ("cp932", "OK"), ("cp1252", "OK"), ("ascii", "OK")])
def test_signs_that_the_console_lacks_are_spelled_in_ascii(reporter, portal, encoding, sign):
    done = reporter.tc_report("doctor", variables={**portal.variables, "PYTHONIOENCODING": encoding})
    assert "\n" + sign + " TC_PORTAL_MONITOR_URL" in done.stdout_bytes.decode(encoding).replace("\r\n", "\n")
    # Not only a backslash and a u: Windows keeps homes in C:\users.
    assert not re.search(r"\\u[0-9a-f]{4}", done.stdout)
    assert done.returncode == 0


def test_it_speaks_english_when_asked_to(reporter, portal):
    done = reporter.tc_report("doctor", "--lang", "en", variables=portal.variables)
    assert done.stdout.isascii() or "✓" in done.stdout
    assert done.stdout.endswith("\nNo problem found.\n")


def test_what_it_says_it_says_in_both_languages(package):
    script = (
        "import string\nfrom tc_portal_reporter.findings import FINDINGS_EN, FINDINGS_JA\n"
        "def shape(text):\n"
        "    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name), '→' in text\n"
        "assert list(FINDINGS_EN) == list(FINDINGS_JA)\n"
        "print([name for name in FINDINGS_JA if shape(FINDINGS_JA[name]) != shape(FINDINGS_EN[name])])"
    )
    assert package.run(script).stdout == "[]\n"
