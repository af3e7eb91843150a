"""The lines that people paste where a job runs, quoted for the shell that they are for."""

import json
import shlex


def lines_for(url: str, secret: str, job_key: str, title: str) -> dict[str, str]:
    """Lines by kind of shell. ``secret`` is a placeholder: the secret itself is never shown on a page."""
    variables = {
        "TC_PORTAL_MONITOR_URL": url,
        "TC_PORTAL_WEBHOOK_SECRET": secret,
        "TC_PORTAL_JOB_KEY": job_key,
        "TC_PORTAL_JOB_TITLE": title,
    }
    return {
        "windows": "\n".join(f"setx {name} {_for_cmd(value)}" for name, value in variables.items()),
        "unix": "\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items()),
        "python": (
            "from tc_portal_reporter import monitor\n\n"
            f"with monitor({json.dumps(job_key, ensure_ascii=False)}, {json.dumps(title, ensure_ascii=False)}):\n"
            "    main()"
        ),
        "command": 'tc-report send success -m "処理完了"\ntc-report send error -m "失敗した理由"',
        "powershell": _powershell(),
        "curl": (
            'curl -sS "$TC_PORTAL_MONITOR_URL" -H "X-TC-Portal-Webhook-Secret: $TC_PORTAL_WEBHOOK_SECRET" \\\n'
            '  -H "Content-Type: application/json" -d "{\\"job_key\\":\\"$TC_PORTAL_JOB_KEY\\",'
            '\\"title\\":\\"$TC_PORTAL_JOB_TITLE\\",\\"status\\":\\"success\\",'
            '\\"finished_at\\":\\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\\"}"'
        ),
    }


def _powershell() -> str:
    return (
        "$body = @{ job_key = $env:TC_PORTAL_JOB_KEY; title = $env:TC_PORTAL_JOB_TITLE; status = 'success'\n"
        "  finished_at = (Get-Date).ToUniversalTime().ToString('o'); message = '処理完了' } | ConvertTo-Json\n"
        "Invoke-RestMethod $env:TC_PORTAL_MONITOR_URL -Method Post -ContentType 'application/json; charset=utf-8' `\n"
        "  -Headers @{ 'X-TC-Portal-Webhook-Secret' = $env:TC_PORTAL_WEBHOOK_SECRET } `\n"
        "  -Body ([Text.Encoding]::UTF8.GetBytes($body))"
    )


def _for_cmd(value: str) -> str:
    return '"' + value.replace('"', '\\"') + '"'
