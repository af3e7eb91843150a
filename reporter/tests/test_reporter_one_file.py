"""The package and the one file made of it: what they carry, and what importing them costs."""

import ast
import subprocess
import sys

import pytest
from loopback import REPORTER

IMPORTING = """
import subprocess, sys
# -S, since what site-packages' .pth files import is not the reporter's doing.
sys.exit(subprocess.call([sys.executable, "-S", "-c", '''
import sys, tc_portal_reporter
heavy = ["urllib.request", "http.client", "ssl", "socket", "threading", "argparse", "email", "uuid", "inspect",
    "logging", "asyncio", "tempfile", "pathlib", "traceback"]
print([name for name in heavy if name in sys.modules])
''']))
"""


def test_importing_loads_nothing_that_only_a_report_needs(reporter):
    assert reporter.run(IMPORTING).stdout == "[]\n"


def test_both_forms_offer_the_same(reporter):
    done = reporter.run("import tc_portal_reporter as r\nprint(sorted(r.__all__), r.__version__, bool(r.__doc__))")
    assert (
        done.stdout
        == f"{['Monitor', 'Run', '__version__', 'current_run', 'log_handler', 'monitor', 'report_job_status']} 0.1.0 True\n"
    )


def test_the_one_file_says_its_version_and_licence_at_the_top(one_file):
    top = one_file.read_text(encoding="utf-8").splitlines()[:5]
    assert any("0.1.0" in line for line in top)
    assert "# SPDX-License-Identifier: MIT" in top


def test_the_one_file_needs_no_other(one_file):
    tree = ast.parse(one_file.read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]


def test_building_it_again_gives_the_same_file(one_file, tmp_path):
    again = tmp_path / "deeper" / "again.py"
    subprocess.run(
        [sys.executable, str(REPORTER / "build_one_file.py"), str(again)], check=True, stdout=subprocess.PIPE
    )
    assert again.read_bytes() == one_file.read_bytes()


@pytest.mark.parametrize("file", sorted((REPORTER / "src").rglob("*.py")), ids=lambda file: file.stem)
def test_each_file_of_the_package_is_of_a_size_to_be_read(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 250
