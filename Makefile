# Two commands on a bare machine with Python 3.11+, make and git: `make run` and `make test`.
# scripts/prepare installs what is needed into this checkout (.uv, .venv); a second start skips it.

PYTHON ?= python3
PORT ?= 8000
export PYTHON
unexport PYTHONDONTWRITEBYTECODE  # without compiled modules each of the demo's processes starts two seconds later

.PHONY: help run test check bench bench-large faults fuzz broken screenshots prepare prepare-development

help:
	@echo "make run           the demo at http://localhost:$(PORT), with its accounts (FRESH=1: a new world; PORT=8080: another port)"
	@echo "make test          the tests, on SQLite, with no browser"
	@echo "make check         everything that CI runs"
	@echo "make faults        200 kills and every other fault, from a seed that is printed (FAULTS_SEED=N: the same again)"
	@echo "make bench         measurements: printed, never asserted"
	@echo "make bench-large   matching among 100 million hashes: 20 GB of memory, and some minutes"
	@echo "make fuzz          every reader of outside input, five minutes each (ARGS='--seconds 60 note': some, for a while)"
	@echo "make broken        the code broken as tests/seen_to_fail says, fault by fault: each must be noticed (ARGS='sharing': some)"
	@echo "make screenshots   pictures of the screens, from a real browser, into docs/"

run: prepare
	@exec .venv/bin/havenline demo --port $(PORT) $(if $(FRESH),--fresh)

test: prepare-development
	@exec .venv/bin/python -m pytest -n auto -m "not browser and not slow" $(ARGS)

check: prepare-development
	@exec .ci/run

faults: prepare-development
	@FAULTS_KILLS=$${FAULTS_KILLS:-200} exec .venv/bin/python -m pytest -n 3 -q -m slow tests/faults $(ARGS)

bench: prepare-development
	@scripts/prepare peers || echo "Without its peers, which need g++ and a network: ours alone is measured."
	@exec .venv/bin/python -m benchmarks $(ARGS)

bench-large: prepare-development
	@exec .venv/bin/python -m benchmarks matching --large $(ARGS)

fuzz: prepare-development
	@exec .venv/bin/python -m fuzz $(ARGS)

broken: prepare-development
	@exec .venv/bin/python scripts/see_them_fail.py $(ARGS)

screenshots: prepare-development
	@exec .venv/bin/python scripts/screenshots.py $(ARGS)

prepare:
	@scripts/prepare run

prepare-development:
	@scripts/prepare development
