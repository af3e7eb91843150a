"""What a person asked for cannot be scheduled."""


class Unschedulable(Exception):
    """A schedule or calendar that cannot be. ``ja`` and ``en`` say why, and what to write instead."""

    def __init__(self, *, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja = ja
        self.en = en
