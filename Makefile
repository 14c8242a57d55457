# Two commands matter: `make run` starts Boxwright, `make test` proves it. Both do all their own set-up.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Whatever the shell says: dozens of processes that start here would each compile every module anew.
export PYTHONDONTWRITEBYTECODE :=

# A stage's status is its own, not that of what marks its lines.
SHELL := bash
.SHELLFLAGS := -o pipefail -c

# Two stages at a time, of checks and of tests: a browser, a server and a database that wait leave a core to another.
MAKEFLAGS += --jobs=2

# Where the tests find real pictures and weights. Absent: those tests skip, and say so.
DATA := $(wildcard $(CURDIR)/../shared/datasets)
WEIGHTS := $(wildcard $(CURDIR)/../shared/weights)
# One thread for each of them computes most in the time that two cores have.
TEST_ENV = OMP_NUM_THREADS=1 BOXWRIGHT_TEST_DATA=$${BOXWRIGHT_TEST_DATA:-$(DATA)} BOXWRIGHT_WEIGHTS_DIR=$${BOXWRIGHT_WEIGHTS_DIR:-$(WEIGHTS)}

# A file each, in the order of tests/conftest.py. `make test-full` tries four times as many examples of each law.
PYTEST = $(BIN)/python -u -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(HYPOTHESIS)
THOROUGH = --hypothesis-profile=thorough
# Stages run side by side: each line says whose it is.
MARKED = 2>&1 | awk '{ print "$@: " $$0; fflush() }'

# What runs on PostgreSQL too: what is about locks, transactions, people at once, SQL of our own, plans and counts, and one
# request of each kind. `make test-full` asks there all that knows a database.
DATABASE_TESTS = tests/test_schema.py tests/platform/jobs \
	tests/platform/test_{accounts,attempts,audit,backups,clocks,collector,concurrency,events,invitations,label_names,labels}.py \
	tests/platform/test_{pagination,projects,resets,sent_away,setup,statements,teams}.py \
	tests/annotations/test_{along,archive_uploads,assignments,bulk,canceled_jobs,counters,held,identity,image_lists,import_labels,import_stages}.py \
	tests/annotations/test_{imports,labeling,labelled,labels,merge_server,name_search,presence_processes,queue,queue_moves,quotas,scale,side_by_side}.py \
	tests/annotations/test_{snapshots,together}.py \
	tests/training/test_{presets,run_records,runs,sweeps,uploaded_bases,uploads,waiting_runs}.py
ALL_DATABASE_TESTS = tests/test_schema.py tests/platform tests/annotations tests/training \
	--ignore=tests/annotations/dataset --ignore=tests/annotations/formats --ignore=tests/training/engine

.DEFAULT_GOAL := help
.PHONY: help setup run test test-sqlite test-postgres test-frontend test-full e2e check check-frontend check-types check-python setup-node fix bench schema migrations compose limits formats pins screenshots

help: ## list the verbs
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: ## start Boxwright: web and workers, one URL
	@$(PYTHON) bootstrap.py run && exec $(BIN)/python manage.py up

setup: ## everything that developing and testing need
	+@$(PYTHON) bootstrap.py test

setup-node:
	+@$(PYTHON) bootstrap.py node

test: test-sqlite e2e test-postgres test-frontend ## all tests: SQLite, PostgreSQL, frontend, real browser

# Four processes: the other stages are done before this one, and each process waits for others that it starts. Requests
# of all kinds are sent once a day, to PostgreSQL.
test-sqlite: setup
	$(TEST_ENV) $(PYTEST) -n 4 -p no:playwright -m "not full and not e2e" --ignore=tests/test_schema.py --ignore=tests/e2e tests $(MARKED)

test-postgres: setup
	$(TEST_ENV) $(BIN)/python -m tests.services.postgres -- $(PYTEST) -m "not full and not e2e" $(DATABASE_TESTS) $(MARKED)

test-frontend: setup-node
	npm --prefix frontend run --silent test $(MARKED)

test-full: setup ## all tests with two busy processes beside them, then the long proofs: full training, Ceph, RabbitMQ, others' libraries
	$(BIN)/python -m tests.services.busy -- $(MAKE) test DATABASE_TESTS='$(ALL_DATABASE_TESTS)' HYPOTHESIS=$(THOROUGH)
	@$(PYTHON) bootstrap.py full
	$(TEST_ENV) $(PYTEST) $(THOROUGH) -rs -m full tests

e2e: setup ## only the tests that drive a real browser
	$(TEST_ENV) $(PYTEST) -m "e2e and not full" tests/e2e $(MARKED)

check: check-frontend check-types check-python ## formatting, lint, types, import rules, migrations, schema

# Needs Node alone, and is done while Python's packages are still being installed.
check-frontend: setup-node
	npm --prefix frontend run --silent check $(MARKED)

check-types: setup
	$(BIN)/mypy . $(MARKED)

check-python: setup
	$(BIN)/ruff format --check . $(MARKED)
	$(BIN)/ruff check . $(MARKED)
	PYTHONPATH=platform $(BIN)/lint-imports $(MARKED)
	$(BIN)/python -m tests.dead_code $(MARKED)
	$(BIN)/python manage.py makemigrations --check --dry-run $(MARKED)
	$(BIN)/python manage.py spectacular --fail-on-warn --validate --format openapi-json | cmp -s - docs/openapi.json || (echo "docs/openapi.json is stale: run make schema"; exit 1)

fix: setup ## format, and mend what tools can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	npm --prefix frontend run --silent fix

schema: setup ## write docs/openapi.json and the frontend's types from it
	$(BIN)/python manage.py spectacular --fail-on-warn --validate --format openapi-json --file docs/openapi.json && echo >> docs/openapi.json
	npm --prefix frontend run --silent schema

migrations: setup ## write each app's one migration anew, until the first release
	rm -f annotations/migrations/0*.py training/migrations/0*.py platform/boxwright/*/migrations/0*.py
	for app in teams storage events projects annotations training; do $(BIN)/python manage.py makemigrations $$app; done

compose: ## write the containers' environment in docker/compose.yml from .env.example
	@$(PYTHON) docker/environment.py

limits: ## write the table of limits in docs/security.md
	@$(BIN)/python docs/limits.py

formats: setup ## write the tables of formats and findings in docs/formats.md
	@$(BIN)/python docs/formats.py

pins: setup ## write constraints.txt: what is installed now, to the last package
	(head -1 constraints.txt; $(BIN)/pip freeze | grep == | grep -v ^torch== | sed 's/+cpu//') > constraints.new && mv constraints.new constraints.txt

bench: setup ## benchmarks; their README says machine, command and figures
	$(TEST_ENV) $(BIN)/python -m bench

screenshots: setup ## the README's pictures, from the running product and its own sample project
	$(TEST_ENV) $(BIN)/python -m tests.e2e.screenshots
