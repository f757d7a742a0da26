# make demo   sets itself up, migrates, loads sample data, serves; pass options on with ARGS="--port 9000"
# make test   sets itself up, runs the whole suite on all cores; pass options on with ARGS="-k receive", ARGS=-n0 on one
# make check  format, lint, types, ranks of the architecture, published schema
# make bench  the figures of the README, each with the command that prints it
# make ide    builds the explorer of /graphql from its packages, so that it needs no other host (needs Node)
# make explore  uses that explorer in a headless Chromium, as a person would
# make spa    builds a small application on the published schema and uses its screens in Chromium (needs Node)
# make conformance  public clients, code generators and auditors against a running server (needs Node)
# make cluster  tries what needs clusters of its own: a silent database, TLS, PgBouncer, failover, PostgreSQL 15 to 18
# make wheel  builds the wheel and has it serve the demo on every Python of this machine (needs Node, once)
# make migration NAME=…  writes the next migration: what the models changed since the last one
# make lock   pins the newest versions that pyproject.toml allows (needs uv)

PYTHON := .venv/bin/python
UV := $(shell command -v uv 2>/dev/null)
FIND_PYTHON = for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; done; \
	test -n "$$python" || { echo "Python 3.11 or newer is needed."; exit 1; }
INSTALL_IN = $(if $(UV),uv pip install --quiet --python $(1),$(1) -m pip install --quiet --disable-pip-version-check)
INSTALL = $(call INSTALL_IN,$(PYTHON))

.PHONY: demo test check cluster migration bench ide explore spa conformance lock wheel

demo: .venv/run.stamp
	@$(PYTHON) -m jxc_graphql demo $(ARGS)

test: .venv/dev.stamp
	@$(PYTHON) -m pytest $(if $(findstring no:xdist,$(ARGS)),,-n auto --maxprocesses 8 --dist worksteal) $(ARGS)

check: .venv/dev.stamp
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(PYTHON) -m pytest -q tests/test_architecture.py tests/test_published_schema.py

migration: .venv/dev.stamp
	@test -n "$(NAME)" || { echo "Say what changes: make migration NAME=stock_has_owners"; exit 1; }
	@$(PYTHON) -m jxc_graphql.migrations $(NAME)
	@$(PYTHON) -m ruff check --quiet --fix --select I jxc_graphql/migrations
	@$(PYTHON) -m ruff format --quiet jxc_graphql/migrations

bench: .venv/dev.stamp
	@$(PYTHON) -m tests.bench $(ARGS)

cluster: .venv/dev.stamp
	@$(PYTHON) -m tests.cluster $(ARGS)

IDE := jxc_graphql/ide

ide: $(IDE)/dist/index.html

explore: .venv/dev.stamp ide
	@$(PYTHON) -m tests.explorer

$(IDE)/dist/index.html: $(IDE)/node_modules/.package-lock.json $(addprefix $(IDE)/,build.mjs explorer.jsx explorer.css)
	@cd $(IDE) && npm run --silent build

wheel: .venv/dev.stamp ide
	@$(PYTHON) -m tests.wheel

SPA := tests/spa

spa: .venv/dev.stamp $(SPA)/node_modules/.package-lock.json
	@$(PYTHON) -m tests.spa

%/node_modules/.package-lock.json: %/package-lock.json
	@cd $* && npm ci --silent
	@touch $@

CONFORMANCE := tests/conformance

conformance: .venv/conformance.stamp
	@$(PYTHON) -m tests.conformance

.venv/conformance.stamp: .venv/dev.stamp $(addprefix $(CONFORMANCE)/,package-lock.json requirements.lock)
	@command -v npm >/dev/null || { echo "make conformance needs Node.js with npm."; exit 1; }
	@echo "Installing clients and auditors ..."
	@cd $(CONFORMANCE) && npm ci --silent
	@$(if $(UV),uv venv --quiet --clear --python $(PYTHON),$(PYTHON) -m venv --clear) .venv/conformance
	@$(call INSTALL_IN,.venv/conformance/bin/python) --require-hashes -r $(CONFORMANCE)/requirements.lock
	@touch $@

.venv/pyvenv.cfg:
	@$(FIND_PYTHON); $(if $(UV),uv venv --quiet --clear --python "$$(command -v $$python)" .venv,$$python -m venv --clear .venv)

.venv/run.stamp: .venv/pyvenv.cfg requirements.lock pyproject.toml
	@echo "Installing what jxc_graphql needs ..."
	@sed '/^# For development/,$$d' requirements.lock > .venv/run.lock
	@$(INSTALL) --require-hashes -r .venv/run.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: .venv/run.stamp
	@echo "Installing what its tests need ..."
	@$(INSTALL) --require-hashes -r requirements.lock
	@touch $@

PIN = uv pip compile --quiet --universal --python-version 3.11 --upgrade \
	--generate-hashes --no-annotate --no-header --no-emit-index-url
COMPILE = printf 'hatchling>=1.27\neditables>=0.5\n' | $(PIN) pyproject.toml -

lock: .venv/pyvenv.cfg
	@$(PIN) $(CONFORMANCE)/requirements.in -o $(CONFORMANCE)/requirements.lock
	@$(COMPILE) --extra postgres -o .venv/run.lock
	@$(COMPILE) --extra postgres --extra otel --extra pdf --extra dev -o .venv/all.lock
	@{ echo "# Pins and hashes of everything that runs; made by 'make lock'."; cat .venv/run.lock; \
	   echo "# For development: what the tests and the checks need on top."; \
	   awk 'NR == FNR { if (/^[^ ]/) seen[$$0] = 1; next } /^[^ ]/ { wanted = !($$0 in seen) } wanted' \
	       .venv/run.lock .venv/all.lock; } > requirements.lock
