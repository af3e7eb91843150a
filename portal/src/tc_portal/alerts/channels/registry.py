"""The kinds of channels that there are, in the order in which they are offered."""

from .any_apprise import ANY_APPRISE
from .chatwork import CHATWORK
from .discord import DISCORD
from .kind import Kind
from .line import LINE
from .line_works import LINE_WORKS
from .mail import MAIL
from .pagerduty import PAGERDUTY
from .slack import SLACK
from .teams import TEAMS
from .webhook import WEBHOOK

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (MAIL, TEAMS, SLACK, CHATWORK, LINE_WORKS, LINE, DISCORD, PAGERDUTY, WEBHOOK, ANY_APPRISE)
}
