"""The second monitor that the configuration names, if it names one."""

from django.conf import settings

from .watch.second_monitor import SecondMonitor


def second_monitor() -> SecondMonitor | None:
    """The one to tell that this portal lives."""
    configuration = settings.CONFIGURATION
    if not configuration.second_monitor_url:
        return None
    return SecondMonitor(
        configuration.second_monitor_url,
        configuration.second_monitor_time,
        configuration.time_zone,
        settings.DATABASES["default"],
    )
