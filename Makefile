SHELL := /bin/bash
PY := .venv/bin/python

.PHONY: help setup demo test test-all check lint bench screenshots lock

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: ## system packages, .venv and everything in it; nothing to do takes no time
	@packaging/setup.sh

demo: setup ## make the demo workspace and open the window (no screen: tour it; OUT=DIR says where to)
	.venv/bin/fairemo demo $(if $(OUT),--out "$(OUT)") $(ARGS)

test: setup ## the tests (ARGS=... goes to pytest)
	QT_QPA_PLATFORM=offscreen $(PY) -m pytest -m "not slow" $(ARGS)

test-all: setup ## the tests and the slow ones
	QT_QPA_PLATFORM=offscreen $(PY) -m pytest $(ARGS)

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
