"""monitor() reports how a run ended, and is otherwise not there."""

import pytest

IMPORT = "from tc_portal_reporter import monitor\n"


def block(*lines, arguments="'stock', '在庫'"):
    return IMPORT + f"with monitor({arguments}) as run:\n" + "".join(f"    {line}\n" for line in lines)


def function(*lines, decorator="@monitor('stock', '在庫')"):
    return IMPORT + f"{decorator}\ndef main():\n" + "".join(f"    {line}\n" for line in lines) + "main()\n"


def coroutine_function(*lines):
    body = "".join(f"    {line}\n" for line in lines)
    return f"import asyncio\n{IMPORT}@monitor('stock', '在庫')\nasync def main():\n{body}asyncio.run(main())\n"


@pytest.fixture(params=[block, function, coroutine_function])
def around(request):
    """The three ways to surround code with monitor()."""
    return request.param


def test_what_ends_well_is_a_success(reporter, portal, around):
    done = reporter.run(around("print('仕事')"), portal.variables)
    assert done.stdout == "仕事\n[TC Portal] 報告成功: success\n"
    [report] = portal.reports
    assert (report["status"], report["message"]) == ("success", None)
    assert (report["job_key"], report["title"]) == ("stock", "在庫")


def test_an_exception_is_an_error_and_goes_on(reporter, portal, around):
    done = reporter.run(around("raise ValueError('在庫が足りません')"), portal.variables)
    assert portal.results == ["error"]
    assert done.returncode == 1
    assert done.stderr.strip().endswith("ValueError: 在庫が足りません")


def test_the_message_says_what_then_where_then_how(reporter, portal, around):
    reporter.run("def fail():\n    raise ValueError('在庫が足りません')\n" + around("fail()"), portal.variables)
    what, where, blank, *how = portal.reports[0]["message"].splitlines()
    assert what == "ValueError: 在庫が足りません"
    assert where.endswith("script.py:2 in fail")
    assert blank == ""
    assert how[0] == "Traceback (most recent call last):"
    assert how[-1] == "ValueError: 在庫が足りません"


def test_the_reporters_own_frames_are_not_in_the_message(reporter, portal):
    reporter.run(function("raise ValueError"), portal.variables)
    message = portal.reports[0]["message"]
    assert message.startswith("ValueError\n")
    assert "monitor.py" not in message
    assert "tc_portal_reporter.py" not in message


@pytest.mark.parametrize(
    ("statement", "status", "message", "exit_code"),
    [
        ("sys.exit()", "success", None, 0),
        ("sys.exit(0)", "success", None, 0),
        ("sys.exit(False)", "success", None, 0),
        ("sys.exit(3)", "error", "終了コード 3", 3),
        ("sys.exit(True)", "error", "終了コード 1", 1),
        ("sys.exit('在庫が足りません')", "error", "在庫が足りません", 1),
        ("sys.exit('')", "error", "終了コード 1", 1),
        ("sys.exit(['a'])", "error", "['a']", 1),
    ],
)
def test_sys_exit_is_reported_by_its_code(reporter, portal, around, statement, status, message, exit_code):
    done = reporter.run("import sys\n" + around(statement), portal.variables)
    [report] = portal.reports
    assert (report["status"], report["message"]) == (status, message)
    assert done.returncode == exit_code


def test_ctrl_c_is_an_error(reporter, portal, around):
    done = reporter.run(around("raise KeyboardInterrupt"), portal.variables)
    [report] = portal.reports
    assert report["status"] == "error"
    assert report["message"].startswith("KeyboardInterrupt\n")
    assert done.returncode != 0


@pytest.mark.parametrize("decorator", ["@monitor", "@monitor()"])
def test_without_arguments_the_variables_name_the_job(reporter, portal, decorator):
    reporter.run(function("pass", decorator=decorator), portal.variables)
    assert portal.reports[0]["job_key"] == "sales-report"
    reporter.run(block("pass", arguments=""), portal.variables)
    assert portal.reports[1]["title"] == "売上レポート作成"


def test_a_run_can_say_something_with_its_result(reporter, portal):
    reporter.run(block("run.message = '37 件を処理'"), portal.variables)
    assert portal.reports[0]["message"] == "37 件を処理"


def test_what_a_failed_run_had_to_say_is_kept(reporter, portal):
    reporter.run("import sys\n" + block("run.message = '3 件が失敗'", "sys.exit(2)"), portal.variables)
    assert portal.reports[0]["message"] == "終了コード 2\n3 件が失敗"
    reporter.run(block("run.message = '37 件目まで処理'", "raise ValueError('x')"), portal.variables)
    assert portal.reports[1]["message"].splitlines()[2] == "37 件目まで処理"


def test_a_run_knows_the_id_under_which_it_is_reported(reporter, portal):
    done = reporter.run(block("print(run.run_id)"), portal.variables)
    assert done.stdout.splitlines()[0] == portal.reports[0]["run_id"]


def test_each_call_of_a_function_is_a_run_of_its_own(reporter, portal):
    reporter.run(function("pass") + "main()\n", portal.variables)
    first, second = portal.reports
    assert first["run_id"] != second["run_id"]


def test_runs_within_runs_are_kept_apart(reporter, portal):
    script = (
        IMPORT + "watch = monitor('stock')\n"
        "with watch as outer:\n    outer.message = '外'\n    with watch as inner:\n        inner.message = '内'\n"
    )
    reporter.run(script, portal.variables)
    assert [report["message"] for report in portal.reports] == ["内", "外"]


def test_the_exception_is_the_same_object_and_grew_by_one_frame_at_most(reporter, portal):
    script = (
        IMPORT + "import traceback\nraised = ValueError('x')\n"
        "@monitor\ndef main(): raise raised\n"
        "try:\n    main()\nexcept ValueError as caught:\n"
        "    frames = traceback.extract_tb(caught.__traceback__)\n"
        "    print(caught is raised, caught.__cause__, caught.__context__, len(frames))"
    )
    assert reporter.run(script, portal.variables).stdout.splitlines()[-1] == "True None None 3"


def test_a_decorated_function_keeps_its_name_arguments_and_result(reporter, portal):
    script = (
        IMPORT + "@monitor('stock')\ndef add(a, *, b):\n    '''Adds.'''\n    return a + b\n"
        "print(add(1, b=2), add.__name__, add.__doc__)"
    )
    assert reporter.run(script, portal.variables).stdout.splitlines()[-1] == "3 add Adds."


def test_a_decorated_coroutine_function_is_one_still(reporter, portal):
    script = (
        "import asyncio, inspect\n"
        + IMPORT
        + "@monitor\nasync def main():\n    await asyncio.sleep(0)\n    return 7\n"
        "print(inspect.iscoroutinefunction(main), asyncio.run(main()))"
    )
    assert reporter.run(script, portal.variables).stdout == "[TC Portal] 報告成功: success\nTrue 7\n"
    assert portal.results == ["success"]


@pytest.mark.parametrize("keyword", ["def", "async def"])
def test_a_generator_function_is_refused_rather_than_called_a_success(reporter, portal, keyword):
    done = reporter.run(IMPORT + f"@monitor\n{keyword} main():\n    yield 1\n", portal.variables)
    assert "TypeError: monitor() cannot decorate a generator function" in done.stderr
    assert portal.requests == []


def test_a_long_traceback_keeps_its_end_and_the_first_line(reporter, portal):
    script = (
        "def dig(n):\n" + "    if n % 2: dig(n - 1)\n    elif n: dig(n - 1)\n    else: 1 / 0\n" + block("dig(400)")
    )
    reporter.run(script, portal.variables)
    message = portal.reports[0]["message"]
    assert message.startswith("ZeroDivisionError: division by zero\n")
    assert message.endswith("ZeroDivisionError: division by zero")
    assert len(message) < 4000


def test_an_endless_exception_text_is_cut(reporter, portal):
    reporter.run(block("raise ValueError('x' * 1_000_000)"), portal.variables)
    assert len(portal.reports[0]["message"]) < 4000


def test_the_cause_of_an_exception_is_told(reporter, portal):
    script = block("try: 1 / 0", "except ZeroDivisionError as e: raise RuntimeError('計算できません') from e")
    reporter.run(script, portal.variables)
    message = portal.reports[0]["message"]
    assert message.startswith("RuntimeError: 計算できません\n")
    assert "ZeroDivisionError: division by zero" in message


@pytest.mark.parametrize(
    "failure",
    [
        "raise type('Mute', (Exception,), {'__str__': lambda self: 1 / 0})()",
        "(lambda f: f(f))(lambda f: f(f))",
        "raise ValueError('\\udc83')",
        "exec('1 +')",
    ],
)
def test_an_exception_of_any_kind_is_reported_and_goes_on(reporter, portal, failure):
    done = reporter.run(block(failure), portal.variables)
    assert portal.results == ["error"]
    assert done.returncode == 1


def test_where_reporting_fails_the_jobs_own_end_stands(reporter, portal, around):
    portal.will_answer(500)
    assert reporter.run(around("pass"), portal.variables).returncode == 0
    assert reporter.run("import sys\n" + around("sys.exit(4)"), portal.variables).returncode == 4
    assert reporter.run(around("pass"), {}).stdout == "[TC Portal] 環境変数未設定のためスキップ\n"


def test_on_a_console_without_japanese_a_green_run_is_reported_once(reporter, portal, around):
    done = reporter.run(around("pass"), {**portal.variables, "PYTHONIOENCODING": "cp1252"})
    assert portal.results == ["success"]
    assert (done.returncode, done.stderr) == (0, "")
