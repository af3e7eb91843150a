"""The wording for whoever looks at a page."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from tc_portal.core.wording import Wording


def page_wording() -> Wording:
    """In the page's language, in the portal's time zone, now."""
    return Wording(get_language() or "ja", ZoneInfo(settings.TIME_ZONE), timezone.now())
