"""``tc-portal token``: the tokens of other monitors' clients, made, listed and revoked on the server."""

import argparse

from .terminal import Explained, say

NAME_LIMIT = 200


def add_token(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    new = actions.add_parser("new", help="作って表示 / make one and print it")
    new.add_argument("name", help="トークンの名前 / what to call it")
    new.add_argument("--job", metavar="KEY", help="このジョブだけのもの / of this job alone")
    new.set_defaults(action=_new)
    shown = actions.add_parser("list", help="一覧 / list them")
    shown.set_defaults(action=_list)
    revoke = actions.add_parser("revoke", help="無効にする / make one invalid for ever")
    revoke.add_argument("number", type=int, help="一覧の番号 / its number in the list")
    revoke.set_defaults(action=_revoke)


def _new(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from .core.ping_token import token_as
    from .core.text import JOB_KEY_LIMIT
    from .jobs.ping_tokens import new_token

    name, job_key = options.name.strip(), None if options.job is None else options.job.strip()
    if not 0 < len(name) <= NAME_LIMIT or job_key == "" or len(job_key or "") > JOB_KEY_LIMIT:
        raise Explained(
            ja=f"名前は 1～{NAME_LIMIT} 文字、ジョブのキーは 1～{JOB_KEY_LIMIT} 文字で指定してください。",
            en=f"Give a name of 1 to {NAME_LIMIT} characters, and a job's key of 1 to {JOB_KEY_LIMIT}.",
        )
    value = new_token(name, job_key, "tc-portal token", timezone.now())
    forms = f"{token_as(value, 'hex')}\n{token_as(value, 'uuid')}\n{token_as(value, 'short')}"
    say(
        ja=f"新しいトークン（表示は一度だけ。3 つの形はどれも同じもの）:\n{forms}",
        en=f"The new token (shown this once; the three are the same one):\n{forms}",
    )
    return 0


def _list(_: argparse.Namespace) -> int:
    from .jobs.ping_tokens import tokens_newest_first

    for token in tokens_newest_first().iterator():
        of_ja = "すべてのジョブ" if token.job_key is None else token.job_key
        of_en = "any job" if token.job_key is None else token.job_key
        used = token.last_used_on or "-"
        say(
            ja=f"{token.id}\t{'無効' if token.revoked_at else '有効'}\t{used}\t{of_ja}\t{token.name}",
            en=f"{token.id}\t{'revoked' if token.revoked_at else 'valid'}\t{used}\t{of_en}\t{token.name}",
        )
    return 0


def _revoke(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from .jobs.ping_tokens import revoke_token

    if not 0 < options.number < 2**63 or not revoke_token(options.number, timezone.now()):
        raise Explained(
            ja=f"有効なトークン {options.number} はありません。番号は tc-portal token list で確かめてください。",
            en=f"There is no valid token {options.number}. See tc-portal token list for the numbers.",
        )
    say(ja=f"トークン {options.number} を無効にしました。", en=f"The token {options.number} was revoked.")
    return 0
