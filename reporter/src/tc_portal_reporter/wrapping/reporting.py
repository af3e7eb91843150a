"""All that ``tc-report run`` has to do with the portal, kept apart from the command: nothing here may harm it."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Optional

from ..settings import DEFAULT_JOB_TITLE, Settings, read_settings
from .ending import Ending
from .options import RunOptions
from .saying import complain

if TYPE_CHECKING:
    from ..delivery import Delivery
    from .kept_output import Excerpt, KeptOutput
    from .masking import Mask
    from .signs_of_life import RunFacts, Teller


WHAT_BECAME = {
    "kept": "この PC に保管 / kept on this PC",
    "refused": "拒否されたため取り置き / refused, put aside",
    "lost": "保管できず / could not be kept",
}


class Reporting:
    """Reports one run. Nothing in it raises, and without the portal's address and secret it does nothing.

    ``kept`` takes the command's output, and is None where that is not to be reported.
    """

    def __init__(self, options: RunOptions) -> None:
        self._options = options
        self._settings: Optional[Settings] = None
        self._facts: Optional[RunFacts] = None
        self._teller: Optional[Teller] = None
        self.kept: Optional[KeptOutput] = None
        try:
            settings = read_settings()
            for problem in settings.config.problems:
                self._say(f"[TC Portal] {problem.ja} / {problem.en}")
            if not settings.is_complete:
                self._say("[TC Portal] 環境変数未設定のためスキップ")
                return
            if options.reports_output:
                from .kept_output import KeptOutput

                self.kept = KeptOutput()
            self._settings = settings
        except Exception as error:
            self._give_up(error)

    def note_start(self) -> None:
        """The command has been started just now, or was to be."""
        if self._settings is None:
            return
        try:
            self._facts = _facts(self._settings, self._options)
        except Exception as error:
            self._give_up(error)

    def begin(self) -> None:
        """The command runs: tell of it, without waiting for that."""
        if self._settings is None or self._facts is None:
            return
        try:
            from .signs_of_life import Teller

            self._teller = Teller(self._settings, self._facts, self._options.heartbeat_seconds)
            self._teller.begin()
        except Exception as error:
            self._give_up(error)

    def end(self, ending: Ending) -> None:
        """The command has ended: tell how."""
        if self._settings is None or self._facts is None:
            return
        finished_at = datetime.now(timezone.utc)
        try:
            from .masking import masking, secrets_in
            from .result import result_members
            from .signs_of_life import Teller, steady_seconds

            seconds = steady_seconds() - self._facts.started
            mask = masking({self._settings.secret, *secrets_in(os.environ)}, self._settings.mask_patterns)
            ok_codes, excerpt = self._options.ok_codes, self._excerpt(mask)
            members = result_members(self._facts, ending, excerpt, ok_codes, mask, finished_at, seconds)
            teller = self._teller or Teller(self._settings, self._facts, 0)
            self._say_delivery(teller.end(members), str(members["status"]), mask)
        except Exception as error:
            self._give_up(error)

    def _excerpt(self, mask: Mask) -> Optional[Excerpt]:
        try:
            return None if self.kept is None else self.kept.excerpt(mask)
        except Exception as error:
            # The result is worth telling without the output, too.
            self._give_up(error)
            return None

    def _say_delivery(self, delivery: Delivery, status: str, mask: Mask) -> None:
        if not self._options.is_verbose or self._settings is None:
            return
        from .masking import bad_patterns

        for pattern in bad_patterns(self._settings.mask_patterns):
            self._say(f"[TC Portal] mask の正規表現が正しくありません / not a regular expression: {pattern}")
        if delivery.is_recorded:
            self._say(f"[TC Portal] 報告成功: {status}")
        else:
            self._say(f"[TC Portal] 報告エラー: {mask(delivery.reason)}（{WHAT_BECAME[delivery.outcome]}）")

    def _give_up(self, error: Exception) -> None:
        self._say(f"[TC Portal] 報告エラー: {type(error).__name__}")

    def _say(self, line: str) -> None:
        if self._options.is_verbose:
            complain(line)


def _facts(settings: Settings, options: RunOptions) -> RunFacts:
    from ..report import new_run_id, run_members
    from .signs_of_life import RunFacts, steady_seconds

    started, started_at = steady_seconds(), datetime.now(timezone.utc)
    named = settings.title if settings.title != DEFAULT_JOB_TITLE else ""
    key = options.key or settings.job_key
    return RunFacts(run_members(settings, key, options.title or named or key), new_run_id(), started_at, started)
