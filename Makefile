# `make help` says what there is. Everything happens in .venv; nothing needs root but test-all.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
unexport PYTHONDONTWRITEBYTECODE  # every process that the tests start would compile all anew

.DEFAULT_GOAL := help
.PHONY: help run demo dev setup test test-long mutations test-all check format lock docs settings
.PHONY: openapi screenshots permissions bench chaos clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: setup  ## Start the service on port 8000; PORT=8001 make run takes another
	@exec gunicorn -c python:learnpath.server wsgi:app

demo: setup  ## Add a class of fake learners, and give the development accounts a part in it
	@flask seed --demo 48

dev: setup  ## Start a development server that reloads (on Windows: flask run --debug)
	@exec flask run --debug $(if $(PORT),--port $(PORT))

setup: .venv/runtime .env  ## Migrate, seed and make the development accounts; start nothing
	@flask db upgrade
	@flask seed
	@echo "Development accounts (role, email address, password):"
	@flask users development-accounts
	@echo "Log in with one of them on /app or by the Authorize button of /docs, or take the tour in README.md."

test: .venv/development  ## Run the core suite on SQLite and on PostgreSQL
	@pytest -q

test-long: .venv/development  ## Run what takes long: more fuzzing, more trials, bigger numbers
	@pytest -q -m slow

mutations: .venv/development  ## Seed mistakes one by one, and see a test notice each
	@python -m tools.mutate

test-all: check  ## Run the checks, then the exhaustive tables and a browser
	@tests/install-system-packages
	@python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r tests/axe.txt
	@pytest -q -m "(browser or exhaustive) and not slow"

chaos: .venv/development  ## Break what can break under load; TRIALS=2 is quick. Needs nginx
	@python -m chaos --trials $(or $(TRIALS),20)

bench: .venv/development  ## Measure the speed, about 11 minutes; QUICK=--quick takes one. Needs wrk
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-bench.txt
	@python -m benchmarks.speed $(QUICK)

check: .venv/development  ## Format, lint, imports, types, then the core suite with its coverage
	@ruff format --check .
	@ruff check .
	@lint-imports
	@mypy
	@coverage erase
	@coverage run -m pytest -q
	@coverage combine -q
	@coverage report

format: .venv/development  ## Write every file the way `make check` wants it
	@ruff format .
	@ruff check --fix-only -q .

screenshots: .venv/development  ## Take the pictures of docs/screenshots anew; needs chromium
	@python -m tools.screenshots

permissions: .venv/runtime .env  ## Print who may do what
	@flask permissions

lock: .venv/development  ## Compile the locks anew from setup.cfg
	@python tools/lock.py

docs: .venv/development  ## Write snippets, diagrams, settings and commands into the docs
	@python -m tools.docs

settings: .venv/runtime  ## Write the settings of config.py into README.md and .env.example
	@python -m tools.settings_table

openapi: .venv/runtime  ## Write docs/openapi.json anew from the code
	@python -m tools.openapi_document

clean:  ## Remove the virtual environment and every cache; keep .env and the database
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage*

.venv/runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "learnpath needs Python 3.11 or newer; say make PYTHON=python3.12")'
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
	@echo "Made .env with a random secret."
