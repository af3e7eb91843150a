"""The config file of the machine: what it says counts at once, for every job, and before the variables."""

import json
import os
from pathlib import Path

import pytest
from loopback import SECRET

SCRIPT = "from tc_portal_reporter import report_job_status\nreport_job_status('success', '済み')\n"
RECORDED = "[TC Portal] 報告成功: success\n"
SKIPPED = "[TC Portal] 環境変数未設定のためスキップ\n"


@pytest.fixture
def config(tmp_path):
    """Write a config file, and get the variables that name it."""

    def write(values, encoding="utf-8"):
        file = tmp_path / "設定.json"
        file.write_bytes(
            values if isinstance(values, bytes) else json.dumps(values, ensure_ascii=False).encode(encoding)
        )
        return {"TC_PORTAL_CONFIG": str(file)}

    return write


def test_address_and_secret_may_stand_in_the_file(reporter, portal, config):
    variables = config({"url": portal.url, "secret": SECRET})
    assert reporter.run(SCRIPT, variables).stdout == RECORDED
    assert portal.reports[0]["job_key"] == "default-job"


def test_the_file_goes_before_the_variables(reporter, portal, other_portal, config):
    """A task has its variables as they were when its session began; the file is as it is now."""
    variables = {**other_portal.variables, **config({"url": portal.url, "secret": f" {SECRET}\r\n"})}
    assert reporter.run(SCRIPT, variables).stdout == RECORDED
    assert (len(portal.reports), len(other_portal.reports)) == (1, 0)
    assert portal.reports[0]["job_key"] == "sales-report"


def test_file_and_variables_complete_each_other(reporter, portal, config):
    variables = portal.variables
    del variables["TC_PORTAL_MONITOR_URL"]
    assert reporter.run(SCRIPT, {**variables, **config({"url": portal.url})}).stdout == RECORDED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_the_file_may_be_in_what_notepad_writes(package, portal, config, encoding):
    variables = config({"url": portal.url, "secret": SECRET, "mask": ["社員番号[0-9]+"]}, encoding)
    script = SCRIPT + "from tc_portal_reporter.settings import read_settings\nprint(read_settings().mask_patterns)\n"
    assert package.run(script, variables).stdout == RECORDED + "('社員番号[0-9]+',)\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "1 行目が JSON として読めません"),
        (
            b'{"url": "x",\n "spool_dir": "C:\\spool"}',
            "2 行目が JSON として読めません（\\ は \\\\ か / と書いてください）",
        ),
        (b"[]", '{"url": …} の形ではありません'),
        (b"\x81\xff", "UTF-8 でも Shift_JIS でもありません"),
        # Windows keeps the test's name in a variable, which does not hold that much.
        pytest.param(b"[" * 100_000, "使えません", id="nested too deep"),
    ],
)
def test_a_broken_file_is_told_in_one_line_and_the_job_goes_on(reporter, portal, config, content, says):
    done = reporter.run(SCRIPT + "print('後の処理')", {**portal.variables, **config(content)})
    recorded, told, job = done.stdout.splitlines()
    assert recorded + "\n" == RECORDED
    assert told.startswith("[TC Portal] 設定ファイル ")
    assert says in told
    assert (job, done.stderr, done.returncode) == ("後の処理", "", 0)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"urll": "x"}, "urll という項目はありません"),
        ({"timeout": "10"}, "timeout は 0 より大きい数にしてください"),
        ({"timeout": True}, "timeout は 0 より大きい数にしてください"),
        ({"proxy": 8080}, 'proxy は "…" で囲んだ文字列にしてください'),
        ({"mask": "x"}, 'mask は ["…", "…"] の形にしてください'),
        ({"job_key": "x"}, "job_key はここには書けません"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_and_the_others_count(package, portal, config, values, says):
    done = package.run(SCRIPT, config({"url": portal.url, "secret": SECRET, **values}))
    recorded, told = done.stdout.splitlines()
    assert recorded + "\n" == RECORDED
    assert says in told
    assert portal.reports[0]["job_key"] == "default-job"


def test_a_file_that_is_named_and_not_there_is_told(reporter, portal, tmp_path):
    done = reporter.run(SCRIPT, {**portal.variables, "TC_PORTAL_CONFIG": str(tmp_path / "no.json")})
    assert done.stdout == RECORDED + f"[TC Portal] 設定ファイル {tmp_path / 'no.json'} は使えません: ありません\n"


def test_a_folder_in_the_files_place_is_told(reporter, portal, tmp_path):
    done = reporter.run(SCRIPT, {**portal.variables, "TC_PORTAL_CONFIG": str(tmp_path)})
    assert done.stdout.startswith(RECORDED + "[TC Portal] 設定ファイル ")
    assert done.stderr == ""


def test_without_address_or_secret_anywhere_the_guides_line_says_so(reporter, config):
    assert reporter.run(SCRIPT, config({"timeout": 3})).stdout == SKIPPED


def test_in_english_it_is_told_in_english(reporter, portal, config):
    done = reporter.run(SCRIPT, {**portal.variables, **config({"urll": "x"}), "LC_ALL": "en_US.UTF-8"})
    assert done.stdout.splitlines()[1].endswith("there is no urll")


def test_the_spool_may_stand_in_the_file_and_its_variable_goes_before_it(package, portal, config, tmp_path):
    portal.close()
    in_file, in_variable = tmp_path / "file", tmp_path / "variable"
    variables = {**portal.variables, **config({"spool_dir": str(in_file)})}
    package.run(SCRIPT, {**variables, "TC_PORTAL_SPOOL_DIR": ""})
    package.run(SCRIPT, {**variables, "TC_PORTAL_SPOOL_DIR": str(in_variable)})
    assert (len(list(in_file.glob("0*.json"))), len(list(in_variable.glob("0*.json")))) == (1, 1)
    portal.reopen()


@pytest.mark.parametrize(("value", "seconds"), [(3, 3.0), (0.5, 0.5), (1e9, 10.0)])
def test_the_time_limit_may_stand_in_the_file(package, config, value, seconds):
    done = package.run(
        "from tc_portal_reporter.settings import read_settings\nprint(read_settings().timeout_seconds)",
        {**config({"timeout": value}), "TC_PORTAL_TIMEOUT": "7"},
    )
    assert done.stdout == f"{seconds}\n"


def test_the_proxy_of_the_file_is_used(reporter, portal, other_portal, config):
    other_portal.will_answer(200)
    variables = {**portal.variables, **config({"proxy": other_portal.origin.replace("//", "//user:p%40ss@")})}
    assert reporter.run(SCRIPT, variables).stdout == RECORDED
    [(_, path, headers, _)] = other_portal.requests
    assert path == portal.url
    assert headers["Proxy-Authorization"] == "Basic dXNlcjpwQHNz"
    assert portal.requests == []


def test_no_proxy_at_all_can_be_asked_for(reporter, portal, other_portal, config):
    variables = {**portal.variables, "http_proxy": other_portal.origin, **config({"proxy": "none"})}
    assert reporter.run(SCRIPT, variables).stdout == RECORDED
    assert (len(portal.reports), other_portal.requests) == (1, [])


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "http://127.0.0.1:port", "://"])
def test_a_proxy_that_cannot_be_used_is_told_and_the_report_kept(package, portal, config, proxy):
    variables = {**portal.variables, **config({"proxy": proxy})}
    done = package.run(SCRIPT, variables)
    assert "プロキシ" in done.stdout
    assert done.stdout.endswith("次の報告のときに送ります。\n")
    assert portal.requests == []
    told = package.tc_report("doctor", "--lang", "ja", variables=variables)
    assert "✗ " in told.stdout
    assert (told.stderr, told.returncode) == ("", 1)


def test_the_companys_ca_may_stand_in_the_file(reporter, tls_portal, company_certificate, config):
    assert "CERTIFICATE_VERIFY_FAILED" in reporter.run(SCRIPT, tls_portal.variables).stdout
    variables = {**tls_portal.variables, **config({"ca_file": str(company_certificate[1])})}
    assert reporter.run(SCRIPT, variables).stdout == RECORDED + "[TC Portal] 保管していた報告を 1 件送りました。\n"
    assert reporter.tc_report("doctor", variables=variables).returncode == 0


def test_a_ca_that_is_not_there_is_told_and_the_report_kept(reporter, tls_portal, config):
    variables = {**tls_portal.variables, **config({"ca_file": "no/such.pem"})}
    done = reporter.run(SCRIPT, variables)
    assert "ca_file no/such.pem" in done.stdout
    assert len(list(reporter.spool.glob("0*.json"))) == 1
    told = reporter.tc_report("doctor", "--lang", "ja", variables=variables)
    assert "✗ 設定ファイルの ca_file の指す先がありません: no/such.pem" in told.stdout


def test_through_a_proxy_tls_reaches_from_here_to_the_portal(
    reporter, tls_portal, company_certificate, config, tunnel
):
    settings = {"proxy": tunnel.url, "ca_file": str(company_certificate[1])}
    assert reporter.run(SCRIPT, {**tls_portal.variables, **config(settings)}).stdout == RECORDED
    assert tunnel.asked_for == [tls_portal.origin[len("https://") :]]
    assert SECRET.encode() not in tunnel.seen


def test_a_proxy_that_refuses_is_told_and_the_report_kept(reporter, tls_portal, portal, config):
    portal.will_answer(407)
    done = reporter.run(SCRIPT, {**tls_portal.variables, **config({"proxy": portal.origin})})
    assert done.stdout.startswith("[TC Portal] 報告エラー: <urlopen error Tunnel connection failed: 501 ")
    assert len(list(reporter.spool.glob("0*.json"))) == 1


def test_the_doctor_tells_of_the_file_and_what_it_overrules(reporter, portal, other_portal, config):
    variables = {**other_portal.variables, **config({"url": portal.url, "secret": SECRET, "urll": "x"})}
    told = reporter.tc_report("doctor", "--lang", "ja", variables=variables).stdout
    assert "設定.json を使います（url, secret）" in told
    assert "! 設定ファイル" in told
    assert "! TC_PORTAL_MONITOR_URL も設定されていますが、設定ファイルの url が使われます" in told
    assert SECRET not in told


def test_the_doctor_finds_a_pattern_that_is_none(reporter, portal, config):
    done = reporter.tc_report("doctor", "--lang", "ja", variables={**portal.variables, **config({"mask": ["("]})})
    assert "✗ 設定ファイルの mask の ( は正規表現として読めません" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows has access lists instead")
def test_the_doctor_warns_of_a_secret_that_everybody_can_read(reporter, portal, config):
    variables = {**portal.variables, **config({"secret": SECRET})}
    Path(variables["TC_PORTAL_CONFIG"]).chmod(0o644)
    assert "誰もが読めます" in reporter.tc_report("doctor", "--lang", "ja", variables=variables).stdout
    Path(variables["TC_PORTAL_CONFIG"]).chmod(0o640)
    assert "誰もが読めます" not in reporter.tc_report("doctor", "--lang", "ja", variables=variables).stdout


def test_what_the_doctor_says_of_this_pc_it_says_in_both_languages(package):
    script = (
        "import string\n"
        "from tc_portal_reporter.findings_of_this_pc import FINDINGS_OF_THIS_PC_EN as en, FINDINGS_OF_THIS_PC_JA as ja\n"
        "def shape(text):\n"
        "    names = {name for _, name, _, _ in string.Formatter().parse(text) if name} - {'ja', 'en'}\n"
        "    return names, '→' in text\n"
        "assert list(en) == list(ja)\n"
        "print([name for name in ja if shape(ja[name]) != shape(en[name])])"
    )
    assert package.run(script).stdout == "[]\n"
