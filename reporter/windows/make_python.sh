#!/usr/bin/env bash
# Make a real Windows CPython (the MSVC build) that runs under Wine, from Debian's and PyPI's packages only.
#
# usage: make_python.sh VERSION [FOLDER]      VERSION: 3.8 … 3.13
#        FOLDER: default $TC_PORTAL_WINDOWS_PYTHON, else ~/.cache/tc-portal/windows-python
#
# Needs: wine and wine64, gcc-mingw-w64-x86-64-win32, the locale ja_JP.UTF-8, and a Python of the same version (also one
# of pyenv's) whose library, being pure Python, is copied. Downloads 65 MB a version. A Wine prefix takes 0.7 GB.
set -euo pipefail

version=$1
folder=${2:-${TC_PORTAL_WINDOWS_PYTHON:-$HOME/.cache/tc-portal/windows-python}}
digits=${version/./}
python=$folder/py$digits
here=$(cd "$(dirname "$0")" && pwd)

missing() {
  echo "見つかりません / not found: $1" >&2
  echo "Debian: apt-get install --no-install-recommends wine wine64 gcc-mingw-w64-x86-64-win32 locales" >&2
  exit 1
}

command -v wine >/dev/null || missing wine
command -v x86_64-w64-mingw32-gcc >/dev/null || missing x86_64-w64-mingw32-gcc
if ! locale -a | grep -qi '^ja_JP\.utf-\?8$'; then
  localedef -i ja_JP -f UTF-8 ja_JP.UTF-8 || missing "the locale ja_JP.UTF-8"
fi

# This system's own Python of that version: its library is the same, and its pip chooses packages for that version.
same_version() {
  local candidate
  for candidate in "$(command -v "python$version")" "$(pyenv root 2>/dev/null)"/versions/"$version".*/bin/python; do
    "$candidate" -c 'import sys; print(sys.executable)' 2>/dev/null && return
  done
  return 1
}

if [ ! -e "$python/python.exe" ]; then
  interpreter=$(same_version) || missing "a Python $version of this system (python$version, or pyenv's)"
  pip=("$interpreter" -m pip --disable-pip-version-check --quiet)
  making=$folder/making-py$digits
  rm -rf "$making"
  mkdir -p "$making/DLLs"

  # The Windows wheel of panda3d carries the official python3X.dll, the C runtime and every .pyd.
  "${pip[@]}" download --no-deps --platform win_amd64 --python-version "$version" --only-binary=:all: \
    --dest "$making/wheel" panda3d==1.10.16
  "$interpreter" "$here/take_from_wheel.py" "$making"/wheel/*.whl "$making" "$digits"
  rm -rf "$making/wheel"

  cp -r "$("$interpreter" -c "import sysconfig; print(sysconfig.get_path('stdlib'))")" "$making/Lib"
  rm -rf "$making"/Lib/{site-packages,test,lib-dynload} "$making"/Lib/config-*

  x86_64-w64-mingw32-gcc -O1 -municode -o "$making/python.exe" "$here/python.c" "$making/python$digits.dll"
  x86_64-w64-mingw32-gcc -O1 -municode -mwindows -o "$making/pythonw.exe" "$here/pythonw.c" "$making/python$digits.dll"

  "${pip[@]}" install --target "$making/Lib/site-packages" --platform win_amd64 --python-version "$version" \
    --only-binary=:all: pytest hypothesis colorama
  rm -rf "$python"
  mv "$making" "$python"
fi

export WINEPREFIX=$folder/prefix WINEDEBUG=-all WINEDLLOVERRIDES="mscoree=;mshtml="
unset DISPLAY
if [ ! -e "$WINEPREFIX/system.reg" ]; then
  LC_ALL=ja_JP.UTF-8 wine wineboot -i </dev/null 2>&1 | cat
  LC_ALL=ja_JP.UTF-8 wine reg add 'HKCU\Software\Wine' /v Version /d win10 /f </dev/null 2>&1 | cat
fi
echo "$python/python.exe"
