"""Forms of a job's settings, as a browser sends them."""

from typing import Any

from shown_page import ShownPage
from tc_portal.core.job_settings import JobSettings, read_settings
from tc_portal.jobs.models import Job

TIMES = {
    **{"grace": "30", "grace-unit": "minutes", "early": "15", "early-unit": "minutes", "tolerance": "1"},
    **{"max_runtime": "", "max_runtime-unit": "hours", "min_runtime": "", "min_runtime-unit": "seconds"},
}


def schedule(number: int = 0, **fields: Any) -> dict[str, Any]:
    return {f"s{number}-{name}": value for name, value in fields.items()}


def form(*schedules: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A form with the schedules, which are numbered from 0, and a button pressed: ``save`` unless another is named."""
    sent: dict[str, Any] = {**TIMES, "row": [str(number) for number in range(len(schedules))], "based_on": ""}
    for each in schedules:
        sent |= each
    sent |= fields
    return sent if {"preview", "add", "remove"} & sent.keys() else {**sent, "save": "1"}


def based_on(job: Job) -> str:
    found = Job.objects.get(id=job.id).settings_row_id
    return "" if found is None else str(found)


def in_force(job: Job) -> JobSettings:
    row = Job.objects.select_related("settings_row").get(id=job.id).settings_row
    assert row is not None
    return read_settings(row.definition)


def filled_fields(page: ShownPage) -> dict[str, Any]:
    """What a browser would send of the settings form as it stands, without any button."""
    sent: dict[str, Any] = {}
    for element in page.all("form", id="settings-form")[0].inside:
        name, kind = element.attributes.get("name", ""), element.attributes.get("type", "")
        if not name or element.tag == "button":
            continue
        if element.tag == "select":
            chosen = [each for each in element.inside if "selected" in each.attributes] or element.inside[:1]
            sent[name] = chosen[0].attributes["value"] if chosen else ""
        elif element.tag == "textarea":
            sent[name] = element.text
        elif kind in ("radio", "checkbox"):
            if "checked" in element.attributes:
                sent.setdefault(name, []).append(element.attributes["value"])
        elif name == "row":
            sent.setdefault("row", []).append(element.attributes["value"])
        else:
            sent[name] = element.attributes.get("value", "")
    return sent
