"""What a run tells on its way: its start, log, metrics and progress; and what it hears of threads and tasks."""

import time
from datetime import datetime

import pytest

IMPORT = "from tc_portal_reporter import current_run, log_handler, monitor\n"


def block(*lines, arguments="'stock', '在庫'"):
    return IMPORT + f"with monitor({arguments}) as run:\n" + "".join(f"    {line}\n" for line in lines)


def instant(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def test_the_portal_hears_of_the_start_before_the_work_begins(reporter, portal):
    reporter.run(block("import os", "os._exit(7)"), portal.variables)
    assert portal.reports == []
    [start] = portal.sent_to("job-start")
    assert (start["job_key"], start["title"]) == ("stock", "在庫")
    assert set(start) == {"job_key", "title", "run_id", "started_at", "host", "reporter", "sent_at", "held_back"}


def test_start_and_report_are_of_one_run_and_say_when_it_began(reporter, portal):
    reporter.run(block("pass"), portal.variables)
    [start], [report] = portal.sent_to("job-start"), portal.reports
    assert start["run_id"] == report["run_id"]
    assert start["started_at"] == report["started_at"]
    assert instant(report["started_at"]) <= instant(report["finished_at"])


def test_the_start_can_be_left_out(reporter, portal):
    reporter.run(block("pass", arguments="'stock', start=False"), portal.variables)
    assert [path for _, path, _, _ in portal.requests] == ["/api/monitor/job-report"]


def test_a_portal_that_does_not_answer_holds_the_start_up_for_a_moment_only(reporter, portal):
    portal.answer_to = lambda path, headers, members: time.sleep(30) or (200, {}, b"")
    done = reporter.run(
        "import time\nbegan = time.monotonic()\n"
        + block("print(time.monotonic() - began < 5, flush=True)", "import os", "os._exit(0)"),
        portal.variables,
        timeout=25,
    )
    assert done.stdout == "True\n"


def test_where_nothing_is_set_a_start_says_nothing(reporter):
    assert reporter.run(block("print('仕事')"), {}).stdout == "仕事\n[TC Portal] 環境変数未設定のためスキップ\n"


def test_a_run_can_log(reporter, portal):
    reporter.run(block("run.log('1 行目')", "run.log(2)"), portal.variables)
    lines = portal.reports[0]["log"]
    assert [line["text"] for line in lines] == ["1 行目", "2"]
    assert instant(lines[0]["at"]) <= instant(lines[1]["at"])


def test_of_a_long_log_the_end_is_kept_and_what_is_gone_is_counted(reporter, portal):
    reporter.run(block("for n in range(100_000): run.log(f'{n} 行目')"), portal.variables)
    lines = [line["text"] for line in portal.reports[0]["log"]]
    assert lines[0] == "……（99,500 行を省略）……"
    assert lines[1:] == [f"{number} 行目" for number in range(99_500, 100_000)]


def test_a_log_of_long_lines_is_cut(reporter, portal):
    reporter.run(block("for n in range(400): run.log('x' * 100_000)"), portal.variables)
    lines = [line["text"] for line in portal.reports[0]["log"]]
    assert all(len(line) <= 2000 for line in lines)
    assert sum(map(len, lines)) < 50_000


def test_a_run_can_tell_numbers(reporter, portal):
    reporter.run(
        block("from decimal import Decimal", "run.metric('rows', 1)", "run.metric('rows', 123)")
        + "    run.metric('rate', Decimal('0.5'))\n    run.metric('ok', True)\n    run.metric('big', 2**62)\n",
        portal.variables,
    )
    assert portal.reports[0]["metrics"] == {"rows": 123, "rate": 0.5, "ok": 1, "big": 2**62}


@pytest.mark.parametrize("value", ["'many'", "None", "float('nan')", "float('inf')", "2**80", "[1]", "1j"])
def test_what_is_no_number_is_told_in_the_log_and_does_no_harm(reporter, portal, value):
    done = reporter.run(block(f"run.metric('rows', {value})"), portal.variables)
    assert (portal.results, done.returncode) == (["success"], 0)
    assert "metrics" not in portal.reports[0]
    assert "not a number" in portal.reports[0]["log"][0]["text"]


def test_progress_reaches_the_portal_while_the_run_goes_on(reporter, portal):
    usual = portal.answer_to
    portal.answer_to = lambda path, headers, members: (
        (200, {}, b"{}") if path.endswith("heartbeat") else usual(path, headers, members)
    )
    waiting = (
        "import time",
        "run.progress(0.25)",
        "time.sleep(1)",
        "print('仕事', flush=True)",
    )
    reporter.run(block(*waiting), portal.variables)
    names = [path.rpartition("/")[2] for _, path, _, _ in portal.requests]
    assert names == ["job-start", "job-heartbeat", "job-report"]
    [beat] = portal.sent_to("job-heartbeat")
    assert beat["progress"] == 0.25
    assert beat["run_id"] == portal.reports[0]["run_id"]


@pytest.mark.parametrize(
    ("value", "told"), [("0", 0), ("1", 1), ("'37 / 100'", "37 / 100"), ("37", "37"), ("None", "None")]
)
def test_progress_is_a_share_or_a_text(package, portal, value, told):
    package.run(block(f"run.progress({value})", "import time", "time.sleep(0.5)"), portal.variables)
    assert portal.sent_to("job-heartbeat")[0]["progress"] == told


def test_a_busy_loop_does_not_flood_the_portal(reporter, portal):
    reporter.run(block("for n in range(100_000): run.progress(n / 100_000)"), portal.variables)
    assert len(portal.sent_to("job-heartbeat")) <= 2


def test_news_that_cannot_be_sent_are_dropped(reporter, portal):
    portal.close()
    done = reporter.run(block("run.progress(0.5)", "print('仕事')"), portal.variables)
    assert done.stdout.startswith("仕事\n[TC Portal] 報告エラー: ")
    [file] = reporter.spool.glob("0*.json")
    assert b'"name": "job-report"' in file.read_bytes()
    portal.reopen()


@pytest.mark.parametrize("decorator", ["@monitor('stock')\ndef main():", "@monitor('stock')\nasync def main():"])
def test_a_decorated_function_finds_its_run(reporter, portal, decorator):
    call = "import asyncio\nasyncio.run(main())\n" if "async" in decorator else "main()\n"
    script = (
        IMPORT + "def deep():\n    current_run().metric('rows', 123)\n    current_run().log('奥')\n"
        f"{decorator}\n    deep()\n    current_run().message = '済み'\n{call}"
    )
    reporter.run(script, portal.variables)
    [report] = portal.reports
    assert (report["message"], report["metrics"], report["log"][0]["text"]) == ("済み", {"rows": 123}, "奥")


def test_outside_of_any_run_telling_does_nothing(reporter, portal):
    script = IMPORT + "run = current_run()\nrun.log('x')\nrun.metric('rows', 1)\nrun.progress(0.5)\nprint('済み')\n"
    done = reporter.run(script, portal.variables)
    assert (done.stdout, done.stderr) == ("済み\n", "")
    assert portal.requests == []


def test_tasks_that_run_at_once_each_have_their_own_run(reporter, portal):
    script = (
        "import asyncio\n" + IMPORT + "watch = monitor('stock', start=False)\n"
        "async def work(n):\n"
        "    async with watch as run:\n"
        "        await asyncio.sleep(0.05 * (3 - n))\n"
        "        current_run().message = str(n)\n"
        "        assert current_run() is run\n"
        "async def main(): await asyncio.gather(*(work(n) for n in range(3)))\n"
        "asyncio.run(main())\n"
    )
    done = reporter.run(script, portal.variables)
    assert done.stderr == ""
    assert sorted(report["message"] for report in portal.reports) == ["0", "1", "2"]


def test_the_event_loop_goes_on_while_a_report_is_sent(reporter, portal):
    usual = portal.answer_to
    portal.answer_to = lambda *arguments: time.sleep(1) or usual(*arguments)
    script = (
        "import asyncio\n" + IMPORT + "ticks = []\n"
        "async def tick():\n    while True:\n        ticks.append(1)\n        await asyncio.sleep(0.01)\n"
        "@monitor('stock', start=False)\nasync def work(): ticks.clear()\n"
        "async def main():\n    task = asyncio.ensure_future(tick())\n    await work()\n    task.cancel()\n"
        "asyncio.run(main())\nprint(len(ticks) > 10)\n"
    )
    assert reporter.run(script, portal.variables).stdout.endswith("True\n")


def test_a_task_that_is_cancelled_is_an_error_and_stays_cancelled(reporter, portal):
    script = (
        "import asyncio\n" + IMPORT + "@monitor('stock')\nasync def work(): await asyncio.sleep(60)\n"
        "async def main():\n"
        "    try: await asyncio.wait_for(work(), 0.3)\n"
        "    except asyncio.TimeoutError: print('時間切れ')\n"
        "asyncio.run(main())\n"
    )
    assert reporter.run(script, portal.variables).stdout.endswith("時間切れ\n")
    assert portal.reports[0]["message"].startswith("CancelledError")


def test_an_exception_in_a_thread_makes_the_run_an_error(reporter, portal):
    done = reporter.run(
        "import threading\ndef work(): raise ValueError('在庫が足りません')\n"
        + block(
            "thread = threading.Thread(target=work, name='集計')",
            "thread.start()",
            "thread.join()",
            "run.message = '済み'",
        ),
        portal.variables,
    )
    [report] = portal.reports
    assert report["status"] == "error"
    assert report["message"].splitlines()[0] == "ValueError: 在庫が足りません（スレッド 集計）"
    assert "script.py:2 in work" in report["message"]
    assert report["message"].endswith("\n\n済み")
    assert done.returncode == 0
    assert "ValueError: 在庫が足りません" in done.stderr


def test_what_a_script_does_with_exceptions_in_threads_it_goes_on_doing(reporter, portal):
    script = (
        "import sys, threading\nthreading.excepthook = lambda args: print('自前', args.exc_type.__name__)\n"
        "mine = threading.excepthook\ndef work(): raise ValueError\ndef leave(): sys.exit(3)\n"
        + block(
            "for target in (work, leave):",
            "    thread = threading.Thread(target=target)",
            "    thread.start()",
            "    thread.join()",
        )
        + "print(threading.excepthook is mine)\n"
    )
    done = reporter.run(script, portal.variables)
    assert done.stdout.splitlines()[0] == "自前 ValueError"
    assert done.stdout.endswith("True\n")
    assert portal.reports[0]["message"].count("スレッド") == 1


def test_many_threads_that_fail_are_told_of_by_the_first(reporter, portal):
    script = (
        "import threading\nthreading.excepthook = lambda args: None\ndef work(): raise ValueError('x' * 100)\n"
        + block(
            "for n in range(200):",
            "    thread = threading.Thread(target=work)",
            "    thread.start()",
            "    thread.join()",
        )
    )
    reporter.run(script, portal.variables)
    assert portal.reports[0]["message"].count("（スレッド ") == 3


@pytest.mark.parametrize(
    "setup",
    [
        "logging.getLogger().addHandler(log_handler(logging.INFO))",
        "logging.config.dictConfig({'version': 1, 'root': {'handlers': ['run'], 'level': 'INFO'},"
        " 'handlers': {'run': {'()': 'tc_portal_reporter.log_handler', 'level': 'INFO'}}})",
    ],
)
def test_a_logging_handler_brings_the_last_lines(reporter, portal, setup):
    script = (
        f"import logging, logging.config\n{IMPORT}{setup}\nlog = logging.getLogger('stock')\nlog.setLevel('INFO')\n"
        "log.info('どの実行でもない')\n"
        "with monitor('stock'):\n    log.info('%d 件', 3)\n    log.debug('出ない')\n"
        "    try: 1 / 0\n    except ZeroDivisionError: log.exception('だめ')\n"
    )
    done = reporter.run(script, portal.variables)
    first, second = [line["text"] for line in portal.reports[0]["log"]]
    assert first == "INFO stock: 3 件"
    assert second.startswith("ERROR stock: だめ\nTraceback")
    assert done.stderr == ""


def test_the_exit_code_is_told_where_the_script_gives_one(reporter, portal):
    for statement in ("sys.exit(3)", "sys.exit('x')", "sys.exit()", "1 / 0", "pass"):
        reporter.run("import sys\n" + block(statement), portal.variables)
    assert [report.get("exit_code") for report in portal.reports] == [3, 1, 0, None, None]
