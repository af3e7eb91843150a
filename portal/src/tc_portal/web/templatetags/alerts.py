"""What templates say of alerts."""

from django import template

from tc_portal.jobs.models import Incident
from tc_portal.web.alerts.told import ToldOfIncident, told_of_incident
from tc_portal.web.wording import page_wording

register = template.Library()


@register.simple_tag
def told_of(incident: Incident) -> ToldOfIncident | None:
    """Who was told of the incident; None before it was planned."""
    return told_of_incident(incident.job_id, incident.opened_at, page_wording())
