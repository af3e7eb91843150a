"""Which tool a form names."""

from uuid import UUID

from django.http import Http404

from tc_portal.jobs.models import Tool


def chosen_tool(value: str) -> Tool | None:
    """The tool with this id; None for an empty value. Raises ``Http404`` where there is no such tool."""
    if not value:
        return None
    try:
        return Tool.objects.get(id=UUID(value))
    except (ValueError, Tool.DoesNotExist):
        raise Http404 from None
