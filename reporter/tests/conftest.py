"""What the reporter's tests run with."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import sys

import pytest
from hypothesis import settings
from lifeline import Lifeline
from loopback import REPORTER, Portal, Reporter, Tunnel

# What fails for somebody fails for all, and how long an example takes says nothing on a machine that does other things as well.
# ``make test-search`` looks at other examples each time.
settings.register_profile("the same each time", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("TC_PORTAL_EXAMPLES", "the same each time"))


@pytest.fixture
def portal():
    portal = Portal()
    yield portal
    portal.end()


@pytest.fixture
def other_portal():
    portal = Portal()
    yield portal
    portal.end()


@pytest.fixture(scope="session")
def one_file(tmp_path_factory):
    """The one-file build of the package as it now is."""
    out = tmp_path_factory.mktemp("one-file") / "tc_portal_reporter.py"
    subprocess.run([sys.executable, str(REPORTER / "build_one_file.py"), str(out)], check=True, stdout=subprocess.PIPE)
    return out


@pytest.fixture
def lifeline():
    lifeline = Lifeline()
    yield lifeline
    lifeline.close()


@pytest.fixture
def newest_portal(portal):
    """A portal that knows of starts and signs of life."""
    for name in ("job-start", "job-heartbeat"):
        portal.will_answer(200, {"Content-Type": "application/json"}, {"success": True}, f"/api/monitor/{name}")
    return portal


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


@pytest.fixture
def company_certificate(tmp_path):
    """A certificate for 127.0.0.1 that no one knows of."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl command to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(request + files, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return key, certificate


@pytest.fixture
def tls_portal(company_certificate):
    key, certificate = company_certificate
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(str(certificate), str(key))
    portal = Portal(tls)
    yield portal
    portal.end()


@pytest.fixture
def tunnel():
    """A proxy that connects to whatever it is asked to."""
    tunnel = Tunnel()
    yield tunnel
    tunnel.close()
