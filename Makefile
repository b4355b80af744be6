SHELL := /bin/bash
PY := .venv/bin/python

.PHONY: help setup demo test test-all fuzz check lint bench screenshots lock

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: ## system packages, .venv and everything in it; nothing to do takes no time
	@packaging/setup.sh

demo: setup ## make the demo workspace and open the window (no screen: tour it; OUT=DIR says where to)
	.venv/bin/fairemo demo $(if $(OUT),--out "$(OUT)") $(ARGS)

# A test stuck where no Python runs is beyond pytest's timeout: it says where it stands, and the run ends.
test: setup ## the tests, on as many cores as there are (ARGS=... goes to pytest)
	QT_QPA_PLATFORM=offscreen $(PY) -m pytest -m "not slow" -n auto --maxprocesses 4 --dist loadfile \
		-o faulthandler_timeout=420 -o faulthandler_exit_on_timeout=true $(ARGS)

test-all: setup ## the tests, the slow ones, and some minutes of fuzzing
	QT_QPA_PLATFORM=offscreen $(PY) -m pytest $(ARGS)
	$(PY) -m tests.fuzz.run --runs 50000 --seconds 420

fuzz: setup ## a million inputs nobody would make (ARGS=... goes to tests.fuzz.run: targets, --runs, --seconds)
	$(PY) -m tests.fuzz.run --runs 1000000 --seconds 3600 $(ARGS)

lint: setup ## style, types and import contracts
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

check: lint test ## lint and test

bench: ## measurements beside other programs (ONLY=NAME for one), written to bench/NAME.json
	@packaging/setup.sh bench
	QT_QPA_PLATFORM=offscreen $(PY) -m tests.bench.run $(ONLY) $(ARGS)

screenshots: setup ## the pictures of the README
	QT_QPA_PLATFORM=offscreen $(PY) tests/screenshots.py $(ARGS)

lock: ## packaging/requirements.lock from pyproject.toml (ARGS=--upgrade for newer versions)
	@packaging/lock.sh $(ARGS)
