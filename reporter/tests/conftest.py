"""What the reporter's tests run with."""

from __future__ import annotations

import subprocess
import sys

import pytest
from loopback import REPORTER, Portal, Reporter


@pytest.fixture
def portal():
    portal = Portal()
    yield portal
    portal.close()


@pytest.fixture
def other_portal():
    portal = Portal()
    yield portal
    portal.close()


@pytest.fixture(scope="session")
def one_file(tmp_path_factory):
    """The one-file build of the package as it now is."""
    out = tmp_path_factory.mktemp("one-file") / "tc_portal_reporter.py"
    subprocess.run([sys.executable, str(REPORTER / "build_one_file.py"), str(out)], check=True, stdout=subprocess.PIPE)
    return out


@pytest.fixture
def package(tmp_path):
    return Reporter(REPORTER / "src", ["-m", "tc_portal_reporter"], tmp_path)


@pytest.fixture(params=["package", "one file"])
def reporter(request, tmp_path):
    """The reporter in both its forms: what a test says holds for each."""
    if request.param == "package":
        return request.getfixturevalue("package")
    file = request.getfixturevalue("one_file")
    return Reporter(file.parent, [str(file)], tmp_path)
