"""Values as SQLite stores them: instants are text in UTC, UUIDs are hexadecimal digits, truth is 0 or 1."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import msgspec

S = TypeVar("S", bound=msgspec.Struct)


def as_parameters(row: msgspec.Struct) -> tuple[Any, ...]:
    """A row's fields, in their order, as parameters of a statement."""
    return tuple([_stored(value) for value in msgspec.structs.astuple(row)])


def as_text(instant: datetime) -> str:
    """The instant as Django stores it in SQLite."""
    return str(instant.replace(tzinfo=None))


def as_instant(text: str) -> datetime:
    """The instant, aware and in UTC, that ``as_text`` wrote."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def read_rows(kind: type[S], rows: Iterable[Sequence[Any]]) -> list[S]:
    """Rows as structs; the columns are in the order of the fields."""
    readers = _readers(kind)
    read = []
    for row in rows:
        values = list(row)
        for place, reader in readers:
            if values[place] is not None:
                values[place] = reader(values[place])
        read.append(kind(*values))
    return read


@cache
def _readers(kind: type[msgspec.Struct]) -> list[tuple[int, Callable[[Any], Any]]]:
    """What the columns, by their place, have to go through that are not stored as what they are."""
    by_type: dict[Any, Callable[[Any], Any]] = {datetime: as_instant, UUID: _uuid, bool: bool}
    return [
        (place, reader)
        for place, field in enumerate(msgspec.structs.fields(kind))
        for stored, reader in by_type.items()
        if stored is field.type or stored in getattr(field.type, "__args__", ())
    ]


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return as_text(value)
    return value.hex if isinstance(value, UUID) else value


def _uuid(digits: str) -> UUID:
    return UUID(hex=digits)
