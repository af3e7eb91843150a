"""What a kind of channel is: the fields that a person fills in, the limits of the service, and how it sends."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from .told import Told

Markup = Literal["plain", "slack", "discord", "teams", "chatwork"]


class Said(NamedTuple):
    """A text in both languages."""

    ja: str
    en: str

    def in_language(self, language: str) -> str:
        return self.ja if language.startswith("ja") else self.en


# Shorter pieces of an address are words such as "api" or "json".
_SHORTEST_KEY = 8
_PIECES = re.compile(r"[/?&=:@#]+")

NO_HINT = Said("", "")


@dataclass(frozen=True)
class Field:
    """One setting. A secret one is never shown again. ``check`` says what is wrong with a value, or None."""

    name: str
    label: Said
    hint: Said = NO_HINT
    is_secret: bool = False
    is_required: bool = True
    is_long: bool = False
    choices: tuple[tuple[str, Said], ...] = ()
    check: Callable[[str], Said | None] = lambda value: None


Deliver = Callable[[Mapping[str, str], Told], None]


@dataclass(frozen=True)
class Kind:
    """A kind of channel. ``deliver`` sends one message with a channel's settings, or raises ``NotDelivered``.

    ``longest_text`` is in characters. ``per_minute``: how many messages it takes at most.
    ``may_sum_up``: whether one summary may stand for many messages, which is not so where each opens or closes something.
    """

    name: str
    title: Said
    fields: tuple[Field, ...]
    deliver: Deliver
    markup: Markup = "plain"
    longest_subject: int = 200
    longest_text: int = 4000
    per_minute: int = 20
    may_sum_up: bool = True
    # Secrets were meant for what these fields name: who changes one has to enter the secrets again.
    secrets_belong_to: tuple[str, ...] = ()
    # What is wrong with the settings as a whole, by field name.
    check: Callable[[Mapping[str, str]], dict[str, Said]] = lambda settings: {}

    def secrets_of(self, settings: Mapping[str, str]) -> list[str]:
        """The values that must not be told of; of an address also its pieces, since one of them is the key."""
        values = [settings[field.name] for field in self.fields if field.is_secret and settings.get(field.name)]
        pieces = [piece for value in values if "://" in value for piece in _PIECES.split(value)]
        return values + [piece for piece in pieces if len(piece) >= _SHORTEST_KEY]


def problems_with(kind: Kind, settings: Mapping[str, str]) -> dict[str, Said]:
    """What is wrong, by field name; nothing is wrong where there is nothing."""
    problems: dict[str, Said] = {}
    for field in kind.fields:
        value = settings.get(field.name, "")
        if not value:
            if field.is_required:
                problems[field.name] = Said("入力してください。", "Please fill this in.")
            continue
        if "\0" in value or (not field.is_long and len(value.splitlines()) > 1):
            problems[field.name] = Said("使えない文字が含まれています。", "It holds characters that cannot be used.")
        elif field.choices and value not in dict(field.choices):
            problems[field.name] = Said("選び直してください。", "Choose one of the offered values.")
        elif (wrong := field.check(value)) is not None:
            problems[field.name] = wrong
    return problems or kind.check(settings)
