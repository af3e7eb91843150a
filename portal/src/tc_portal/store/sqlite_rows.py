"""Values as SQLite stores them: instants are text in UTC, UUIDs are hexadecimal digits, truth is 0 or 1."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import msgspec

_UTC = "+00:00"

S = TypeVar("S", bound=msgspec.Struct)


def as_parameters(row: msgspec.Struct) -> tuple[Any, ...]:
    """A row's fields, in their order, as parameters of a statement."""
    values: list[Any] = list(msgspec.structs.astuple(row))
    for place, write in _writers(type(row)):
        if values[place] is not None:
            values[place] = write(values[place])
    return tuple(values)


def as_text(instant: datetime) -> str:
    """The instant, which is aware and in UTC, as Django stores it in SQLite."""
    return instant.isoformat(" ")[: -len(_UTC)]


def as_instant(text: str) -> datetime:
    """The instant, aware and in UTC, that ``as_text`` wrote."""
    return datetime.fromisoformat(text + _UTC)


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
    return _places(kind, {datetime: as_instant, UUID: _uuid, bool: bool})


@cache
def _writers(kind: type[msgspec.Struct]) -> list[tuple[int, Callable[[Any], Any]]]:
    """What the fields, by their place, have to go through that are stored as something else."""
    return _places(kind, {datetime: as_text, UUID: _digits})


def _places(
    kind: type[msgspec.Struct], by_type: dict[Any, Callable[[Any], Any]]
) -> list[tuple[int, Callable[[Any], Any]]]:
    return [
        (place, change)
        for place, field in enumerate(msgspec.structs.fields(kind))
        for stored, change in by_type.items()
        if stored is field.type or stored in getattr(field.type, "__args__", ())
    ]


def _digits(uuid: UUID) -> str:
    return uuid.hex


def _uuid(digits: str) -> UUID:
    return UUID(hex=digits)
