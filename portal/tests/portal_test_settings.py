"""The portal's own settings, on a folder of the test run's, with static files served as they are."""

import os
import tempfile

os.environ["TC_PORTAL_DATA_DIR"] = tempfile.mkdtemp(prefix="tc-portal-tests-")
os.environ.setdefault("TC_PORTAL_WEBHOOK_SECRET", "a-secret-of-the-tests")
for name in ("TC_PORTAL_DATABASE_URL", "TC_PORTAL_PUBLIC_URL", "TC_PORTAL_SMTP_URL", "TC_PORTAL_TIME_ZONE"):
    os.environ.pop(name, None)

from tc_portal.settings import *  # noqa: E402, F403

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
