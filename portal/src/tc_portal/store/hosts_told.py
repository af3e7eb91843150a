"""Which PCs report: a row each, written anew only when there is something to say."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tc_portal.core.report import Extension, Sender, Telling

from .statements import HostRow

# A PC that reports all the time, and says the same, is written as seldom as this.
BETWEEN_WRITES = timedelta(seconds=30)
# A clock's skew is measured with the time that the report was under way in it.
SKEW_WORTH_WRITING_MS = 2_000
HOSTS_REMEMBERED = 10_000

_NOTHING = Sender()


class HostsTold:
    """What was written last of each PC, by the process that writes: so that a report costs no look at the table."""

    def __init__(self) -> None:
        self._written: dict[str, HostRow] = {}
        self._under_way: list[HostRow] = []

    def rows(self, tellings: Sequence[Telling]) -> list[HostRow]:
        """One a PC, by name, of those that there is something new to write of."""
        told: dict[str, HostRow] = {}
        for telling in tellings:
            if not isinstance(telling, Extension) and telling.host:
                row = host_row(telling.host, telling.received_at, telling.sender or _NOTHING)
                there = told.get(row.name)
                told[row.name] = row if there is None else _later(row, there)
        self._under_way = [told[name] for name in sorted(told) if self._is_news(told[name])]
        return self._under_way

    def are_written(self) -> None:
        """What ``rows`` gave last has been committed."""
        if len(self._written) + len(self._under_way) > HOSTS_REMEMBERED:
            self._written.clear()
        self._written.update((row.name, row) for row in self._under_way)
        self._under_way = []

    def _is_news(self, row: HostRow) -> bool:
        there = self._written.get(row.name)
        if there is None or row.last_reported_at - there.last_reported_at >= BETWEEN_WRITES:
            return True
        if row.last_reported_at < there.last_reported_at:
            return False
        has_moved = row.skew_ms is not None and abs(row.skew_ms - (there.skew_ms or 0)) >= SKEW_WORTH_WRITING_MS
        return has_moved or any(
            new is not None and new != old
            for new, old in ((row.reporter, there.reporter), (row.held_back, there.held_back))
        )


def host_row(name: str, received_at: datetime, sender: Sender) -> HostRow:
    """What is written of the PC ``name``, which told something at ``received_at``."""
    skew = None if sender.sent_at is None else round((sender.sent_at - received_at) / timedelta(milliseconds=1))
    return HostRow(name, received_at, sender.sent_at, skew, sender.reporter, sender.held_back)


def _later(one: HostRow, other: HostRow) -> HostRow:
    """The later of the two; of the same instant, the one that says more."""
    return max(
        one, other, key=lambda row: (row.last_reported_at, row.reporter or "", row.held_back or 0, row.skew_ms or 0)
    )
