# `make help` lists the targets. Everything is installed into .venv; only test-all needs root.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
unexport PYTHONDONTWRITEBYTECODE  # otherwise each process that the tests start compiles every module

.DEFAULT_GOAL := help
.PHONY: help run demo dev setup test test-long mutations test-all check format lock docs
.PHONY: openapi screenshots permissions bench chaos clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: setup  ## Start the service on port 8000; PORT=8001 make run takes another
	@exec gunicorn -c python:learnpath.server wsgi:app

demo: setup  ## Add 48 fake learners with progress, and progress for the development accounts
	@flask seed --demo 48

dev: setup  ## Start a development server that reloads (on Windows: flask run --debug)
	@exec flask run --debug $(if $(PORT),--port $(PORT))

setup: .venv/runtime .env  ## Migrate, seed and create the development accounts, without starting the service
	@flask db upgrade
	@flask seed
	@echo "Development accounts (role, email address, password):"
	@flask users development-accounts
	@echo "Log in with one of them at /app, or with the Authorize button of /docs."

test: .venv/development  ## Run the core suite on SQLite and on PostgreSQL
	@pytest -q

test-long: .venv/development  ## Run the slow tests: more fuzzing, more trials, larger data
	@pytest -q -m slow

mutations: .venv/development  ## Change the code in one place at a time; a test must fail each time
	@python -m tools.mutate

test-all: check  ## Run the checks, then the exhaustive tests and those in a browser
	@tests/install-system-packages
	@python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r tests/axe.txt
	@pytest -q -m "(browser or exhaustive) and not slow"

chaos: .venv/development  ## Inject faults under load; TRIALS=2 is quick. Needs nginx
	@python -m chaos --trials $(or $(TRIALS),20)

bench: .venv/development  ## Run the benchmarks, about 11 minutes; QUICK=--quick takes one. Needs wrk
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-bench.txt
	@python -m benchmarks.speed $(QUICK)

check: .venv/development  ## Check format, lint, imports and types, then run the core suite with coverage
	@ruff format --check .
	@ruff check .
	@lint-imports
	@mypy
	@coverage erase
	@coverage run -m pytest -q
	@coverage combine -q
	@coverage report

format: .venv/development  ## Format every file and apply safe lint fixes
	@ruff format .
	@ruff check --fix-only -q .

screenshots: .venv/development  ## Take the screenshots of docs/screenshots again; needs chromium
	@python -m tools.screenshots

permissions: .venv/runtime .env  ## Print which permission each endpoint requires, and who holds it
	@flask permissions

lock: .venv/development  ## Compile the lock files from setup.cfg
	@python tools/lock.py

docs: .venv/development  ## Update the snippets, diagrams, settings and commands in the docs
	@python -m tools.docs

openapi: .venv/runtime  ## Write docs/openapi.json
	@python -m tools.openapi_document

clean:  ## Remove the virtual environment and every cache; keep .env and the database
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage*

.venv/runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "learnpath needs Python 3.11 or newer; run make PYTHON=python3.12")'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@echo "Installing requirements.txt (once, up to a minute) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/development: .venv/runtime requirements-dev.txt
	@echo "Installing requirements-dev.txt …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-compile -r requirements-dev.txt
	@touch $@

.env:
	@umask 077 && printf 'ENVIRONMENT=development\nSECRET_KEY=%s\nLOG_FORMAT=plain\n' \
	  "$$($(PYTHON) -c 'import secrets; print(secrets.token_hex(32))')" > .env
	@echo "Created .env with a random secret."
