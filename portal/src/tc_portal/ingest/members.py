"""A body's members: the JSON object in whatever encoding it came, and what may stand in the members that dialects share."""

from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from json import JSONDecodeError, dumps, loads
from typing import Any, NoReturn, TypeVar
from uuid import UUID

import msgspec

from tc_portal.core.instant import parse_instant
from tc_portal.core.text import HOST_LIMIT, JOB_KEY_LIMIT, RUN_ID_LIMIT, cut, storable

from .body import decode_body

S = TypeVar("S", bound=msgspec.Struct)

_encode = msgspec.json.encode


class Rejected(Exception):
    """The request cannot be recorded as it is; the text says why, in the guide's words where it has them."""


def members_reader(kind: type[S]) -> Callable[[bytes, bytes | None], S]:
    """A function of body and content type that gives the members which ``kind`` names. It raises ``Rejected``."""
    decode = msgspec.json.Decoder(kind).decode

    def read(body: bytes, content_type: bytes | None) -> S:
        try:
            # The common case first: UTF-8 that msgspec takes. A declared charset or a stray byte goes the long way.
            if content_type is None or b"charset" not in content_type.lower() or b"utf-8" in content_type.lower():
                return decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
        members = _any_members(body, content_type)
        return kind(**{name: members.get(name) for name in kind.__struct_fields__})

    return read


def _any_members(body: bytes, content_type: bytes | None) -> dict[str, Any]:
    try:
        members = loads(decode_body(body, content_type), parse_constant=_refuse_constant)
    except (JSONDecodeError, RecursionError, ValueError):
        raise Rejected("Invalid JSON body") from None
    if not isinstance(members, dict):
        raise Rejected("Invalid JSON body")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def required_text(value: Any, name: str) -> str:
    text = storable(value) if isinstance(value, str) else ""
    if not text:
        raise Rejected(f"{name} is required")
    return text


def required_instant(value: Any, name: str) -> datetime:
    if value is None or value == "" or value is False or (type(value) in (int, float) and value == 0):
        raise Rejected(f"{name} is required")
    instant = parse_instant(value) if isinstance(value, str) else None
    if instant is None:
        raise Rejected(f"{name} must be valid ISO 8601")
    return instant


def within_key_limit(job_key: str) -> str:
    if len(job_key) > JOB_KEY_LIMIT:
        raise Rejected(f"job_key must be at most {JOB_KEY_LIMIT} characters")
    return job_key


def text_or_json(value: Any) -> str | None:
    """Text as it is, anything else as its JSON; None for what says nothing."""
    if value is None or value == "":
        return None
    return storable(value if isinstance(value, str) else _as_json(value)) or None


def _as_json(value: Any) -> str:
    try:
        return _encode(value).decode()
    except UnicodeEncodeError:
        # Half of a surrogate pair inside: json lets it pass, for ``storable`` to replace.
        return dumps(value, ensure_ascii=False, separators=(",", ":"))


def run_id_in(value: Any) -> str | None:
    """The run that is named, by a hash where the name is too long; None where none is."""
    text = text_or_json(value)
    if text is None or len(text) <= RUN_ID_LIMIT:
        return text
    return blake2b(text.encode(), digest_size=16).hexdigest()


def required_run_id(value: Any) -> str:
    run_id = run_id_in(value)
    if run_id is None:
        raise Rejected("run_id is required: it names the run, and the run's report carries the same one")
    return run_id


def tool_id_in(value: Any, warnings: list[str]) -> UUID | None:
    if value is None or value == "":
        return None
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError):
        warnings.append("tool_id is not a UUID: recorded without it")
        return None


def host_in(value: Any) -> str | None:
    return cut(storable(value), HOST_LIMIT) if isinstance(value, str) and value else None
