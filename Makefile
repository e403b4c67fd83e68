# `make demo` and `make test` do all the set-up on a machine that has only Python.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export SKLEARN_MICROARCH_DATA ?= $(abspath $(wildcard ../shared/data))

.PHONY: demo test lint bench clean

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: $(VENV)/.installed
	$(BIN)/python -m sklearn_microarch demo --out demo/

test: $(VENV)/.installed
	$(BIN)/python -m pytest

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Those that train many networks are run by hand.
LONG := $(patsubst %,benchmarks/bench_%.py,drift exposure groups novelty phantom probes regions)
bench: $(VENV)/.installed
	for script in $(filter-out $(LONG),$(wildcard benchmarks/bench_*.py)); do $(BIN)/python $$script || exit 1; done

clean:
	rm -rf $(VENV) demo build dist
