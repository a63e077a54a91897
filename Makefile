# What a person types. `make` alone lists it; everything needs only python3 (3.11 or newer) and make.
#
# The first target that needs it runs tools/setup.sh, which brings uv and fills .venv from uv.lock; the stamp
# .venv/.synced makes that happen again only where pyproject.toml or uv.lock changed, or the folder was moved.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
STAMP := .venv/.synced
PY := src tests tools bench hatch_build.py
MIGRATIONS := src/allsquare/pg/migrations
CHECKS := check-ruff check-format check-types check-imports check-tidy check-docs check-sql check-web

# Built anew where something that it is made of changed; browsers for tests and types of the API are not in it.
WEB := src/allsquare/webapp/index.html
WEB_SOURCES := $(shell find web -mindepth 1 \( -name node_modules -o -path web/browser -o -path web/typegen \) -prune -o -print)

# One PostgreSQL serves each test process, so more than four of them gain little.
PYTEST := $(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4

ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

.PHONY: help setup run web test check bench $(CHECKS)

help: ## list what can be made
	@echo "Allsquare splits, pools and settles shared money. Try 'make run'."
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '%-14s%s\n' "$$name" "$$text"; done
	@echo
	@echo "  make test ARGS='tests/core -k split' runs a part of them."
	@echo "  One check alone: make $(firstword $(CHECKS)) (or $(wordlist 2,9,$(CHECKS)))."

setup: $(STAMP) ## fill .venv with what uv.lock says (the others do it by themselves)
	@:

$(STAMP): pyproject.toml uv.lock tools/setup.sh
	@sh tools/setup.sh

run: $(STAMP) $(WEB) ## start Allsquare on http://127.0.0.1:8000, with its own PostgreSQL and a sample trip
	@exec $(BIN)/allsquare serve --demo

web: $(WEB) ## build the web app (run and test do it by themselves)
	@:

$(WEB): $(WEB_SOURCES) tools/web.py | $(STAMP)
	@$(BIN)/python tools/web.py build

test: $(STAMP) $(WEB) ## run the tests (ARGS='…' goes to pytest)
	@$(PYTEST) $(ARGS)

# The checks before the tests all run, whichever fails; each is silent or says what is wrong.
check: $(STAMP) ## run all that CI runs: linters, types, imports, house rules, SQL, web app, tests
	@$(MAKE) --keep-going $(CHECKS)
	@$(MAKE) $(WEB)
	@$(PYTEST)

bench: $(STAMP) ## measure, and compare with what was measured before (ARGS='…' goes to it)
	@exec $(BIN)/python -m bench $(ARGS)

# A check's output is worth reading only where it fails.
quietly = @printf '%-15s' '$(1)'; if found=$$($(2) 2>&1); then echo ok; else echo FAILED; echo "$$found"; exit 1; fi

check-ruff: $(STAMP)
	$(call quietly,ruff,$(BIN)/ruff check --quiet $(PY))

check-format: $(STAMP)
	$(call quietly,ruff format,$(BIN)/ruff format --quiet --diff $(PY))

check-types: $(STAMP)
	$(call quietly,mypy,$(BIN)/mypy)

check-imports: $(STAMP)
	$(call quietly,import-linter,$(BIN)/lint-imports --no-logo)

check-tidy: $(STAMP)
	$(call quietly,tidy,$(BIN)/python -m tools.tidy)

check-docs: $(STAMP)
	$(call quietly,docs/errors.md,$(BIN)/python -m tools.errors_doc --check)

# Taking a migration back drops what it made: that part is not for squawk.
check-sql: $(STAMP)
	$(call quietly,squawk,for file in $(MIGRATIONS)/*.sql; do sed '/^-- migrate:down/$(comma)$$d' "$$file" | \
		$(BIN)/squawk --reporter gcc --stdin-filepath "$$file" || exit 1; done)

check-web: $(STAMP)
	$(call quietly,web,{ $(BIN)/python tools/web.py check; checked=$$?; \
		$(BIN)/python -m tools.api_types --check && [ $$checked = 0 ]; })

comma := ,
