"""The calendars that a form offers, and what settings call the one that was chosen."""

from django.utils.translation import gettext as _

from tc_portal.core.business_days.calendar import Calendar
from tc_portal.core.job_settings import JobSettings, calendars_of, with_calendar
from tc_portal.jobs.calendar_queries import kept_calendar, kept_calendars, revisions_named
from tc_portal.store.calendars import NameTaken, make_calendar

# The value, and the name in settings not saved yet, of the calendar that is made when it is first needed.
NEW = "new"
DEFAULT_COUNTRY = "JP"


def default_calendar() -> Calendar:
    """日本の営業日: what is offered where there is no calendar yet."""
    return Calendar(_("Business days in Japan"), DEFAULT_COUNTRY)


class CalendarChoices:
    """What a form can choose from: the kept calendars, and those that ``settings`` name although they are deleted."""

    def __init__(self, settings: JobSettings | None = None) -> None:
        self.kept = kept_calendars()
        self.by_name: dict[str, Calendar] = {str(each.revision): each.calendar for each in self.kept}
        self._value_of: dict[str, str] = {str(each.revision): str(each.id) for each in self.kept}
        self._name_of = {value: name for name, value in self._value_of.items()}
        self.options = [(str(each.id), each.calendar.name) for each in self.kept]
        older = (calendars_of(settings) if settings else frozenset()) - self.by_name.keys()
        for name, (calendar_id, calendar) in sorted(revisions_named(older).items()):
            self._keep(name, calendar_id, calendar)
        if not self.kept:
            self.by_name[NEW] = default_calendar()
            self._value_of[NEW] = NEW
            self._name_of[NEW] = NEW
            label = _("%(name)s (made when you save)") % {"name": self.by_name[NEW].name}
            self.options.append((NEW, label))

    def _keep(self, name: str, calendar_id: int | None, calendar: Calendar) -> None:
        self.by_name[name] = calendar
        if calendar_id is not None and str(calendar_id) in self._name_of:
            self._value_of[name] = str(calendar_id)
            return
        value = f"r{name}"
        self._value_of[name], self._name_of[value] = value, name
        self.options.append((value, _("%(name)s (deleted)") % {"name": calendar.name}))

    def value_of(self, name: str) -> str:
        """The form's value for the calendar that settings call ``name``."""
        return self._value_of.get(name, "")

    def name_of(self, value: str) -> str | None:
        """What settings call the calendar that was chosen; None where there is none such."""
        return self._name_of.get(value)

    @property
    def first(self) -> tuple[str, Calendar] | None:
        """The calendar to propose by: the first of the default's country, else the first."""
        named = [
            (name, calendar)
            for name, calendar in self.by_name.items()
            if name == NEW or self._value_of[name][:1] != "r"
        ]
        return next((each for each in named if each[1].country == DEFAULT_COUNTRY), named[0] if named else None)


def with_calendars_made(settings: JobSettings, changed_by: str) -> JobSettings:
    """The settings, with the default calendar made where they name it. Somebody may have made it meanwhile: then it is that."""
    if NEW not in calendars_of(settings):
        return settings
    calendar = default_calendar()
    try:
        made = kept_calendar(make_calendar(calendar, changed_by).id)
    except NameTaken:
        made = next(each for each in kept_calendars() if each.calendar.name == calendar.name)
    assert made is not None
    return with_calendar(settings, {NEW}, str(made.revision))
