# Everything runs in .venv, which `make setup` makes from requirements.lock (versions and hashes pinned).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint evaluate bench peers readers lock clean

help:
	@echo "make demo         set up, start Telltale on example deals, and show what happened"
	@echo "make test         set up, check the code and run all tests"
	@echo "make evaluate     score the extractors on the labelled conversations of evaluation/dev"
	@echo "make bench        measure speed beside peers"
	@echo "make peers        other libraries' suites through our grammars and theirs (TELLTALE_DATA=folder)"
	@echo "make readers      ask a real model with random weights (needs the extra llm, transformers[serving] and accelerate)"
	@echo "make lock         pin the newest versions that pyproject.toml allows, here and for the image (needs uv)"
	@echo "make clean        remove the virtual environment and caches"

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Telltale needs Python 3.11 or newer, this is " + sys.version.split()[0] + ": make PYTHON=python3.12 ...")'
	@echo "==> setting up $(VENV) from requirements.lock (about a minute the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
	@echo "==> ready: $(BIN)/telltale --help"

demo: setup
	@$(BIN)/telltale demo $(ARGS)

lint: setup
	@echo "==> ruff"; $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "==> mypy"; $(BIN)/mypy
	@echo "==> import-linter"; $(BIN)/lint-imports

test: lint
	@echo "==> pytest"; $(BIN)/pytest -q -n auto $(ARGS)

evaluate: setup
	@$(BIN)/telltale evaluate evaluation/dev $(ARGS)

bench: setup
	@$(BIN)/python -m benchmarks.extract && $(BIN)/python -m benchmarks.engine

PEERS := .venv-peers
$(PEERS)/.ready: evaluation/peers/requirements.txt
	@test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r evaluation/peers/requirements.txt
	@touch $@

peers: setup $(PEERS)/.ready
	@$(BIN)/python -m evaluation.peers --peers $(PEERS)/bin/python --write docs/peers.md $(ARGS)

readers: setup
	@$(BIN)/python -m evaluation.real_model

# The image's versions are the tested ones: the second file is made within the bounds of the first.
COMPILE := uv pip compile --universal --python-version 3.11 --no-emit-index-url --generate-hashes --upgrade

lock:
	$(COMPILE) --extra dev pyproject.toml --output-file requirements.lock
	$(COMPILE) --constraints requirements.lock pyproject.toml deploy/build.in --output-file deploy/requirements.lock

clean:
	rm -rf $(VENV) $(PEERS) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
