# The habits of this project: the same commands here, before a commit and in CI.
PYTHON ?= python3
RAW    ?= data/raw
OUT    ?= data/processed
MARK   ?= not slow and not benchmarks
GOLD   ?= data/gold/sample.jsonl data/gold/heldout.jsonl $(wildcard ../shared/gold/dev.jsonl ../shared/gold/seed.jsonl)

VENV := .venv
BIN  := $(VENV)/bin
PIP   = $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help run test desk hanlp check lint types imports score bench nightly mutants hooks venv docs pins clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run ## Set up and run the pipeline: data/raw → data/processed (RAW=… OUT=… for other folders)
	$(BIN)/python cli.py run $(RAW) $(OUT)

test: $(VENV)/.test ## Set up and run the tests, with the coverage floor (MARK='not benchmarks' for the slow ones too)
	$(BIN)/python -m pytest -m "$(MARK)" --cov

desk: $(VENV)/.test ## What people see: the report in a browser, the notebooks, the commands of the documentation
	$(BIN)/python -m pytest -m slow tests/test_report.py tests/test_notebooks.py tests/test_docs.py

hanlp: $(VENV)/.hanlp ## Set up the extra hanlp (0.9 GB) and train, save, load and run tiny models of it on the CPU
	$(BIN)/python -m pytest -m "slow or not slow" tests/test_recognise_hanlp.py

check: lint types imports ## Everything that CI runs
	@$(MAKE) --no-print-directory test MARK='not benchmarks'

lint: $(VENV)/.test ## Style, ruff
	$(BIN)/ruff check .

types: $(VENV)/.test ## Types, mypy --strict
	$(BIN)/mypy

imports: $(VENV)/.test ## The layers of the corridor, import-linter
	$(BIN)/lint-imports --no-logo

score: $(VENV)/.run ## Score against gold and hold the floors (GOLD=… for other files)
	for gold in $(GOLD); do echo "== $$gold"; $(BIN)/python cli.py score "$$gold" --floors data/gold/floors.json || exit 1; done

bench: $(VENV)/.test ## The benchmarks: ratios and times that depend on the machine
	$(BIN)/python -m pytest -m benchmarks

nightly: $(VENV)/.test ## The tests of reliability at their full size: hours
	NIGHTLY=1 $(BIN)/python -m pytest -m "not benchmarks" tests/test_durability.py tests/test_faults.py tests/test_adversarial.py tests/test_numerals.py

mutants: $(VENV)/.test ## How many small wrong changes of the store, engine, schema and numerals the tests notice: an hour
	$(BIN)/python -m tests.mutants --most 150

hooks: $(VENV)/.test ## Run lint, types and imports before every commit
	$(BIN)/pre-commit install

venv: $(VENV)/.test ## Set up .venv with everything pinned, and nothing more

docs: $(VENV)/.test ## Renew the generated pages of docs/
	$(BIN)/python docs/generate.py

# jionlp is read as a file of division names, never imported: its own requirements (jiojio, 86 MB) stay out.
$(VENV)/.run: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, this is %d.%d: make PYTHON=…" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	$(PIP) --no-deps jionlp
	@touch $@

$(VENV)/.test: $(VENV)/.run
	$(PIP) --editable '.[dev]'
	@touch $@

# torch first, so that a build for the CPU that lies in a folder of wheels is taken.
$(VENV)/.hanlp: $(VENV)/.test
	$(PIP) torch
	$(PIP) --editable '.[hanlp]'
	@touch $@

define PINS
import json, sys
found = [each["metadata"] for path in sys.argv[1:] for each in json.load(open(path))["install"]]
pins = {each["name"]: each["version"].split("+")[0] for each in found if each["name"] != "xianzhi"}
print("# What is installed, to the version; `make pins` renews it. Nothing here is installed unless pyproject.toml asks for it.")
print(*(f"{name}=={pins[name]}" for name in sorted(pins, key=str.lower)), sep="\n")
endef
export PINS

pins: $(VENV)/.run ## Renew constraints.txt with the newest that pyproject.toml allows
	@mkdir -p build
	$(BIN)/python -m pip install -q --dry-run --ignore-installed --report build/pins.json '.[dev,bench,dask,delta,fast,hanlp,html,notebooks,pdf]'
	$(BIN)/python -m pip install -q --dry-run --ignore-installed --no-deps --report build/pins-jionlp.json jionlp
	$(BIN)/python -c "$$PINS" build/pins.json build/pins-jionlp.json > constraints.txt

clean: ## Remove what was made: caches, builds, output; keeps .venv
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage htmlcov
	rm -rf data/processed/.xianzhi data/processed/*
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
