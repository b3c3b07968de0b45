# `make` lists the targets. The first one that is run sets up .venv from requirements.lock;
# all that is needed before is Python 3.11. Every target works with GNU make 3.81 (macOS).

# Another Python 3.11 than the one found here: make grade PYTHON=/path/to/python3.11
ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell for python in python3.11 python3 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' >/dev/null 2>&1 \
	&& command -v "$$python" && break; done)
endif

# What `make test` runs, for instance make test TESTS=tests/test_setup.py
TESTS ?= tests $(wildcard solutions)

# Options for the command that a target runs, for instance make grade ARGS="--jobs 2"
ARGS ?=

VENV_PYTHON = .venv/bin/python

# nbgrader calls programs by their bare name: those of .venv must come first.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
unexport PYTHONPATH PYTHONHOME

.PHONY: help setup grade test coverage lab nbval release site weights sweep reader classifier vae_samples conv_flow clean

help:
	@echo 'make grade     grade the sample submissions, print the table, say where the feedback is'
	@echo 'make test      run the test suite, and the solutions with short training'
	@echo 'make coverage  the tests again, and how much of each module they run'
	@echo 'make lab       try the sheets as a student, in JupyterLab'
	@echo 'make nbval     run the solutions in full and compare their outputs'
	@echo 'make release   make what students get (release/ and a zip per sheet) from source/'
	@echo 'make site      build the executed sheets and the docs as pages to read, in build/site'
	@echo 'make weights   train the models of sheet 4 from nothing (an hour; stop and go on at will)'
	@echo 'make sweep     what beta and the seed do on sheet 4 (hours; stop and go on at will)'
	@echo 'make reader    train what reads the factors off a picture (10 minutes of one core)'
	@echo 'make classifier, make vae_samples'
	@echo '               make again what sheet 5 measures images with, and compares them with'
	@echo 'make conv_flow train the flow of convolutions of sheet 6 (stop and go on at will)'
	@echo 'make setup     only set up .venv; every target above does so where needed'
	@echo 'make clean     delete .venv and caches; grades and the gradebook stay'
	@echo
	@echo 'Options go through ARGS: make grade ARGS="--jobs 2", make test ARGS="-k kl"'

setup:
	@if [ -z "$(PYTHON)" ]; then \
		echo 'Python 3.11 was not found. Install it, for instance with' >&2; \
		echo '  sudo apt install python3.11 python3.11-venv   (Debian, Ubuntu)' >&2; \
		echo '  sudo dnf install python3.11                   (Fedora)' >&2; \
		echo '  brew install python@3.11                      (macOS)' >&2; \
		echo 'or from https://www.python.org/downloads/, or name it:' >&2; \
		echo '  make PYTHON=/path/to/python3.11' >&2; \
		exit 1; \
	fi
	@"$(PYTHON)" scripts/setup_venv.py

grade: setup
	@$(VENV_PYTHON) -m grader grade $(ARGS)

test: setup
	NBGRADER_EXECUTION=validate $(VENV_PYTHON) -m pytest --nbval --ignore-glob='tests/*.ipynb' $(TESTS) $(ARGS)

# What tests/ runs of the code, in the processes that it starts too; slower than make test.
coverage: setup
	NBGRADER_EXECUTION=validate $(VENV_PYTHON) -m pytest --cov --cov-report=term tests $(ARGS)

lab: setup
	$(VENV_PYTHON) -m jupyterlab release $(ARGS)

# No NBGRADER_EXECUTION, so training has its full length; a cell may take an hour.
nbval: setup
	env -u NBGRADER_EXECUTION $(VENV_PYTHON) -m pytest --nbval --timeout=3600 --nbval-cell-timeout=3600 solutions $(ARGS)

release: setup
	@$(VENV_PYTHON) -m grader release $(ARGS)

# What builds the pages is installed in build/site-venv, apart from .venv.
site: setup
	@$(VENV_PYTHON) scripts/build_site.py $(ARGS)

# A run that was stopped lies in build/beta_vae and is taken up again.
weights: setup
	@$(VENV_PYTHON) scripts/train_beta_vae.py $(ARGS)

# What beta and the seed do: twelve trainings, 0.6 hours of a core each. Stop and go on at will.
sweep: setup
	@$(VENV_PYTHON) scripts/sweep_beta_vae.py $(ARGS)

reader: setup
	@$(VENV_PYTHON) scripts/train_reader.py $(ARGS)

# Both write to helpers/weights: two minutes of one core, and five.
classifier: setup
	@$(VENV_PYTHON) scripts/train_digit_classifier.py $(ARGS)

vae_samples: setup
	@$(VENV_PYTHON) scripts/sample_vae.py $(ARGS)

# The flow of convolutions of sheet 6; a run that was stopped is taken up again.
conv_flow: setup
	@$(VENV_PYTHON) scripts/train_conv_flow.py $(ARGS)

clean:
	rm -rf .venv build *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis .coverage*
	find . -name .git -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +
