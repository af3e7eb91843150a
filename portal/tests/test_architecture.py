"""Who may import whom, and the standards of the tree."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}


def test_the_rooms_import_only_downwards() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    ended = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout


def sources() -> list[Path]:
    return [path for folder in ("portal", "reporter", "bench") for path in (ROOT / folder).rglob("*.py")]


def test_no_file_is_a_drawer_without_a_name() -> None:
    assert [path for path in sources() if path.stem in DRAWERS] == []


def test_every_file_reads_in_one_sitting() -> None:
    assert [path for path in sources() if len(path.read_text(encoding="utf-8").splitlines()) > 500] == []
