"""Say before the tests which system packages they would use and do not find."""

import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from chromium import chromium_executable

MISSING = {
    "Chromium (browser tests)": chromium_executable() is not None,
    "Node.js (the guide's Node script)": shutil.which("node") is not None,
}

missing = [name for name, is_there in MISSING.items() if not is_there]
for name in missing:
    print(f"見つかりません。そのテストは省かれます / not found, its tests are skipped: {name}")
if missing:
    print("Debian: apt-get install chromium fonts-noto-cjk nodejs   /   .venv/bin/playwright install chromium")
if missing and os.environ.get("TC_PORTAL_TEST_ALL"):
    sys.exit("TC_PORTAL_TEST_ALL is set: nothing may be skipped")
