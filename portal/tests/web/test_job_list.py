"""ジョブの一覧: its orders, filters and groups, each page after the last row of the one before, on an index."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from job_rows import NOW, CountedQueries, a_job, many_jobs, on_each_database
from shown_page import ShownPage
from tc_portal.jobs.job_list import ORDERS, Wanted, page_of_jobs, wanted_jobs
from tc_portal.jobs.job_list import _beyond as rows_beyond
from tc_portal.jobs.job_list import _place as place_of
from tc_portal.jobs.models import BY_GRAVITY, Job, JobStatus, JobTag, Tool, Verdict

KEY, NEXT_DUE = 2, 6
HOUR = timedelta(hours=1)
ODD_MARKS = [
    "0",
    "[]",
    "[1]",
    '["a"]',
    '["a", "b"]',
    '["a", 9223372036854775808]',
    "{}",
    "null",
    '["silent"]',
    "[" * 4000,
]
ODD_MARKS += [
    '["\\u0000", 1]',
    '["\\ud800", 1]',
    '["2026-01-01", 1]',
    "[1, 2, 3]",
    '["9999-12-31T23:59:59", "x"]',
    "\0",
]


def a_waiting_job(key: str, verdict: str = "waiting", **more: object) -> Job:
    return Job.objects.create(job_key=key, title=key, verdict=verdict, created_at=NOW, **more)


def listed(client: Client, **asked: str) -> list[str]:
    """The keys of all pages, one after the other, which are as many as it takes."""
    keys: list[str] = []
    answer = client.get("/jobs", asked)
    for _ in range(20):
        page = ShownPage(answer)
        keys += page.column(KEY)
        following = page.all("a", rel="next")
        if not following:
            return keys
        answer = client.get("/jobs" + following[0].attributes["href"])
    raise AssertionError("the list does not end")


@on_each_database
def test_the_verdicts_come_in_the_order_in_which_they_ask_for_attention(viewer: Client) -> None:
    for verdict in sorted(Verdict.values):
        a_waiting_job(f"b-{verdict}", verdict)
        a_waiting_job(f"a-{verdict}", verdict)
    in_order = [f"{name}-{verdict}" for verdict, name in product(BY_GRAVITY, "ab")]
    assert listed(viewer, sort="gravity") == in_order
    assert set(BY_GRAVITY) == set(Verdict.values)
    assert [Job.objects.get(job_key=f"a-{verdict}").gravity for verdict in BY_GRAVITY] == list(range(8))


@on_each_database
def test_what_reported_last_comes_first_and_what_never_did_comes_last(viewer: Client) -> None:
    many_jobs([f"reported {number:03}" for number in range(70)])
    for number in range(70):
        a_waiting_job(f"silent {number:03}")
    reported = [f"reported {number:03}" for number in range(70)]
    silent = [f"silent {number:03}" for number in range(70)]
    assert listed(viewer, sort="last") == reported + silent
    assert listed(viewer, sort="-last") == reported[::-1] + silent


@on_each_database
def test_jobs_that_ended_at_one_moment_are_all_listed_once(viewer: Client) -> None:
    many_jobs([f"{number:03}" for number in range(120)])
    JobStatus.objects.update(last_finished_at=NOW)
    assert sorted(listed(viewer, sort="last")) == [f"{number:03}" for number in range(120)]


@on_each_database
def test_what_is_due_next_comes_first_and_says_that_it_is_awaited(viewer: Client) -> None:
    a_waiting_job("unscheduled")
    a_waiting_job("later", due=NOW + timedelta(days=40_000))
    a_waiting_job("awaited", due=NOW)
    assert listed(viewer, sort="due") == ["awaited", "later", "unscheduled"]
    cells = ShownPage(viewer.get("/jobs", {"sort": "due"})).column(NEXT_DUE)
    assert ["報告待ち" in cell for cell in cells] == [True, False, False]
    assert cells[2] == "–"


@on_each_database
@pytest.mark.parametrize("sort", ["name", "-name", "gravity", "due"])
def test_titles_that_are_the_same_are_all_listed_once_whatever_the_order(viewer: Client, sort: str) -> None:
    many_jobs([f"{number:03}" for number in range(120)], title="同じ題名")
    assert sorted(listed(viewer, sort=sort)) == [f"{number:03}" for number in range(120)]


@on_each_database
def test_filters_narrow_the_list_together(viewer: Client) -> None:
    finance = Tool.objects.create(name="経理")
    wanted = a_job("wanted", "error", title="売上日報", tool=finance)
    other_tool, other_host = a_job("other tool", "error", title="売上"), a_job("other host", "error", tool=finance)
    a_job("good", title="売上", tool=finance)
    JobTag.objects.bulk_create([JobTag(job=job, tag="夜間") for job in (wanted, other_tool, other_host)])
    Job.objects.exclude(job_key="other host").update(host="PC-1")
    assert listed(viewer, verdict="error", tool=str(finance.id), tag="夜間", host="PC-1", q="売上") == ["wanted"]
    assert listed(viewer, tool="none") == ["other tool"]
    assert listed(viewer, untagged="1") == ["good"]
    assert sorted(listed(viewer, host="PC-1")) == ["good", "other tool", "wanted"]
    page = ShownPage(viewer.get("/jobs", {"host": "PC-1", "tag": "夜間", "sort": "due"}))
    chosen = [option.attributes["value"] for option in page.all("option") if "selected" in option.attributes]
    assert chosen == ["夜間", "PC-1", "due"]


@on_each_database
def test_a_filter_and_an_order_go_on_over_pages(viewer: Client) -> None:
    many_jobs([f"売上 {number:03}" for number in range(120)], "error")
    many_jobs([f"other {number:03}" for number in range(60)])
    for sort in ORDERS:
        assert sorted(listed(viewer, q="売上", verdict="error", sort=sort)) == [f"売上 {n:03}" for n in range(120)], (
            sort
        )


@on_each_database
@pytest.mark.parametrize("sort", list(ORDERS))
@pytest.mark.parametrize("mark", ODD_MARKS, ids=lambda mark: repr(mark)[:16])
def test_a_place_that_there_is_not_is_none(viewer: Client, sort: str, mark: str) -> None:
    a_job("sales")
    assert viewer.get("/jobs", {"sort": sort, "after": mark}).status_code == 200


@pytest.mark.parametrize("asked", ["sort=x", "group=x", "verdict=x", "tool=x", "tag=%00", "host=%00", "untagged=x"])
def test_what_makes_no_sense_in_the_address_is_left_out(viewer: Client, asked: str) -> None:
    a_job("sales")
    answer = viewer.get(f"/jobs?{asked}")
    assert answer.status_code == 200


@on_each_database
@pytest.mark.parametrize("group", ["tool", "tag"])
def test_jobs_come_under_their_tools_or_tags_the_gravest_first(viewer: Client, group: str) -> None:
    names = [f"組 {number:02}" for number in range(15)]
    for name in names:
        tool = Tool.objects.create(name=name) if group == "tool" else None
        jobs = many_jobs([f"{name} {part}" for part in range(8)], tool=tool)
        JobTag.objects.bulk_create([JobTag(job=job, tag=name) for job in jobs if group == "tag"])
        Job.objects.filter(id=jobs[7].id).update(verdict="error")
    a_job("alone")
    first = ShownPage(viewer.get("/jobs", {"group": group}))
    assert first.texts("h2") == names[:12]
    assert first.row_titles()[:6] == ["組 00 7", *(f"組 00 {part}" for part in range(5))]
    assert [link.text.startswith("すべて表示") for link in first.all("a") if "組 00" in link.text and ":" in link.text]
    (following,) = first.all("a", rel="next")
    second = ShownPage(viewer.get("/jobs" + following.attributes["href"]))
    assert second.texts("h2") == [*names[12:], "ツールなし" if group == "tool" else "タグなし"]
    assert second.row_titles()[-1] == "alone"
    assert not second.all("a", rel="next")
    filtered = ShownPage(viewer.get("/jobs", {"group": group, "verdict": "error", "q": "組 14"}))
    assert (filtered.texts("h2"), filtered.row_titles()) == (["組 14"], ["組 14 7"])


@on_each_database
def test_all_of_a_group_is_a_filter(viewer: Client) -> None:
    many_jobs([f"{part}" for part in range(8)])
    for group in ("tool", "tag"):
        page = ShownPage(viewer.get("/jobs", {"group": group}))
        (every,) = [link for link in page.all("a") if link.text.startswith("すべて表示")]
        assert len(ShownPage(viewer.get("/jobs" + every.attributes["href"])).row_titles()) == 8


def plan_of(rows: QuerySet[Job]) -> str:
    statement, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The tables of a test are small, so that it would read them whole.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute(f"EXPLAIN {statement}", parameters)
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def wanteds() -> Iterable[tuple[str, str, Wanted]]:
    yield "name", "job_title", Wanted()
    yield "-name", "job_title", Wanted()
    yield "gravity", "job_gravity", Wanted()
    yield "name", "job_gravity", Wanted(verdict="error")
    yield "due", "job_due", Wanted()


@on_each_database
@pytest.mark.parametrize(("sort", "index", "wanted"), list(wanteds()))
def test_a_page_is_a_stretch_of_an_index_wherever_it_begins(
    viewer: Client, sort: str, index: str, wanted: Wanted
) -> None:
    many_jobs([f"job {number:03}" for number in range(120)], "error")
    # With as many good ones, one index is no longer as good as another.
    many_jobs([f"good {number:03}" for number in range(600)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    order = ORDERS[sort]
    after = page_of_jobs(wanted, order, "", 50).next_after
    for place in (None, place_of(after, order)):
        plan = plan_of(rows_beyond(wanted_jobs(wanted), order, place)[:51])
        assert index in plan
        assert "TEMP B-TREE" not in plan and "Sort" not in plan, plan
    if connection.vendor == "sqlite" and not wanted.verdict:
        # It begins there, and does not read what comes before.
        assert plan.startswith("SEARCH"), plan
    elif connection.vendor == "postgresql":
        assert "Index Cond" in plan, plan


@on_each_database
def test_the_last_page_costs_as_many_queries_as_the_first(viewer: Client) -> None:
    many_jobs([f"job {number:03}" for number in range(120)])
    last = ""
    counts = []
    for _ in range(3):
        with CountedQueries() as queries:
            answer = viewer.get("/jobs" + last)
        counts.append(queries.count)
        last = next((link.attributes["href"] for link in ShownPage(answer).all("a", rel="next")), "")
    assert counts[0] == counts[1] == counts[2]
