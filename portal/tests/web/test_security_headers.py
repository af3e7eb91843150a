"""What browsers are told to refuse, and pages that need none of it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tc_portal
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from job_rows import a_job, many_jobs, more_runs
from shown_page import ShownPage
from tc_portal.accounts.models import User
from tc_portal.jobs.models import Tool

STATIC = Path(tc_portal.__file__).parent / "web" / "static"
OPEN_PAGES = ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/nothing"]
PAGES = [
    *OPEN_PAGES,
    "/accounts/password/reset/key/1-a-b/",
    "/accounts/password/reset/key/done/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/incidents",
    "/live?on=incidents",
    "/jobs",
    "/jobs?q=none",
    "/jobs/add",
    "/jobs/add/first-report",
    "/jobs/{job}",
    "/jobs/{job}/delete",
    "/tools",
    "/tools/{tool}",
    "/tools/{tool}/delete",
    "/tokens",
    "/settings",
]
LOADS = ("src", "href", "action", "formaction", "poster", "data", "srcset", "hx-get", "hx-post", "content")

every_page = pytest.mark.parametrize("path", PAGES)


@pytest.fixture
def answers(admin: Client) -> Any:
    tool = Tool.objects.create(name="経理")
    many_jobs([f"job {number:03}" for number in range(80)], tool=tool)
    job = a_job("sales", "error", message="Traceback (most recent call last):\n" + "  File\n" * 60)
    more_runs(job, 60)

    def answer(path: str) -> HttpResponse:
        client = Client() if path in OPEN_PAGES else admin
        return client.get(path.format(job=job.id, tool=tool.id))

    return answer


def policy_of(answer: HttpResponse) -> dict[str, list[str]]:
    directives = (part.split() for part in answer["Content-Security-Policy"].split(";") if part.strip())
    return {name: sources for name, *sources in directives}


@every_page
def test_every_page_lets_only_the_portals_own_files_run(answers: Any, path: str) -> None:
    policy = policy_of(answers(path))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == ["'self'"]
    allowed = {source for sources in policy.values() for source in sources}
    assert allowed == {"'self'", "'none'", "data:"}


@every_page
def test_every_page_is_guarded_against_guessing_and_framing(answers: Any, path: str) -> None:
    answer = answers(path)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Content-Type"] == "text/html; charset=utf-8"


@every_page
def test_no_page_holds_a_script_or_a_style_of_its_own(answers: Any, path: str) -> None:
    page = ShownPage(answers(path))
    assert page.elements
    for element in page.elements:
        assert element.tag not in ("style", "iframe", "object", "embed", "base")
        assert element.tag != "script" or (element.attributes.get("src") and not element.text.strip())
        for name, value in element.attributes.items():
            assert name != "style" and not name.startswith(("on", "hx-on", "hx-vals"))
            assert not value.strip().lower().startswith("javascript:")


@every_page
def test_no_page_loads_anything_from_elsewhere(answers: Any, path: str) -> None:
    loaded = [
        element.attributes[name]
        for element in ShownPage(answers(path)).elements
        for name in LOADS
        if name in element.attributes and element.tag != "meta"
    ]
    assert loaded or "first-report" in path
    for address in loaded:
        assert address.startswith(("/", "#", "?")) and not address.startswith("//")


def test_no_static_file_of_ours_loads_anything_from_elsewhere() -> None:
    files = [path for path in STATIC.rglob("*") if path.suffix in (".css", ".js", ".svg")]
    assert len(files) > 8
    for path in files:
        text = path.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "http:" not in text and "https:" not in text and "url(//" not in text, path
        assert "eval(" not in text and "innerHTML" not in text, path


def test_htmx_is_told_to_do_without_what_the_policy_refuses(answers: Any) -> None:
    told = json.loads(ShownPage(answers("/incidents")).one("meta", name="htmx-config").attributes["content"])
    assert told == {"includeIndicatorStyles": False, "allowEval": False, "selfRequestsOnly": True}


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(visitor: Client, viewer_user: User) -> None:
    visitor.post("/accounts/login/", {"login": "taro", "password": "a long pass phrase 1"})
    session = visitor.cookies[settings.SESSION_COOKIE_NAME]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")
    assert visitor.cookies[settings.CSRF_COOKIE_NAME]["samesite"] == "Lax"


ASK_THE_LOGIN = """
import json, django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
call_command("collectstatic", verbosity=0)
client = Client(headers={"Host": "portal.example.com"})
answer = client.get("/accounts/login/", secure=True)
language = client.post("/language", {"language": "en"}, secure=True).cookies["django_language"]
print(json.dumps({
    "status": answer.status_code,
    "debug": settings.DEBUG,
    "session": settings.SESSION_COOKIE_SECURE,
    "form": bool(answer.cookies["csrftoken"]["secure"]),
    "language": bool(language["secure"]),
    "hsts": answer.get("Strict-Transport-Security", ""),
    "elsewhere": client.get("/accounts/login/", secure=True, headers={"Host": "evil.example"}).status_code,
}))
"""


@pytest.mark.parametrize(
    ("public_url", "is_secure", "status_elsewhere"),
    [("https://portal.example.com", True, 400), ("http://portal.example.com", False, 400), ("", False, 200)],
)
def test_cookies_travel_over_tls_alone_where_the_public_address_has_it(
    tmp_path: Path, public_url: str, is_secure: bool, status_elsewhere: int
) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", ASK_THE_LOGIN],
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "tc_portal.settings",
            "TC_PORTAL_DATA_DIR": str(tmp_path),
            "TC_PORTAL_PUBLIC_URL": public_url,
        },
        capture_output=True,
        text=True,
    )
    assert asked.returncode == 0, asked.stderr
    said = json.loads(asked.stdout)
    assert (said["status"], said["debug"]) == (200, False)
    assert (said["session"], said["form"], said["language"]) == (is_secure,) * 3
    assert said["hsts"] == ("max-age=31536000" if is_secure else "")
    assert said["elsewhere"] == status_elsewhere
