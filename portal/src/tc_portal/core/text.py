"""Text as it may be stored: no NUL, no lone surrogates, no more than its room."""

JOB_KEY_LIMIT = 500
TITLE_LIMIT = 500
RUN_ID_LIMIT = 200
HOST_LIMIT = 255
MESSAGE_LIMIT = 16_000
# The end of a traceback or log says why it failed, so the tail gets the larger share.
MESSAGE_HEAD = 4_000


def storable(text: str) -> str:
    """The text without NUL, which PostgreSQL refuses, and with lone surrogates replaced by U+FFFD."""
    if "\0" in text:
        text = text.replace("\0", "")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def head_and_tail(text: str, limit: int = MESSAGE_LIMIT, head: int = MESSAGE_HEAD) -> str:
    """The text where it fits into ``limit`` characters, else its head and tail and how much was cut between."""
    if len(text) <= limit:
        return text
    # The note's own length depends on the figure in it; sixty characters hold any figure.
    tail = limit - head - 60
    cut = len(text) - head - tail
    return f"{text[:head]}\n… [{cut} 文字省略 / {cut} characters cut] …\n{text[-tail:]}"


def cut_bytes(text: str, limit: int) -> str:
    """The text's beginning that is at most ``limit`` bytes of UTF-8."""
    return text.encode()[:limit].decode(errors="ignore")


def last_bytes(text: str, limit: int) -> str:
    """The text's end that is at most ``limit`` bytes of UTF-8."""
    return text.encode()[-limit:].decode(errors="ignore")


def cut(text: str, limit: int) -> str:
    """The text's first ``limit`` characters, the last of them an ellipsis where it was longer."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
