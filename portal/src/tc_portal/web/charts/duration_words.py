"""Durations as short as an axis or a table has room for."""

from django.utils.translation import gettext as _


def short_duration(seconds: float) -> str:
    """「12 秒」, 「3.5 分」 or 「2 時間」: one number, with no more digits than it needs."""
    if seconds < 60:
        return _("%(n)s s") % {"n": _number(seconds)}
    if seconds < 3_600:
        return _("%(n)s min") % {"n": _number(seconds / 60)}
    if seconds < 2 * 86_400:
        return _("%(n)s h") % {"n": _number(seconds / 3_600)}
    return _("%(n)s d") % {"n": _number(seconds / 86_400)}


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}" if value >= 1 else f"{value:.2g}"
