PYTHON ?= python3
SKEIN = .venv/bin/skein
ARGS ?=
ON_PORTS = $(foreach port,$(PORT),--port $(port))

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

test: setup  ## every test, on CPython and on the 32-bit MicroPython; two files at a time
	@.venv/bin/python -m pytest -n 2 --dist loadfile $(ARGS)

prove: setup  ## the long proofs: ten thousand random lives, kills, partitions, a minute apart
	@.venv/bin/python -m pytest -m long $(ARGS)

long: setup  ## 180,000 operations on the queue, each compared with a plain model
	@.venv/bin/python -m pytest host_tests/long_queue.py $(ARGS)

soak: setup  ## ten minutes of the demo: free heap stays above 30 % and does not fall
	@$(SKEIN) soak $(ARGS)

bench: setup  ## measure everything beside its peers, an hour; ARGS="cost --quick"
	@$(SKEIN) bench --write $(ARGS)

model: setup  ## every state that three nodes can get into, election rules checked; ARGS="--mishaps 3"
	@$(SKEIN) model $(ARGS)

size: setup  ## what each module and a booted node take of flash and heap
	@$(SKEIN) size

boards: setup  ## the boards that are known; ARGS=HELTEC_V3 shows one
	@$(SKEIN) boards $(ARGS)

flash: setup  ## write MicroPython: BOARD=HELTEC_V3 PORT=/dev/ttyUSB0, or several; FIRMWARE=FILE
	@$(SKEIN) flash $(BOARD) $(ON_PORTS) $(if $(FIRMWARE),--firmware $(FIRMWARE)) $(ARGS)

deploy: setup  ## bring the firmware onto a board: BOARD=HELTEC_V3 PORT=/dev/ttyUSB0, or several
	@$(SKEIN) deploy $(BOARD) $(ON_PORTS) $(ARGS)

doctor: setup  ## what is wrong with a board, and what to do: PORT=/dev/ttyUSB0
	@$(SKEIN) doctor $(ON_PORTS) $(ARGS)

config: setup  ## a board's settings: PORT=/dev/ttyUSB0, ARGS="channel=11 name=roof" changes them
	@$(SKEIN) config $(ON_PORTS) $(ARGS)

keys: setup  ## let boards authenticate frames by one key: ARGS=set PORT="/dev/ttyUSB0 /dev/ttyUSB1"
	@$(SKEIN) keys $(ARGS) $(ON_PORTS)

repl: setup  ## talk to a running board: PORT=/dev/ttyUSB0
	@$(SKEIN) repl $(ON_PORTS)

lint: setup  ## format, style, complexity, types against the ESP32 stubs, arrows between folders
	@.venv/bin/ruff format --check . && .venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/python -m tools.lint_arrows

package: setup  ## write package.json anew, when the firmware has a module more or less
	@.venv/bin/python -m tools.hardware.package_file

format:  ## rewrite the files in the house's format
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

clean:  ## remove what setup and the tests made
	rm -rf .venv .build .pytest_cache .hypothesis .mypy_cache .ruff_cache *.egg-info

.PHONY: help setup demo test prove long soak bench model size boards flash deploy doctor config keys repl lint package format clean
.DEFAULT_GOAL := help
