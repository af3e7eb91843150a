"""What core says in both languages, in the reader's."""

from typing import Protocol

from django.utils.translation import get_language


class InBothLanguages(Protocol):
    ja: str
    en: str


def language() -> str:
    """The reader's language: "ja" or "en"."""
    return (get_language() or "ja")[:2]


def spoken(said: InBothLanguages) -> str:
    """The text in the reader's language."""
    return said.ja if language() == "ja" else said.en
