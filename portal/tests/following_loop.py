"""Follow incidents on a portal's data until standard input ends: for tests that need the follower and nothing else."""

import os
import select
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tc_portal.settings"
django.setup()

from django.utils import timezone  # noqa: E402
from tc_portal.alerts.following import follow  # noqa: E402

SECONDS_BETWEEN = 0.3

if __name__ == "__main__":
    while not select.select([sys.stdin], [], [], SECONDS_BETWEEN)[0]:
        while follow(timezone.now(), lambda found, now: None):
            pass
