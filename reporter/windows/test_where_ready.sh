#!/usr/bin/env bash
# Run the reporter's tests on the Windows Pythons that are there already; say so where none is. Downloads nothing.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=${TC_PORTAL_WINDOWS_PYTHON:-$HOME/.cache/tc-portal/windows-python}

ready=()
for version in 3.8 3.13; do
  if command -v wine >/dev/null && [ -e "$folder/py${version/./}/python.exe" ] && [ -e "$folder/prefix/system.reg" ]; then
    ready+=("$version")
  fi
done
if [ ${#ready[@]} -eq 0 ]; then
  echo "Wine の Windows 版 Python がないので、そのテストは省きました / no Windows Python under Wine: not tested there"
  echo "make test-windows"
  exit 0
fi
for version in "${ready[@]}"; do
  "$here/run_tests.sh" "$version"
done
