# make demo    make the environment and run the main job end to end, on a publisher of our own
# make test    make the environment and pass all tests (but those of test-all)
# make crawl SITE=https://example.org CONTACT=you@example.org
# make replay [ARCHIVE=folder] [PORT=8080]    see the archived pages in your browser
# make docs    build the documentation into site/
# make lint, make test-all, make coverage, make bench, make bench-extraction
# make release    build the sdist and the wheel into dist/, and check the wheel
# make lock    after a change of dependencies; make picture, after a change of the demo's output

PYTHON ?= $(firstword $(foreach python,python3.11 python3.12 python3.13 python3.14 python3,\
	$(shell $(python) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(python))))
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
UV_VERSION := 0.13.9
DEMO_HOME ?= demo-archive
# Each worker starts a few processes of its own; more of them than cores only wait for each other.
# Some tests take minutes: a worker that has none left takes from one that has (worksteal).
TEST_WORKERS ?= $(shell $(PYTHON) -c 'import os; print(max(2, os.cpu_count() or 2))')

QUICK := "not slow and not release"

# Without compiled files Scrapy takes 2 s to import instead of half a second.
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH

.PHONY: demo crawl test test-all lint bench bench-extraction picture coverage release lock clean environment developer

demo: environment
	$(BIN)/pressmark --home $(DEMO_HOME) demo

crawl: environment
	@test -n "$(SITE)" || { echo "make crawl SITE=https://example.org CONTACT=you@example.org"; exit 2; }
	$(BIN)/pressmark crawl $(SITE) $(if $(CONTACT),--contact $(CONTACT))

test: developer
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist worksteal -m $(QUICK)

test-all: developer
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist worksteal -m slow

# Processes that a test starts are measured, too. The figure is that of `make test`.
coverage: developer
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(TEST_WORKERS) --dist worksteal -m $(QUICK)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lint: developer
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: developer
	$(BIN)/python -m benchmarks

# make bench-extraction DATA=folder, which holds extraction/ and wordpress/
DATA ?= ../shared/data

bench-extraction: developer
	$(BIN)/python -m benchmarks extraction --data $(DATA)

environment: $(VENV)/.core
developer: $(VENV)/.developer

# The lock names no download address, so that any index with these files will do; its hashes make
# sure that they are these files.
$(VENV)/.core: requirements.txt pyproject.toml | $(UV)
	@test -f $(VENV)/.developer || $(UV) pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(VENV)/.developer: requirements-dev.txt pyproject.toml | $(UV)
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements-dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@ $(VENV)/.core

$(UV):
	@test -n "$(PYTHON)" || { echo "Pressmark needs Python 3.11 or later; name one with make PYTHON=…"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

COMPILE := --quiet --universal --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links --python-version 3.11

lock: $(UV)
	$(UV) pip compile $(COMPILE) pyproject.toml -o requirements.txt
	$(UV) pip compile $(COMPILE) pyproject.toml --all-extras --group dev -c requirements.txt -o requirements-dev.txt

# A program that cannot share the lock, or that no test needs, has an environment of its own: its
# name is in OWN, and requirements-NAME.in says what it requires. `make environment-NAME` makes
# .venv-NAME from requirements-NAME.txt, which `make lock` compiles.
# pywb requires brotlipy, whose `brotli` takes the place of Google's.
# docs is mkdocs, and needs thirty packages that nothing else does.
OWN := pywb docs

.PHONY: replay docs $(OWN:%=environment-%) $(OWN:%=lock-%)

$(OWN:%=environment-%): environment-%: $(VENV)-%/.made

$(OWN:%=$(VENV)-%/.made): $(VENV)-%/.made: requirements-%.txt | $(UV)
	$(PYTHON) -m venv --clear --without-pip $(@D)
	$(UV) pip sync --quiet --python $(@D)/bin/python --require-hashes --compile-bytecode $<
	@touch $@

lock: $(OWN:%=lock-%)

$(OWN:%=lock-%): lock-%: $(UV)
	$(UV) pip compile $(COMPILE) requirements-$*.in -o requirements-$*.txt

replay: developer environment-pywb
	$(BIN)/pressmark $(if $(ARCHIVE),--home $(ARCHIVE)) replay $(if $(PORT),--port $(PORT))

test-all: environment-pywb

# mkdocstrings reads the sources, and imports none of them.
docs: environment-docs
	NO_MKDOCS_2_WARNING=1 $(VENV)-docs/bin/mkdocs build --quiet

picture: developer
	$(BIN)/python docs/images/draw.py

# The wheel is built from the sdist, and installed with what it requires and nothing else.
release: developer
	rm -rf dist
	$(UV) build --quiet
	$(PYTHON) -m venv --clear --without-pip $(VENV)-release
	$(UV) pip install --quiet --python $(VENV)-release/bin/python --constraint requirements.txt dist/*.whl
	$(BIN)/python -m pytest -m release tests/release

clean:
	rm -rf $(VENV) $(OWN:%=$(VENV)-%) $(VENV)-release $(DEMO_HOME) build dist site
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis
