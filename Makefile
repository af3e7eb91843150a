# Fixed interfaces: run, test, install. Everything else serves development.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --use-pep517 --constraint constraints.txt

.PHONY: run install test test-search test-reporter test-windows pictures lint bench bench-quick bench-reporter bench-alerts messages clean

run: install
	@$(BIN)/tc-portal setup --address "http://$(HOST):$(PORT)"
	@exec $(BIN)/tc-portal serve --host "$(HOST)" --port "$(PORT)"

install: $(VENV)/.installed

test: $(VENV)/.test-installed
	@$(BIN)/python portal/tests/what_is_missing.py
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest
	@reporter/windows/test_where_ready.sh

# The generated tests alone, with other examples than the last time: what this finds becomes a test of its own.
ROUNDS ?= 5
test-search: $(VENV)/.test-installed
	for round in $$(seq $(ROUNDS)); do TC_PORTAL_EXAMPLES=search $(BIN)/python -m pytest -m hypothesis || exit 1; done

# The reporter on every Python from 3.8 on that this machine has.
test-reporter:
	reporter/test_on_every_python.sh

# The reporter on real Windows Pythons under Wine; makes them first, of 65 MB of packages each.
test-windows:
	reporter/windows/make_python.sh 3.8
	reporter/windows/make_python.sh 3.13
	reporter/windows/run_tests.sh 3.8
	reporter/windows/run_tests.sh 3.13

# Pictures of the pages for people to look at, in test-artifacts/screenshots: taken as the browser tests pass by.
pictures: $(VENV)/.test-installed
	TC_PORTAL_TEST_PICTURES=1 $(BIN)/python -m pytest portal/tests/test_looks_browser.py portal/tests/test_incident_browser.py portal/tests/test_missed_slot_browser.py

lint: $(VENV)/.test-installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/mypy

bench: $(VENV)/.test-installed
	$(BIN)/python -m bench

bench-quick: $(VENV)/.test-installed
	$(BIN)/python -m bench --quick

# What the reporter costs a script, and whether it loses reports when the portal is away and processes are killed.
bench-reporter: $(VENV)/.test-installed
	$(BIN)/python -m bench.reporter_cost
	$(BIN)/python -m bench.spool

# How many alerts a second the sender gets out; DELIVERIES=… for fewer.
DELIVERIES ?= 10000
bench-alerts: $(VENV)/.test-installed
	$(BIN)/python -m bench.alerting --deliveries $(DELIVERIES)
	$(BIN)/python -m bench.alert_latency

# Compile the translations after editing a .po file.
messages: $(VENV)/.test-installed
	$(BIN)/python -c "import polib; polib.pofile('portal/src/tc_portal/web/locale/ja/LC_MESSAGES/django.po').save_as_mofile('portal/src/tc_portal/web/locale/ja/LC_MESSAGES/django.mo')"

$(VENV)/.installed: portal/pyproject.toml reporter/pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 以上が必要です / Python 3.11 or newer is needed (PYTHON=python3.x make run)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "venv がありません / the venv module is missing: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "インストールしています… / Installing…"
	@$(PIP_INSTALL) -e ./portal -e ./reporter
	@touch $@

$(VENV)/.test-installed: $(VENV)/.installed
	@$(PIP_INSTALL) -e './portal[test]'
	@touch $@

clean:
	rm -rf $(VENV) reporter/.venv-* dist test-artifacts bench-results
