"""``tc-portal demo`` fills an empty portal, and only an empty one."""

from collections.abc import Callable

from running_portal import RunningPortal


def test_an_empty_portal_is_filled_with_believable_jobs(first_portal: Callable[..., RunningPortal]) -> None:
    portal = first_portal()
    filled = portal.command("demo")
    assert filled.returncode == 0, filled.stderr
    ((jobs, failing),) = portal.database.rows(
        "SELECT count(*), sum(CASE verdict WHEN 'error' THEN 1 ELSE 0 END) FROM job"
    )
    assert jobs == 41
    assert 4 <= failing <= 8
    verdicts = {verdict for (verdict,) in portal.database.rows("SELECT DISTINCT verdict FROM job")}
    assert verdicts == {"waiting", "running", "ok", "error", "missed", "overdue", "paused", "unknown"}
    assert portal.database.rows("SELECT count(*) FROM maintenance") == [(3,)]
    # Each job's status is its newest run's.
    assert portal.database.rows(
        "SELECT count(*) FROM job JOIN job_status USING (job_key) JOIN run ON run.job_id = job.id "
        "AND run.finished_at = job_status.last_finished_at AND run.result = job_status.last_status"
    ) == [(40,)]
    assert portal.database.rows("SELECT count(*) FROM run")[0][0] > 5_000

    again = portal.command("demo")
    assert again.returncode == 1
    assert len(again.stderr.strip().splitlines()) == 1
