# Two commands: `make demo` and `make test`. Both set up what they need in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
PYTEST_ARGS ?= -n auto

.PHONY: demo test setup lint types check schema lock bench chaos mutants clean

demo: $(VENV)/installed
	$(BIN)/hosho demo --port $(PORT)

test: $(VENV)/tested
	$(BIN)/python -m pytest $(PYTEST_ARGS)

setup: $(VENV)/tested

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=…")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.lock pyproject.toml setup.py | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/tested: requirements-dev.lock $(VENV)/installed
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements-dev.lock
	touch $@

lint: $(VENV)/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/tested
	$(BIN)/mypy -p denshi_hosho -p tests -p benchmarks
	$(BIN)/pyright

schema: $(VENV)/installed
	$(BIN)/hosho schema print > schema.graphql

check: lint types test

bench: $(VENV)/tested
	$(BIN)/python -m benchmarks

chaos: $(VENV)/tested
	$(BIN)/python -m tests.chaos --full

mutants: $(VENV)/tested
	$(BIN)/python -m tests.mutation

LOCK := uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links --python-version 3.11

lock:
	$(LOCK) --group build pyproject.toml -o requirements.lock
	$(LOCK) --group build --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
