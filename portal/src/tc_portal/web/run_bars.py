"""The last runs of a job as bars: their height is how long each took, their colour how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tc_portal.core.wording import Wording
from tc_portal.jobs.last_runs import PastRun

RUNS_SHOWN = 30
# Of the picture, in its own units.
STEP = 4
BASE = 22
TALLEST = 20
LEAST = 3
# Where no run says how long it took, all bars are as tall.
UNTIMED = 10


@dataclass(frozen=True)
class RunBars:
    """The paths of the bars of runs that ended well, of those that failed, and of the marks below the latter, so that they are told
    apart without colour; what the picture says, in words; and the share of good runs."""

    good: str
    failed: str
    marks: str
    words: str
    rate: str


def run_bars(runs: Sequence[PastRun], wording: Wording) -> RunBars | None:
    """The picture of these runs, which come oldest first; None where there are none. The latest stands at the right."""
    if not runs:
        return None
    longest = max((run.took for run in runs if run.took is not None), default=None)
    good, failed, marks = [], [], []
    first = RUNS_SHOWN - len(runs)
    for place, run in enumerate(runs, first):
        across = place * STEP + STEP // 2
        if longest is None:
            height = UNTIMED
        elif run.took is None or not longest:
            height = LEAST
        else:
            height = LEAST + round((TALLEST - LEAST) * (run.took / longest))
        (good if run.is_success else failed).append(f"M{across} {BASE}v-{height}")
        if not run.is_success:
            marks.append(f"M{across} {BASE + 2}v3")
    return RunBars("".join(good), "".join(failed), "".join(marks), _words(runs, wording), _rate(runs))


def _words(runs: Sequence[PastRun], wording: Wording) -> str:
    went_well = sum(run.is_success for run in runs)
    told = _("Last %(runs)s runs: %(good)s succeeded, %(failed)s failed.") % {
        "runs": len(runs),
        "good": went_well,
        "failed": len(runs) - went_well,
    }
    timed = [run.took for run in runs if run.took is not None]
    if not timed:
        return told
    return f"{told} " + _("The longest took %(span)s, the last %(last)s.") % {
        "span": wording.span(max(timed)),
        "last": "–" if runs[-1].took is None else wording.span(runs[-1].took),
    }


def _rate(runs: Sequence[PastRun]) -> str:
    """Rounded down, so that what is not all is never said to be."""
    return f"{100 * sum(run.is_success for run in runs) // len(runs)}%"
