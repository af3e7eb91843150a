"""A plan of maintenance in words."""

from collections.abc import Iterable, Mapping

from tc_portal.core.maintenance import Everything, Maintenance, OfTool, Once, OneJob, OnHost, Tagged, windows_ahead
from tc_portal.core.maintenance import calendars_of_maintenance as calendars_of
from tc_portal.core.schedule.schedule_words import schedule_in_words
from tc_portal.core.wording import Wording
from tc_portal.jobs.calendar_queries import calendars_named
from tc_portal.jobs.models import Tool


def tool_names(plans: Iterable[Maintenance]) -> dict[object, str]:
    """The names of the tools that the plans cover, by id, in one query."""
    ids = [plan.scope.tool_id for plan in plans if isinstance(plan.scope, OfTool)]
    return dict(Tool.objects.filter(id__in=ids).values_list("id", "name")) if ids else {}


def scope_in_words(plan: Maintenance, names: Mapping[object, str], wording: Wording) -> str:
    """「タグ 経理」 or "tag 経理". ``names`` are those of ``tool_names``."""
    match plan.scope:
        case Everything():
            return wording.say(ja="すべてのジョブ", en="all jobs")
        case OneJob(job_key=job_key):
            return wording.say(ja=f"ジョブ {job_key}", en=f"job {job_key}")
        case Tagged(tag=tag):
            return wording.say(ja=f"タグ {tag}", en=f"tag {tag}")
        case OfTool(tool_id=tool_id):
            name = names.get(tool_id)
            if name is None:
                return wording.say(ja="削除されたツール", en="a tool that was deleted")
            return wording.say(ja=f"ツール {name}", en=f"tool {name}")
        case OnHost(host=host):
            return wording.say(ja=f"ホスト {host}", en=f"host {host}")


def when_in_words(plan: Maintenance, wording: Wording) -> str:
    """「毎週日曜 02:00 から 3 時間」 or "every Sunday at 02:00, for 3 hours"."""
    if isinstance(plan.when, Once):
        return wording.between(plan.when.begins_at, plan.when.ends_at)
    schedule = schedule_in_words(plan.when.schedule, calendars_named(calendars_of(plan)), wording.language)
    lasts = wording.span(plan.when.lasts)
    return wording.say(ja=f"{schedule} から {lasts}", en=f"{schedule}, for {lasts}")


def windows_in_words(plan: Maintenance, wording: Wording, count: int) -> list[str]:
    """The next windows after now, ``count`` at most."""
    windows = windows_ahead(plan, calendars_named(calendars_of(plan)), wording.now, count)
    return [wording.between(window.begins_at, window.ends_at) for window in windows]
