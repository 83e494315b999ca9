# `make demo` and `make test` set up what is missing; `make help` lists the rest.
SUITABLE := 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'
# Each name is run, not only looked up: a version manager may offer names that do not work.
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3 python; do \
	"$$name" -c $(SUITABLE) >/dev/null 2>&1 && { echo "$$name"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
STUDENTS ?= 30
# `nproc` would count OMP_NUM_THREADS instead of cores; macOS has only `getconf`.
JOBS ?= $(shell env -u OMP_NUM_THREADS nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
export TF_CPP_MIN_LOG_LEVEL := 3
# Tests start hundreds of Pythons, and each would compile its libraries again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo test test-slow lint format freeze images bench clean
.DEFAULT_GOAL := help

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@"$(PYTHON)" -c $(SUITABLE) 2>/dev/null || \
		{ echo "Python 3.11, 3.12 or 3.13 is needed; name it with: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "No virtual environment could be made (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; }

$(VENV)/.instructor: pyproject.toml requirements/lock.txt | $(BIN)/python
	$(PIP) install --no-compile -c requirements/lock.txt -e '.[instructor]'
	@# Compiling only what is imported takes a third of the time of compiling everything.
	KERAS_BACKEND=tensorflow \
		$(BIN)/python -c "import keras, matplotlib.figure, sklearn.datasets, grader.cli"
	@touch $@

$(VENV)/.dev: $(VENV)/.instructor
	$(PIP) install --no-compile -c requirements/lock.txt -e '.[instructor,dev]'
	@touch $@

setup: $(VENV)/.dev confinement ## Make the virtual environment with everything for development

# Grading other people's code needs bubblewrap; where it cannot be had, the rest works all the same.
.PHONY: confinement
confinement:
	@if [ "$$(uname -s)" = Linux ] && ! command -v bwrap >/dev/null; then \
		if ! command -v apt-get >/dev/null; then install=; \
		elif [ "$$(id -u)" = 0 ]; then install=apt-get; \
		elif sudo -n true 2>/dev/null; then install="sudo -n apt-get"; fi; \
		{ [ -n "$$install" ] && { $$install install -y -qq bubblewrap libseccomp2 || \
			{ $$install update -qq && $$install install -y -qq bubblewrap libseccomp2; }; } >/dev/null 2>&1; } || \
		echo "note: students' code cannot be confined without bubblewrap; install it from your system's packages (Debian, Ubuntu: sudo apt-get install bubblewrap)"; \
	fi

demo: $(VENV)/.instructor confinement ## Make a synthetic class, grade it, show the table and the report
	$(BIN)/grader demo-class --students $(STUDENTS) --course demo
	$(BIN)/grader batch a1_least_squares --course demo --jobs $(JOBS) --unconfined
	$(BIN)/grader batch a2_logistic_regression --course demo --jobs $(JOBS) --unconfined

lint: $(VENV)/.dev ## Check style, types and the floors of the architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

freeze: $(VENV)/.dev ## Generate stubs, public cases and the schema anew
	$(BIN)/grader freeze

images: $(VENV)/.dev ## Draw the terminal that the README shows
	$(BIN)/python -m docs.images.draw_terminal

test: $(VENV)/.dev confinement lint ## Run all checks and tests
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -q -m "not slow" --durations=10

test-slow: $(VENV)/.dev confinement ## Run what takes too long for every push
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -q -m slow

bench: $(VENV)/.dev confinement ## Measure against plain pytest, nbgrader and Otter
	$(BIN)/python -m benchmarks.five_functions
	$(BIN)/python -m benchmarks.class_against_pytest a1_least_squares --part numpy
	$(BIN)/python -m benchmarks.class_against_pytest a1_least_squares --part keras

clean: ## Remove what was made here
	rm -rf $(VENV) demo build dist
