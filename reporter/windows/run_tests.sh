#!/usr/bin/env bash
# Run the reporter's tests on a Windows Python under Wine, with code page 932 and Japan's time.
#
# usage: run_tests.sh VERSION [arguments of pytest]
set -euo pipefail

version=$1
shift
folder=${TC_PORTAL_WINDOWS_PYTHON:-$HOME/.cache/tc-portal/windows-python}
here=$(cd "$(dirname "$0")" && pwd)
python=$folder/py${version/./}/python.exe

export WINEPREFIX=$folder/prefix WINEDEBUG=-all WINEDLLOVERRIDES="mscoree=;mshtml="
# Wine takes the code page from the locale. What this system's Python is told must not reach the Windows one.
export LC_ALL=ja_JP.UTF-8 TZ=JST-9 PYTHONDONTWRITEBYTECODE=1
unset DISPLAY PYTHONUNBUFFERED PYTHONPATH PYTHONHOME SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE

cd "$here/.."
status=0
# A Windows program under Wine can write to a pipe, but not to a file or a terminal of this system.
wine "$python" -m pytest -p no:cacheprovider -q -ra "$@" </dev/null 2>&1 | cat || status=$?
"$(command -v wineserver || echo /usr/lib/wine/wineserver)" -k || true
exit "$status"
