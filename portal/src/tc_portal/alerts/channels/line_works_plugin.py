"""LINE WORKS as a plug-in of Apprise's kind: a bot's message, by a service account.

The API: https://developers.worksmobile.com/jp/docs/auth-jwt and …/docs/bot-channel-message-send
"""

import threading
import time
from typing import Any
from urllib.parse import quote

import jwt
import requests
from apprise.plugins.base import NotifyBase

TOKENS = "https://auth.worksmobile.com/oauth2/v2.0/token"
API = "https://www.worksapis.com/v1.0"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SECONDS_OF_A_CLAIM = 600
# A token holds for a day, and asking for one is limited: it is kept a while, in this process alone.
SECONDS_A_TOKEN_IS_KEPT = 3000.0


class NotifyLineWorks(NotifyBase):  # type: ignore[misc]
    """Sends as a bot to a talk room (``channel``) or, where the destination holds an @, to a member."""

    service_name = "LINE WORKS"
    service_url = "https://line-works.com/"
    setup_url = "https://developers.worksmobile.com/"
    secure_protocol = "lineworks"
    title_maxlen = 0
    body_maxlen = 2000
    templates = ("{schema}://{bot}/{to}",)
    template_tokens = {
        **NotifyBase.template_tokens,
        "bot": {"name": "Bot ID", "type": "string", "required": True},
        "to": {"name": "Channel or member", "type": "string", "required": True},
    }

    def __init__(
        self,
        bot: str,
        to: str,
        client_id: str,
        client_secret: str,
        service_account: str,
        private_key: str,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        if not all((bot, to, client_id, client_secret, service_account, private_key)):
            raise TypeError("all of the bot, the destination and the service account's four values are needed")
        self.bot, self.to = bot, to
        self.client_id, self.client_secret = client_id, client_secret
        self.service_account, self.private_key = service_account, private_key

    def send(self, body: str, title: str = "", **_: Any) -> bool:
        self.throttle()
        try:
            token = _kept_tokens.get(self._account) or self._new_token()
            if not token:
                return False
            answer = self._post(
                f"{API}/bots/{quote(self.bot, safe='')}/{self._destination}/messages",
                json={"content": {"type": "text", "text": body}},
                headers={"Authorization": f"Bearer {token}"},
            )
        except requests.RequestException:
            self.logger.warning("A Connection error occurred posting to LINE WORKS.")
            return False
        if answer.status_code == requests.codes.unauthorized:
            _kept_tokens.forget(self._account)
        return bool(answer.status_code == requests.codes.created)

    @property
    def _destination(self) -> str:
        return f"{'users' if '@' in self.to else 'channels'}/{quote(self.to, safe='@')}"

    @property
    def _account(self) -> tuple[str, str, str]:
        return self.client_id, self.client_secret, self.service_account

    def _new_token(self) -> str:
        now = int(time.time())
        claim = {"iss": self.client_id, "sub": self.service_account, "iat": now, "exp": now + SECONDS_OF_A_CLAIM}
        try:
            assertion = jwt.encode(claim, self.private_key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            # Their texts may quote the key.
            self.logger.warning("the private key cannot be read")
            return ""
        answer = self._post(
            TOKENS,
            data={
                "grant_type": GRANT,
                "assertion": assertion,
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "scope": "bot",
            },
        )
        if answer.status_code != requests.codes.ok:
            return ""
        try:
            token = str(answer.json()["access_token"])
        except (ValueError, KeyError, TypeError):
            return ""
        _kept_tokens.keep(self._account, token)
        return token

    def _post(self, address: str, **content: Any) -> requests.Response:
        return requests.post(
            address,
            timeout=self.request_timeout,
            verify=self.verify_certificate,
            allow_redirects=self.redirects,
            **content,
        )

    def url(self, privacy: bool = False, *arguments: Any, **options: Any) -> str:
        return f"{self.secure_protocol}://{self.bot}/{self.pprint(self.to, privacy, safe='')}/"


class _KeptTokens:
    """Access tokens by account."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, str, str], tuple[str, float]] = {}

    def get(self, account: tuple[str, str, str]) -> str:
        with self._lock:
            token, until = self._tokens.get(account, ("", 0.0))
        return token if time.monotonic() < until else ""

    def keep(self, account: tuple[str, str, str], token: str) -> None:
        with self._lock:
            self._tokens[account] = token, time.monotonic() + SECONDS_A_TOKEN_IS_KEPT

    def forget(self, account: tuple[str, str, str]) -> None:
        with self._lock:
            self._tokens.pop(account, None)


_kept_tokens = _KeptTokens()
