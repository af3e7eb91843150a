"""How many runs, in words."""

from django.utils.translation import gettext as _


def runs_in_words(count: int, many: int | None = None) -> str:
    """「12 件の実行」; where counting ended at ``many``, "100 runs or more"."""
    if many is not None and count >= many:
        return _("%(n)s runs or more") % {"n": f"{many:,}"}
    return _("1 run") if count == 1 else _("%(n)s runs") % {"n": f"{count:,}"}
