"""What channels, rosters, routes, calendars and tools are called, for rules in words."""

from tc_portal.alerts.models import Channel, RosterRow, RouteRow
from tc_portal.core.route_words import Names
from tc_portal.jobs.models import CalendarRow, Tool
from tc_portal.jobs.queries import tools_by_name

NAMES_READ = 2_000


def rule_names() -> Names:
    """All of them: five queries, each of a table that people fill by hand."""
    return Names(
        channels=_names(Channel),
        rosters=_names(RosterRow),
        routes=_names(RouteRow),
        calendars=_names(CalendarRow),
        tools=dict(tools_by_name().values_list("id", "name")[:NAMES_READ]),
    )


def _names(rows: type[Channel | RosterRow | RouteRow | CalendarRow | Tool]) -> dict[int, str]:
    return dict(rows.objects.values_list("id", "name")[:NAMES_READ])
