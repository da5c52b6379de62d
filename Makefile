# make demo    a ledger with a season of camel milk in it, running and verified
# make test    everything the tests need, then all of them
# make check   format, lint, types and import contracts only
# make bench   every speed we state; RUNS=1 SCALE=small for a quick try
# make crash   2,000 kills under load, and every system call of an append that fails;
#              ROUNDS=… and SEED=… choose others
# make fuzz    bytes that nobody meant for every reader; SECONDS=… and SEED=… choose
#
# Needs Python 3.11 or newer. What else it needs it installs into .venv and
# node_modules; without Node, Chromium or PostgreSQL, see tests/support/find_tools.py.

HOST ?= 127.0.0.1
PORT ?= 8000
export HOST PORT
export PIP_DISABLE_PIP_VERSION_CHECK = 1

PYTHON := .venv/bin/python
TOOLS := $(PYTHON) -m tests.support.find_tools
TSC := $(TOOLS) node node_modules/typescript/bin/tsc
IMPORTS_AND_SCRIPTS = .venv/bin/lint-imports --no-logo && \
	$(TSC) -p jsconfig.json && \
	$(TSC) -p scanner_web/verify/jsconfig.json && \
	$(TOOLS) node tests/support/make_page.js --check

# Debian keeps what `python3 -m venv` needs in a package of its own.
define MAKE_VENV
set -e; \
for python in python3 python3.14 python3.13 python3.12 python3.11 ""; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
done; \
[ -n "$$python" ] || { echo "make: error: no Python 3.11 or newer on the PATH" >&2; exit 2; }; \
if ! $$python -c 'import ensurepip' 2>/dev/null && [ "$$(id -u)" = 0 ]; then \
	apt-get update -qq && apt-get install -qq -y python3-venv; \
fi; \
$$python -c 'import ensurepip' 2>/dev/null || { \
	echo "make: error: $$python cannot make a virtual environment;" \
		"on Debian: apt-get install python3-venv" >&2; exit 2; }; \
$$python -m venv .venv
endef

.PHONY: demo test check bench crash fuzz
.NOTPARALLEL:
.DELETE_ON_ERROR:

demo: .venv/runtime.stamp
	.venv/bin/caravan demo

# In order of speed; pytest comes last, so that its figures are the last lines. mypy
# takes longest of what comes before, on a core of its own.
test: export PYTHONDONTWRITEBYTECODE = # what all processes import is compiled once
test: .venv/dev.stamp node_modules/.stamp
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy & mypy=$$!; \
	($(IMPORTS_AND_SCRIPTS) && \
	$(PYTHON) -m tests.support.make_vectors --check && \
	$(TOOLS) node --test --test-reporter=spec tests/web/*.test.js); rest=$$?; \
	wait $$mypy && exit $$rest
	$(TOOLS) chromium
	$(TOOLS) postgresql
	-$(TOOLS) nginx
	$(PYTHON) -m pytest -q -n 3 --dist worksteal

# Each on one core: mypy, which takes longest, and the others meanwhile.
check: .venv/dev.stamp node_modules/.stamp
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy & mypy=$$!; \
	($(IMPORTS_AND_SCRIPTS)); rest=$$?; \
	wait $$mypy && exit $$rest

bench: .venv/dev.stamp
	$(PYTHON) -m benchmarks --runs $(or $(RUNS),5) --scale $(or $(SCALE),full) --write

crash: .venv/dev.stamp
	$(PYTHON) -m tests.crash --rounds $(or $(ROUNDS),2000) $(if $(SEED),--seed $(SEED))

fuzz: .venv/dev.stamp
	CARAVAN_EXAMPLES=1000 CARAVAN_SEED=$(or $(SEED),4) \
		$(PYTHON) -m pytest -q tests/api/test_described.py
	CARAVAN_EVERY_LIE=1 CARAVAN_BENCHMARKS=1 \
		$(PYTHON) -m pytest -q tests/web/test_page_liar.py tests/web/test_page_axe.py \
			tests/test_benchmarks.py tests/ledger/test_remove_steps.py
	$(PYTHON) -m tests.fuzz --seconds $(or $(SECONDS),600) $(if $(SEED),--seed $(SEED))

.venv/runtime.stamp: pyproject.toml
	@test -x .venv/bin/pip || { $(MAKE_VENV); }
	$(PYTHON) -m pip install --quiet --editable .
	touch $@

.venv/dev.stamp: .venv/runtime.stamp
	$(PYTHON) -m pip install --quiet --editable '.[dev]'
	touch $@

node_modules/.stamp: package.json package-lock.json | .venv/dev.stamp
	$(TOOLS) npm ci --no-audit --no-fund --loglevel=error
	touch $@
