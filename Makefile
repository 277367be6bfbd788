# Everything runs in .venv, which the first call makes.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
PYTHON ?= python3

.PHONY: install demo test check

install: .venv/ready

demo: .venv/ready
	@python examples/demo.py

test: .venv/ready
	pytest -n 2 --dist load --maxschedchunk 1 -rs $(PYTEST)

# For the inner loop: format, lint, types, and the tests that start no command
# and grade no whole exercise.
check: .venv/ready
	ruff format --check .
	ruff check .
	mypy
	pytest -n 2 --dist load --maxschedchunk 1 -m 'not slow' $(PYTEST)

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	@echo 'installing into .venv, which takes a minute or two'
	@.venv/bin/pip install -qq --disable-pip-version-check --editable '.[dev]'
	touch $@
