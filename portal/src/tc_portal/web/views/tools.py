"""ツール: create, rename, delete, and put jobs under one."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tc_portal.jobs.models import Tool
from tc_portal.jobs.queries import jobs_matching, tools_with_job_counts
from tc_portal.store.assignment import assign_tool
from tc_portal.web.access import administrator_required

TOOLS_SHOWN = 500
JOBS_SHOWN = 200


class ToolForm(forms.Form):
    """A tool's name: there, not too long, and not another tool's."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)

    def __init__(self, *args: object, tool: Tool | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._tool = tool

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        others = Tool.objects.exclude(id=self._tool.id) if self._tool else Tool.objects.all()
        if others.filter(name=name).exists():
            raise forms.ValidationError(_("There is a tool of this name already."))
        return name


@require_http_methods(["GET", "HEAD", "POST"])
def tool_list(request: HttpRequest) -> HttpResponse:
    """All tools with how many jobs each has; administrators create one here."""
    if request.method == "POST":
        return _create_tool(request)
    return _tool_list(request, ToolForm())


def _tool_list(request: HttpRequest, form: ToolForm, status: int = 200) -> HttpResponse:
    context = {"tools": tools_with_job_counts()[:TOOLS_SHOWN], "form": form}
    return render(request, "tools/list.html", context, status=status)


@administrator_required
def _create_tool(request: HttpRequest) -> HttpResponse:
    form = ToolForm(request.POST)
    if not form.is_valid():
        return _tool_list(request, form, status=400)
    tool = Tool.objects.create(name=form.cleaned_data["name"])
    messages.success(request, _("The tool “%(name)s” was created.") % {"name": tool.name})
    return redirect("tool", tool_id=tool.id)


@require_safe
def tool_page(request: HttpRequest, tool_id: UUID) -> HttpResponse:
    return _tool_page(request, get_object_or_404(Tool, id=tool_id))


def _tool_page(request: HttpRequest, tool: Tool, form: ToolForm | None = None, status: int = 200) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:200]
    context = {
        "tool": tool,
        "form": form or ToolForm(initial={"name": tool.name}, tool=tool),
        "jobs": jobs_matching(tool_id=tool.id)[:JOBS_SHOWN],
        "text": text,
        "others": jobs_matching(text).exclude(tool_id=tool.id)[:JOBS_SHOWN] if request.user.is_staff else [],
    }
    return render(request, "tools/page.html", context, status=status)


@require_POST
@administrator_required
def tool_name(request: HttpRequest, tool_id: UUID) -> HttpResponse:
    tool = get_object_or_404(Tool, id=tool_id)
    form = ToolForm(request.POST, tool=tool)
    if not form.is_valid():
        return _tool_page(request, tool, form, status=400)
    Tool.objects.filter(id=tool.id).update(name=form.cleaned_data["name"])
    messages.success(request, _("The tool was renamed."))
    return redirect("tool", tool_id=tool.id)


@require_POST
@administrator_required
def tool_jobs(request: HttpRequest, tool_id: UUID) -> HttpResponse:
    """Put the ticked jobs under the tool, or take them out of it."""
    tool = get_object_or_404(Tool, id=tool_id)
    ticked = [
        int(value) for value in request.POST.getlist("job")[:JOBS_SHOWN] if value.isdecimal() and len(value) < 19
    ]
    assign_tool(ticked, None if "take_out" in request.POST else tool.id)
    messages.success(request, _("The tool's jobs were changed."))
    return redirect("tool", tool_id=tool.id)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def tool_removal(request: HttpRequest, tool_id: UUID) -> HttpResponse:
    """Ask, then delete the tool; its jobs stay, without a tool."""
    tool = get_object_or_404(Tool, id=tool_id)
    if request.method == "POST":
        # The database itself takes the tool off its jobs: ON DELETE SET NULL.
        Tool.objects.filter(id=tool.id).delete()
        messages.success(request, _("The tool “%(name)s” was deleted.") % {"name": tool.name})
        return redirect("tools")
    return render(request, "tools/removal.html", {"tool": tool})
