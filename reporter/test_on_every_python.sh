#!/usr/bin/env bash
# Run the reporter's tests on every Python from 3.8 to 3.14 that this machine has: on the PATH, and pyenv's.
#
# usage: test_on_every_python.sh [arguments of pytest]
#
# Makes reporter/.venv-VERSION for each, with pytest and hypothesis in it.
set -euo pipefail
cd "$(dirname "$0")"

interpreter_of() {
  local candidate
  for candidate in "$(command -v "python$1" || true)" "$(pyenv root 2>/dev/null || true)"/versions/"$1".*/bin/python; do
    "$candidate" -c 'import sys, ensurepip; print(sys.executable)' 2>/dev/null && return
  done
  return 1
}

failed=() passed=()
for version in 3.8 3.9 3.10 3.11 3.12 3.13 3.14; do
  interpreter=$(interpreter_of "$version") || continue
  venv=.venv-$version
  if [ ! -e "$venv/.installed" ]; then
    "$interpreter" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check pytest pytest-xdist hypothesis
    touch "$venv/.installed"
  fi
  echo "== Python $version"
  if "$venv/bin/python" -m pytest -n 2 -q -p no:cacheprovider "$@"; then
    passed+=("$version")
  else
    failed+=("$version")
  fi
done

echo "Python ${passed[*]:-–}: 成功 / passed${failed:+; ${failed[*]}: 失敗 / failed}"
[ ${#passed[@]} -gt 0 ] && [ ${#failed[@]} -eq 0 ]
