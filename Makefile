# Everything runs in .venv, which the first call makes.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
PYTHON ?= python3
EXERCISES = $(patsubst solutions/%/checks.py,%,$(wildcard solutions/*/checks.py))

.PHONY: demo test check clean

demo: .venv/ready
	autograder build
	mkdir -p build/submitted && cp -R examples/class/submitted/. build/submitted/
	autograder autograde --time-limit 10
	set -e; for exercise in $(EXERCISES); do \
	    nbgrader generate_feedback $$exercise --force --log-level=ERROR; \
	done
	nbgrader export --log-level=ERROR
	@echo 'gradebook: build/gradebook.db'
	@echo 'feedback:  build/feedback/STUDENT/EXERCISE/EXERCISE.html'

test: .venv/ready
	pytest -n 2 --dist loadscope -rs

# For the inner loop: format, lint, types, and the tests that grade no whole exercise.
check: .venv/ready
	ruff format --check .
	ruff check .
	mypy
	pytest -n 2 --dist loadscope -m 'not slow' $(PYTEST)

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	@echo 'installing into .venv, which takes a minute or two'
	@.venv/bin/pip install -qq --disable-pip-version-check --editable '.[dev]'
	touch $@

clean:
	rm -rf .venv build
