# `make demo` and `make test` do all the set-up on a machine that has only Python.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export SKLEARN_MICROARCH_DATA ?= $(abspath $(wildcard ../shared/data))

.PHONY: demo reproduce test gpu fuzz soak lint docs bench napari clean

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: $(VENV)/.installed
	$(BIN)/python -m sklearn_microarch demo --out demo/

# The paper's figures and its findings, on the real slices where the data folder has them.
reproduce: $(VENV)/.installed
	$(BIN)/python examples/reproduce_balwani_dyer_2020.py --out reproduce/

# One thread a process: networks of tests are small, and busy threads of torch wait for each other.
# One process more than there are cores, as tests that start programs of their own mostly wait.
PROCESSES := $(shell $(PYTHON) -c "import os; print((os.cpu_count() or 1) + 1)")
test: $(VENV)/.installed
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile

# What needs a CUDA device, and its benchmark; without one both say so and end well.
# `make gpu GPU_DEVICE=cpu:0` tries the code of both on the CPU.
GPU_DEVICE ?= cuda
gpu: $(VENV)/.installed
	GPU_DEVICE=$(GPU_DEVICE) $(BIN)/python -m pytest -p no:cacheprovider -m gpu tests/gpu
	$(BIN)/python benchmarks/bench_gpu.py --device $(GPU_DEVICE)

# Damaged files and wrong arguments, thousands of each; what is found becomes a test.
# `make fuzz FUZZ_SEED=7` tries others.
fuzz: $(VENV)/.installed
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -p no:cacheprovider tests/fuzz/fuzz_*.py

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# One thread: the gallery's small networks gain nothing from more, and repeat so.
# `make docs DOCS="-D plot_gallery=0"` leaves the pictures of the gallery out, which take minutes.
docs: $(VENV)/.installed
	OMP_NUM_THREADS=1 $(BIN)/python -m sphinx -b html -W --keep-going -n $(DOCS) docs docs/_build/html

# napari brings a large tree, which the other targets do without. Its window needs a screen, also a
# virtual one: where there is no xvfb-run, that test is skipped. The plugins that the libraries of
# napari add to pytest are left out.
SCREEN := $(if $(shell command -v xvfb-run),xvfb-run -a env QT_QPA_PLATFORM=xcb,env QT_QPA_PLATFORM=offscreen)
.venv-napari/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-napari
	.venv-napari/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch
	.venv-napari/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[napari,volumes]' napari-ome-zarr PyQt6 hypothesis pytest pytest-timeout
	touch $@

napari: .venv-napari/.installed
	OMP_NUM_THREADS=1 $(SCREEN) PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 .venv-napari/bin/python -m pytest -p pytest_timeout tests/napari_plugin

# Those that train many networks are run by hand.
LONG := $(patsubst %,benchmarks/bench_%.py,animals cluster_layers cluster_number discovery doubts drift exposure few_annotations groups many_planes model_file novelty phantom planes probes regions reproducibility rows solvers trust trust_accidents trust_layers volume)
bench: $(VENV)/.installed
	for script in $(filter-out $(LONG),$(wildcard benchmarks/bench_*.py)); do $(BIN)/python $$script || exit 1; done

# Mappings that are killed and begun again, for minutes: `make soak SOAK_MINUTES=30`.
SOAK_MINUTES ?= 5
soak: $(VENV)/.installed
	$(BIN)/python benchmarks/soak_resume.py --minutes $(SOAK_MINUTES)

clean:
	rm -rf $(VENV) .venv-napari demo reproduce build dist docs/_build docs/gallery docs/reference/generated
