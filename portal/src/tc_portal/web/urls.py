from django.urls import path

from .views import add_job, import_tasks, incidents, job, job_changes, jobs, maintenance, preferences, tools

urlpatterns = [
    path("", incidents.home, name="home"),
    path("incidents", incidents.incidents, name="incidents"),
    path("live", incidents.live, name="live"),
    path("jobs", jobs.job_list, name="jobs"),
    path("jobs/add", add_job.add_job, name="add_job"),
    path("jobs/add/first-report", add_job.first_report, name="first_report"),
    path("jobs/import", import_tasks.import_tasks, name="import_tasks"),
    path("jobs/<int:job_id>", job.job_page, name="job"),
    path("jobs/<int:job_id>/tool", job_changes.job_tool, name="job_tool"),
    path("jobs/<int:job_id>/tags", job_changes.job_tags, name="job_tags"),
    path("jobs/<int:job_id>/pause", job_changes.job_pause, name="job_pause"),
    path("jobs/<int:job_id>/delete", job_changes.job_removal, name="job_removal"),
    path("maintenance", maintenance.maintenance_list, name="maintenance"),
    path("maintenance/new", maintenance.new_maintenance, name="new_maintenance"),
    path("maintenance/new/windows", maintenance.maintenance_preview, name="maintenance_preview"),
    path("maintenance/<int:plan_id>/end", maintenance.maintenance_end, name="maintenance_end"),
    path("maintenance/<int:plan_id>/delete", maintenance.maintenance_removal, name="maintenance_removal"),
    path("tools", tools.tool_list, name="tools"),
    path("tools/<uuid:tool_id>", tools.tool_page, name="tool"),
    path("tools/<uuid:tool_id>/name", tools.tool_name, name="tool_name"),
    path("tools/<uuid:tool_id>/jobs", tools.tool_jobs, name="tool_jobs"),
    path("tools/<uuid:tool_id>/delete", tools.tool_removal, name="tool_removal"),
    path("settings", preferences.preferences, name="preferences"),
    path("language", preferences.language, name="language"),
    path("theme", preferences.theme, name="theme"),
]
