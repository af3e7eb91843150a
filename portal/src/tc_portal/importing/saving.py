"""Putting imported settings in force, with words for what the database does not take."""

from collections.abc import Sequence

from tc_portal.store.batches import Refused, Unavailable
from tc_portal.store.changing_settings import SettingsChange
from tc_portal.store.expectations import expect_of_jobs
from tc_portal.terminal import Explained


def save_settings(changes: Sequence[SettingsChange], changed_by: str) -> None:
    """Have the settings in force from now on. Raises ``Explained``; what was saved by then stays, and is not saved twice."""
    try:
        expect_of_jobs(changes, changed_by)
    except Refused as refusal:
        raise Explained(
            ja=f"データベースが受け付けませんでした（{refusal}）。", en=f"The database refused it ({refusal})."
        ) from refusal
    except Unavailable as absence:
        raise Explained(
            ja=f"データベースに保存できませんでした（{absence}）。もう一度実行すれば、残りが保存されます。",
            en=f"The database could not save it ({absence}). Run this again: it saves what is left.",
        ) from absence
