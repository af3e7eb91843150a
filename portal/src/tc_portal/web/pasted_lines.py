"""The lines that people paste where a job runs, quoted for the shell that they are for."""

import json
import shlex


def lines_for(url: str, secret: str, job_key: str, title: str) -> dict[str, str]:
    """Lines by what they are for. ``secret`` is a placeholder: the secret itself is never shown on a page.

    Address and secret are set once a PC. Key and title are said by each script: set for a whole PC, they would make
    one job of all its scripts.
    """
    of_the_pc = {"TC_PORTAL_MONITOR_URL": url, "TC_PORTAL_WEBHOOK_SECRET": secret}
    of_the_job = {"TC_PORTAL_JOB_KEY": job_key, "TC_PORTAL_JOB_TITLE": title}
    return {
        "windows": "\n".join(f"setx {name} {_for_cmd(value)}" for name, value in of_the_pc.items()),
        "unix": "\n".join(f"export {name}={shlex.quote(value)}" for name, value in of_the_pc.items()),
        "python": (
            "from tc_portal_reporter import monitor\n\n"
            f"with monitor({json.dumps(job_key, ensure_ascii=False)}, {json.dumps(title, ensure_ascii=False)}):\n"
            "    main()"
        ),
        "batch": _sending(_for_cmd(job_key), _for_cmd(title)),
        "shell": _sending(shlex.quote(job_key), shlex.quote(title)),
        "guide": "\n".join(f"set {name}={value}" for name, value in of_the_job.items()),
        "powershell": _powershell(_for_powershell(job_key), _for_powershell(title)),
        "curl": _curl(job_key, title),
    }


def _sending(job_key: str, title: str) -> str:
    return "\n".join(
        f'tc-report send {status} --key {job_key} --title {title} -m "{message}"'
        for status, message in (("success", "処理完了"), ("error", "失敗した理由"))
    )


def _powershell(job_key: str, title: str) -> str:
    return (
        f"$body = @{{ job_key = {job_key}; title = {title}; status = 'success'\n"
        "  finished_at = (Get-Date).ToUniversalTime().ToString('o'); message = '処理完了' } | ConvertTo-Json\n"
        "Invoke-RestMethod $env:TC_PORTAL_MONITOR_URL -Method Post -ContentType 'application/json; charset=utf-8' `\n"
        "  -Headers @{ 'X-TC-Portal-Webhook-Secret' = $env:TC_PORTAL_WEBHOOK_SECRET } `\n"
        "  -Body ([Text.Encoding]::UTF8.GetBytes($body))"
    )


def _curl(job_key: str, title: str) -> str:
    named = json.dumps({"job_key": job_key, "title": title, "status": "success"}, ensure_ascii=False)
    begun = shlex.quote(named.removesuffix("}") + ', "finished_at": "')
    return (
        'curl -sS "$TC_PORTAL_MONITOR_URL" -H "X-TC-Portal-Webhook-Secret: $TC_PORTAL_WEBHOOK_SECRET" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"""  -d {begun}"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'"}}'"""
    )


def _for_cmd(value: str) -> str:
    return '"' + value.replace('"', '\\"') + '"'


def _for_powershell(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
