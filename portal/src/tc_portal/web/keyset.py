"""Where a list goes on after a page of it: an instant and a number, as an address names them."""

from datetime import datetime

from tc_portal.core.instant import parse_instant

LARGEST_ID = 2**63 - 1


def place_named(instant: datetime, number: int) -> str:
    """The place as an address has it."""
    return f"{instant.isoformat()}_{number}"


def place_in(text: str) -> tuple[datetime, int] | None:
    """The place that an address names; None where it names none."""
    moment, _, number = text.partition("_")
    instant = parse_instant(moment)
    if instant is None or not (number.isascii() and number.isdecimal()) or int(number) > LARGEST_ID:
        return None
    return instant, int(number)
