from django.urls import path

from .views import add_job, calendars, incidents, job_settings, jobs, preferences, tools

urlpatterns = [
    path("", incidents.home, name="home"),
    path("incidents", incidents.incidents, name="incidents"),
    path("live", incidents.live, name="live"),
    path("jobs", jobs.job_list, name="jobs"),
    path("jobs/add", add_job.add_job, name="add_job"),
    path("jobs/add/first-report", add_job.first_report, name="first_report"),
    path("jobs/<int:job_id>", jobs.job_page, name="job"),
    path("jobs/<int:job_id>/tool", jobs.job_tool, name="job_tool"),
    path("jobs/<int:job_id>/delete", jobs.job_removal, name="job_removal"),
    path("jobs/<int:job_id>/settings", job_settings.job_settings, name="job_settings"),
    path("jobs/<int:job_id>/settings/preview", job_settings.job_settings_preview, name="job_settings_preview"),
    path("jobs/<int:job_id>/settings/proposal", job_settings.accept_proposal, name="accept_proposal"),
    path("calendars", calendars.calendar_list, name="calendars"),
    path("calendars/new", calendars.new_calendar, name="new_calendar"),
    path("calendars/<int:calendar_id>", calendars.calendar_page, name="calendar"),
    path("calendars/<int:calendar_id>/edit", calendars.edit_calendar, name="edit_calendar"),
    path("calendars/<int:calendar_id>/delete", calendars.calendar_removal, name="calendar_removal"),
    path("tools", tools.tool_list, name="tools"),
    path("tools/<uuid:tool_id>", tools.tool_page, name="tool"),
    path("tools/<uuid:tool_id>/name", tools.tool_name, name="tool_name"),
    path("tools/<uuid:tool_id>/jobs", tools.tool_jobs, name="tool_jobs"),
    path("tools/<uuid:tool_id>/delete", tools.tool_removal, name="tool_removal"),
    path("settings", preferences.preferences, name="preferences"),
    path("language", preferences.language, name="language"),
    path("theme", preferences.theme, name="theme"),
]
