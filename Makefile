# The chores of the project. `make` alone lists them; every target sets up what it needs, once.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help up kafka setup test check lint quick format nightly mutants chaos bench bench-console \
	bench-kafka accuracy contracts screenshots lock clean

VENV := .venv
BIN := $(VENV)/bin
DATA ?= data
JOBS ?= 2
CYCLES ?= 500
SEED ?= 1
# An environment variable of this name chooses the interpreter: PYTHON=python3.12 make up
PYTHON ?= $(shell infra/python)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header

help: ## List the chores
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

up: $(VENV)/.run ## Set up, then serve all of it on this machine (data in ./data; Ctrl-C ends it)
	@$(BIN)/relocation up --data $(DATA)

kafka: $(VENV)/.dev ## Serve a Kafka broker and a schema registry for development, until Ctrl-C
	@infra/kafka/fetch $(BIN)/python
	@exec $(BIN)/python -m infra.kafka

setup: $(VENV)/.dev ## Set up everything that development needs

# --- setting up: each stamp is made anew only when what it came from changed ---------------------------------------

$(VENV)/pyvenv.cfg:
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed: install it, or name it: PYTHON=/path/to/python3 make $(MAKECMDGOALS)" >&2; exit 1; fi
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "On Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.run: $(VENV)/pyvenv.cfg requirements/run.txt pyproject.toml
	@echo "Installing what relocation needs to run (pinned, hashes checked); the first time takes a minute"
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "Installing what its tests need"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.rivals: $(VENV)/.dev requirements/bench.txt
	@echo "Installing what the throughput benchmark compares with, in an environment of its own"
	@$(BIN)/python -m venv $(VENV)/rivals
	@$(VENV)/rivals/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements/bench.txt
	@touch $@

# --- what must hold ------------------------------------------------------------------------------------------------

test: lint ## Set up and run every test, those in a browser too
	@infra/chromium
	@infra/kcat
	@infra/kafka/fetch $(BIN)/python
	@echo "Running the tests"
	@HYPOTHESIS_PROFILE=$${HYPOTHESIS_PROFILE:-ci} infra/run-tests $(BIN) $(JOBS)

check: test ## All that CI checks: the same as make test

lint: $(VENV)/.dev ## Style, format, types and the direction of imports
	@echo "Checking style, types and imports"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "Some files are not formatted: make format" >&2; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache > $(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }

quick: $(VENV)/.dev ## Tests without a browser and with few generated examples, for while you work
	@HYPOTHESIS_PROFILE=dev $(BIN)/pytest -q -n $(JOBS) -m "not nightly and not browser"

format: $(VENV)/.dev ## Format the code and mend what ruff can mend
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

nightly: $(VENV)/.dev ## Every law with 20,000 generated examples, then the mutants (hours)
	@echo "Every law with 20,000 examples; what passes is counted at the end (hours)"
	@HYPOTHESIS_PROFILE=nightly $(BIN)/pytest -q -n $(JOBS) -m "hypothesis or nightly" --timeout=21600 \
		--hypothesis-show-statistics > $(VENV)/nightly.log || { tail -60 $(VENV)/nightly.log; exit 1; }
	@awk '/ [0-9]+ passing, / { for (i = 2; i <= NF; i++) if ($$i == "passing,") passed += $$(i - 1) } \
		END { print passed " generated histories and examples passed"; exit passed < 100000 }' $(VENV)/nightly.log
	@$(MAKE) --no-print-directory mutants

mutants: $(VENV)/.dev ## Change the heart in every small way; the tests must notice (half an hour or more)
	@rm -rf mutants
	@echo "Trying some 3,500 small changes; the end of $(VENV)/mutants.log says how far it is"
	@# Some never end, or eat memory for as long as they may: 40 seconds a test and 4 GB are plenty for the others.
	@ulimit -v 4000000 2>/dev/null; HYPOTHESIS_PROFILE=mutants PYTEST_TIMEOUT=40 \
		$(BIN)/mutmut run --max-children $(JOBS) > $(VENV)/mutants.log 2>&1 || { tail -40 $(VENV)/mutants.log; exit 1; }
	@$(BIN)/python infra/mutants.py

chaos: $(VENV)/.dev ## Kill what runs, 500 times and more, on real servers; nothing may be lost or doubled (an hour)
	@infra/kafka/fetch $(BIN)/python
	@$(BIN)/python -m tests.chaos --cycles $(CYCLES) --seed $(SEED)

bench: $(VENV)/.dev ## Measure what things cost, each against the simplest code that could be wrong
	@for each in heart intake resolve; do echo; echo "== benchmarks/$$each.py"; $(BIN)/python benchmarks/$$each.py || exit 1; done

bench-console: $(VENV)/.dev ## Measure the console at 100,000 open alerts with 50 pages open (minutes; wants a quiet machine)
	@infra/chromium
	@$(BIN)/python -m benchmarks.console

bench-kafka: $(VENV)/.rivals ## Measure the distributed platform on a real broker, beside simpler programs (a quarter of an hour)
	@infra/kafka/fetch $(BIN)/python
	@for each in throughput roles latency recovery followed; do echo; echo "== benchmarks/$$each.py"; \
		$(BIN)/python -m benchmarks.$$each || exit 1; done

accuracy: $(VENV)/.dev ## Score the alerts against a simulated truth, without noise and with (minutes; docs/accuracy.md)
	@$(BIN)/python benchmarks/accuracy.py --noise none --noise believable

# --- what is made from something else ------------------------------------------------------------------------------

contracts: $(VENV)/.dev ## Write docs/topics.md and docs/asyncapi.json anew, from the topics and schemas in the code
	@$(BIN)/python -m docs.contracts

screenshots: $(VENV)/.dev ## Take the pictures in docs/images anew, from made-up events
	@infra/chromium
	@$(BIN)/python -m docs.screenshots

lock: ## Pin all dependencies anew, with hashes (needs uv)
	@$(LOCK) --upgrade --all-extras pyproject.toml requirements/build.in -o requirements/dev.txt
	@$(LOCK) -c requirements/dev.txt --extra embedded --extra distributed pyproject.toml requirements/build.in \
		-o requirements/run.txt
	@$(LOCK) -c requirements/dev.txt --extra client pyproject.toml requirements/build.in -o requirements/client.txt
	@$(LOCK) --upgrade requirements/bench.in -o requirements/bench.txt

clean: ## Remove what was made here, the data folder excepted
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache mutants
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
