"""A job's schedule on pages that are not about it."""

from typing import Any

from django import template
from django.conf import settings as portal
from django.template.context import RequestContext
from django.utils import timezone

from tc_portal.core.job_settings import calendars_of
from tc_portal.jobs.calendar_queries import calendars_named
from tc_portal.jobs.models import Job
from tc_portal.jobs.settings_queries import settings_in_force
from tc_portal.web.job_settings.calendar_choices import CalendarChoices
from tc_portal.web.job_settings.preview import coming_of
from tc_portal.web.job_settings.proposing import proposal_for

register = template.Library()

SHOWN = 3


@register.inclusion_tag("job_settings/panel.html", takes_context=True)
def job_schedule(context: RequestContext, job: Job) -> dict[str, Any]:
    """The job's next due times; a proposal where it has no schedule and keeps to one."""
    settings = settings_in_force(job)
    shown: dict[str, Any] = {"job": job, "user": context["user"], "csrf_token": context.get("csrf_token")}
    if not settings.schedules:
        may_change = context["user"].is_staff
        choices = context.get("calendar_choices") or CalendarChoices(settings)
        proposal = proposal_for(job, settings, choices, portal.TIME_ZONE) if may_change else None
        return {**shown, "proposal": proposal}
    calendars = calendars_named(calendars_of(settings))
    return {
        **shown,
        "coming": coming_of(settings, calendars, timezone.now(), portal.TIME_ZONE, SHOWN),
    }
