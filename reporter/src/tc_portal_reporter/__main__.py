"""``python -m tc_portal_reporter`` is ``tc-report``."""

import sys

from .command import main

sys.exit(main())
