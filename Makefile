PYTHON ?= python3
SKEIN = .venv/bin/skein
ARGS ?=

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: .venv/.ready .build/micropython/.ready  ## install everything into .venv and .build

.venv/.ready: pyproject.toml
	@$(PYTHON) -m tools.setup python
	@touch $@

.build/micropython/.ready:
	@$(PYTHON) -m tools.setup micropython
	@if [ -d .build/micropython/root ]; then touch $@; fi

demo: setup  ## eight virtual boards elect a leader and pass events; ARGS="--boards 20 --loss 10"
	@$(SKEIN) demo $(ARGS)

test: setup  ## every test, on CPython and on the 32-bit MicroPython
	@.venv/bin/python -m pytest $(ARGS)

soak: setup  ## ten minutes of the demo: free heap stays above 30 % and does not fall
	@$(SKEIN) soak $(ARGS)

bench: setup  ## measure everything beside its peers, half an hour; ARGS="cost --quick"
	@$(SKEIN) bench --write $(ARGS)

size: setup  ## what each module and a booted node take of flash and heap
	@$(SKEIN) size

lint: setup  ## format, style, complexity, types against the ESP32 stubs, arrows between folders
	@.venv/bin/ruff format --check . && .venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/python -m tools.lint_arrows

format:  ## rewrite the files in the house's format
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

clean:  ## remove what setup and the tests made
	rm -rf .venv .build .pytest_cache .hypothesis .mypy_cache .ruff_cache *.egg-info

.PHONY: help setup demo test soak bench size lint format clean
.DEFAULT_GOAL := help
