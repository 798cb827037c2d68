# Two commands do everything: `make demo` installs what is needed and renders an example; `make test` tests it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Modules are compiled when they are first used: most of what tests bring never is. The pip that Debian brings takes twice
# as long as a new one to choose what it installs.
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --no-compile
ORDINARY := "not thorough and not long and not measure"
THOROUGH := "thorough and not long and not measure"
# A test waits for other processes half of its time: two at a time keep one core busy.
TESTERS ?= $(shell cores=$$(nproc); echo $$((cores < 8 ? 2 * cores : 16)))
SIDE_BY_SIDE = -n $(TESTERS) --dist worksteal
TSC := tests/runtime/typecheck/node_modules/.bin/tsc
LINT := style types rooms page-types
LIBRARIES := tests/libraries/node_modules/.installed
# Without compiled modules every process of the many that tests start would compile them anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo setup test test-thorough test-fast measure lint style types rooms page-types collected format docs clean

demo: setup  ## Render a shipped example into out/ and say what it is
	mkdir -p out
	$(BIN)/framewright render examples/title-sequence -o out/title-sequence.mp4
	@echo
	@echo "The video is out/title-sequence.mp4. ffprobe says:"
	@ffprobe -v error -show_entries stream=codec_name,profile,width,height,pix_fmt,color_space,r_frame_rate,nb_frames \
		-show_entries format=duration,size -of default=noprint_wrappers=1 out/title-sequence.mp4

setup: $(VENV)/.installed  ## Install Chromium, FFmpeg's judges and the package into .venv

$(VENV)/.installed: pyproject.toml scripts/install_system_packages.sh requirements/temporal-dev.txt
	scripts/install_system_packages.sh
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) 'pip>=26'
	$(PIP) --require-hashes --requirement requirements/temporal-dev.txt
	$(PIP) --editable '.[all]'
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) --editable '.[all,dev]'
	touch $@

$(TSC): tests/runtime/typecheck/package-lock.json | $(VENV)/.installed-dev
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix tests/runtime/typecheck --silent --no-audit --no-fund --ignore-scripts
	touch $@

$(LIBRARIES): tests/libraries/package-lock.json | $(VENV)/.installed-dev
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix tests/libraries --silent --no-audit --no-fund --ignore-scripts
	touch $@

# What failed beside other tests is tried once more, alone.
define run_tests
	$(BIN)/pytest $(SIDE_BY_SIDE) -m $(1) || { \
		echo "Once more, alone: what failed beside other tests, on a machine that may have been busy."; \
		$(BIN)/pytest --last-failed --last-failed-no-failures none -m $(1); }
endef

test: $(VENV)/.installed-dev  ## Install what tests need and test everything: each thing once
	$(MAKE) --no-print-directory --jobs --output-sync=target $(LINT) collected
	$(call run_tests,$(ORDINARY))

test-thorough: $(VENV)/.installed-dev $(LIBRARIES)  ## And in all its variants, with kills and with clusters, as CI does
	$(call run_tests,$(THOROUGH))

measure: $(VENV)/.installed-dev  ## Compare speeds with the promises; only on a quiet machine does it say anything
	$(BIN)/pytest -m "measure and not long"

test-fast: $(VENV)/.installed-dev  ## The tests that need no browser
	$(BIN)/pytest $(SIDE_BY_SIDE) tests/unit

lint: $(VENV)/.installed-dev  ## Everything that a machine can see without running the code
	$(MAKE) --no-print-directory --jobs --output-sync=target $(LINT)

style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

rooms:
	$(BIN)/lint-imports

page-types: $(TSC)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(TSC) --project tests/runtime/typecheck

# Beside the lint: what all test processes will read is compiled once, not by each of them.
collected: $(LIBRARIES)
	$(BIN)/pytest --collect-only --quiet -m $(ORDINARY) | tail -n 1

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.installed-dev  ## Write the generated pages of docs/ anew
	$(BIN)/python scripts/write_cli_docs.py
	$(BIN)/python scripts/write_check_docs.py
	$(BIN)/python scripts/write_plan_schema.py
	$(BIN)/python scripts/write_openapi.py

clean:
	rm -rf $(VENV) out tests/runtime/typecheck/node_modules tests/libraries/node_modules
