"""LINE WORKS: a bot's message to a talk room or a member."""

from collections.abc import Mapping

from .checks import is_like, is_token
from .kind import Field, Kind, Said
from .through_apprise import made, notify
from .told import Told

_CONSOLE = Said("Developer Console のアプリの画面にあります", "Shown on the app's page in the Developer Console")


def _is_private_key(value: str) -> Said | None:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        if isinstance(load_pem_private_key(value.encode(), None), RSAPrivateKey):
            return None
    except (ValueError, TypeError):
        pass
    return Said(
        "-----BEGIN PRIVATE KEY----- で始まるファイルの中身全体を貼り付けてください。",
        "Paste the whole content of the file that begins with -----BEGIN PRIVATE KEY-----.",
    )


def _deliver(settings: Mapping[str, str], told: Told) -> None:
    from .line_works_plugin import NotifyLineWorks

    plugin = made(NotifyLineWorks, **{name: settings.get(name, "") for name in _NAMES})
    notify(plugin, told, title="", body=f"{told.subject}\n\n{told.text}")


LINE_WORKS = Kind(
    name="line_works",
    title=Said("LINE WORKS", "LINE WORKS"),
    fields=(
        Field("client_id", Said("Client ID", "Client ID"), _CONSOLE, check=is_token),
        Field("client_secret", Said("Client Secret", "Client secret"), _CONSOLE, is_secret=True, check=is_token),
        Field(
            "service_account",
            Said("Service Account", "Service account"),
            Said("….serviceaccount@… の形の ID", "The ID of the form ….serviceaccount@…"),
            check=is_token,
        ),
        Field(
            "private_key",
            Said("Private Key", "Private key"),
            Said(
                "発行したときにダウンロードしたファイルの中身", "The content of the file that was downloaded on issue"
            ),
            is_secret=True,
            is_long=True,
            check=_is_private_key,
        ),
        Field(
            "bot",
            Said("Bot ID", "Bot ID"),
            check=is_like(r"[0-9]{1,20}", "数字だけを入力してください。", "Enter the digits only."),
        ),
        Field(
            "to",
            Said("送信先", "Send to"),
            Said(
                "トークルームのチャンネル ID、またはメンバーの ID（名前@ドメイン）",
                "A talk room's channel ID, or a member's ID (name@domain)",
            ),
            check=is_like(
                r"[\w.@+-]{1,200}",
                "チャンネル ID か、メンバーの ID を入力してください。",
                "Enter a channel ID or a member's ID.",
            ),
        ),
    ),
    deliver=_deliver,
    longest_subject=150,
    # 2,000 in all, with the subject.
    longest_text=1800,
)
_NAMES = tuple(field.name for field in LINE_WORKS.fields)
