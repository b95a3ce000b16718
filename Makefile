# `make help` says what there is. Everything happens in .venv; nothing needs root but test-all.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help run dev test test-all check format lock permissions clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: .venv/runtime .env  ## Start the service on an SQLite file, migrated and seeded
	@flask db upgrade
	@flask seed
	@echo "Development accounts (role, email address, password):"
	@flask users development-accounts
	@exec gunicorn -c python:learnpath.server wsgi:app

dev: .venv/runtime .env  ## Start a reloading development server (what to use on Windows)
	@flask db upgrade
	@flask run --debug

test: .venv/development  ## Run the core suite on SQLite and on PostgreSQL
	@pytest -q -m "not browser and not slow"

test-all: .venv/development  ## Run everything: checks, coverage, browsers, long fuzzing
	@tests/install-system-packages
	@$(MAKE) --no-print-directory check PYTEST_MARKS=""

check: .venv/development  ## Format, lint, imports, types, then the tests with their coverage
	@ruff format --check .
	@ruff check .
	@lint-imports
	@mypy
	@coverage erase
	@coverage run -m pytest -q $(if $(filter undefined,$(origin PYTEST_MARKS)),-m "not browser and not slow",)
	@coverage combine -q
	@coverage report

format: .venv/development  ## Write every file the way `make check` wants it
	@ruff format .
	@ruff check --fix-only -q .

permissions: .venv/runtime .env  ## Print who may do what
	@flask permissions

lock: .venv/development  ## Compile the locks anew from setup.cfg
	@python tools/lock.py

clean:  ## Remove the virtual environment and every cache; keep .env and the database
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*

.venv/runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "learnpath needs Python 3.11 or newer; say make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing requirements.txt …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/development: .venv/runtime requirements-dev.txt
	@echo "Installing requirements-dev.txt …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.env:
	@umask 077 && printf 'ENVIRONMENT=development\nSECRET_KEY=%s\nLOG_FORMAT=plain\n' \
	  "$$($(PYTHON) -c 'import secrets; print(secrets.token_hex(32))')" > .env
	@echo "Made .env with a random secret."
