"""Chatwork as a plug-in of Apprise's kind: ``chatwork://TOKEN/ROOM``.

The API: https://developer.chatwork.com/reference/post-rooms-room_id-messages
"""

from typing import Any

import requests
from apprise.plugins.base import NotifyBase

API = "https://api.chatwork.com/v2"


class NotifyChatwork(NotifyBase):  # type: ignore[misc]
    """Posts to a room as the account that the token belongs to."""

    service_name = "Chatwork"
    service_url = "https://go.chatwork.com/"
    setup_url = "https://developer.chatwork.com/docs"
    secure_protocol = "chatwork"
    title_maxlen = 0
    body_maxlen = 65_535
    templates = ("{schema}://{token}/{room}",)
    template_tokens = {
        **NotifyBase.template_tokens,
        "token": {"name": "API token", "type": "string", "private": True, "required": True},
        "room": {"name": "Room", "type": "string", "required": True},
    }

    def __init__(self, token: str, room: str, **settings: Any) -> None:
        super().__init__(**settings)
        if not token or not room or not room.isdecimal():
            raise TypeError("a token and the number of a room are needed")
        self.token = token
        self.room = room

    def send(self, body: str, title: str = "", **_: Any) -> bool:
        self.throttle()
        try:
            answer = requests.post(
                f"{API}/rooms/{self.room}/messages",
                data={"body": body, "self_unread": "1"},
                headers={"X-ChatWorkToken": self.token, "Accept": "application/json", "User-Agent": self.app_id},
                timeout=self.request_timeout,
                verify=self.verify_certificate,
                allow_redirects=self.redirects,
            )
        except requests.RequestException:
            self.logger.warning("A Connection error occurred posting to Chatwork.")
            return False
        return bool(answer.status_code == requests.codes.ok)

    def url(self, privacy: bool = False, *arguments: Any, **options: Any) -> str:
        token = self.pprint(self.token, privacy, safe="")
        return f"{self.secure_protocol}://{token}/{self.room}/"

    @staticmethod
    def parse_url(url: str) -> dict[str, Any] | None:
        parsed: dict[str, Any] | None = NotifyBase.parse_url(url, verify_host=False)
        if parsed:
            parsed["token"] = NotifyBase.unquote(parsed["host"])
            parsed["room"] = next(iter(NotifyBase.split_path(parsed["fullpath"])), "")
        return parsed
