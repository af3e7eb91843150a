"""タグ: a word by which people gather jobs."""

import re
from unicodedata import normalize

from .schedule.unschedulable import Unschedulable
from .text import storable

MANY_TAGS = 20
LONGEST_TAG = 50

_SEPARATOR = re.compile(r"[,、，\r\n]")


def read_tags(text: str) -> tuple[str, ...]:
    """The tags of a text in which commas, Japanese ones too, stand between them; each once, in their order.

    Full-width letters and digits become the usual ones, so that a tag is one tag however it was typed. Raises
    ``Unschedulable`` where there are too many, or one is too long.
    """
    written = ("".join(filter(str.isprintable, normalize("NFKC", storable(part)))) for part in _SEPARATOR.split(text))
    tags = tuple(dict.fromkeys(tag for each in written if (tag := " ".join(each.split()))))
    if len(tags) > MANY_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        raise Unschedulable(
            ja=f"タグは 1 つのジョブに {MANY_TAGS} 個まで、それぞれ {LONGEST_TAG} 文字までです。",
            en=f"A job has {MANY_TAGS} tags at most, of {LONGEST_TAG} characters each.",
        )
    return tags
