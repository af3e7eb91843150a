"""A company's own days off and on, from the file that it keeps them in."""

from .company_csv import read_csv
from .company_ics import read_ics
from .gathering import CompanyDays
from .unread import UnreadLine

__all__ = ["CompanyDays", "UnreadLine", "read_company_days", "read_csv", "read_ics"]

_ICS = "BEGIN:VCALENDAR"


def read_company_days(content: bytes | str) -> CompanyDays:
    """What a CSV or iCalendar file says, whichever of the two it is, and the lines that could not be read. Never raises."""
    head = content[:200] if isinstance(content, str) else content[:200].decode("latin-1")
    return read_ics(content) if _ICS in head.upper() else read_csv(content)
