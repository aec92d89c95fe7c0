# make book and make test work from a fresh clone: they need Python 3.11-3.13 and nothing else.
PYTHON  ?= python3
PROFILE ?= standard
REPORTS ?= bundled
OUT     ?= _build/html
PORT    ?= 8000
PAGE    ?=

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

.DEFAULT_GOAL := help
.PHONY: help venv backbone notebooks book pdf test test-fast lint serve clean

help:  ## this list
	@echo "make TARGET [PYTHON=python3] [PROFILE=standard] [REPORTS=bundled] [OUT=_build/html]"
	@echo
	@awk -F':.*  ## ' '/^[a-z-]+:.*  ## /{printf "  %-10s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "PROFILE  standard (reads the recorded runs, trains one model) or quick (trains every row, small)"
	@echo "REPORTS  bundled, or your own: a folder of PDFs, or a CSV, JSONL or Parquet file with a text column"

venv:  ## create .venv and install requirements.lock into it (once)
	@$(PYTHON) tools/make_venv.py

backbone: venv  ## fetch the small language model (once, 0.3 GB on disk)
	@$(BIN)/pathmtl backbone get smollm2-135m

notebooks: venv  ## notebooks/*.py -> notebooks/*.ipynb, without outputs
	@$(BIN)/python tools/make_notebooks.py

book: backbone  ## run every notebook and build the book into OUT, and as one file pathmtl.zip beside it
	@$(BIN)/python tools/build_book.py --profile "$(PROFILE)" --reports "$(REPORTS)" --out "$(OUT)"

pdf: venv  ## print the built book into _build/pathmtl.pdf, or with PAGE=notebooks/her2 one page (needs Chromium or Chrome)
	@$(BIN)/python tools/make_pdf.py --site "$(OUT)" --page "$(PAGE)"

# Tests wait for kernels and worker processes more than they compute: several at once, each on one thread.
PYTEST = OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadgroup --no-loadscope-reorder

test: backbone  ## run the tests
	@$(PYTEST)

test-fast: backbone  ## run those that start no kernel, browser, training or OCR
	@$(PYTEST) -m "not slow"

lint: venv  ## ruff, and no stale notebook
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q . || { echo 'run: .venv/bin/ruff format .'; exit 1; }
	@$(BIN)/python tools/make_notebooks.py --check

serve:  ## show the built book in a browser, on this machine only
	@test -f "$(OUT)/index.html" || { echo "$(OUT) holds no book: make book first"; exit 1; }
	@$(PYTHON) -m http.server $(PORT) --bind 127.0.0.1 --directory "$(OUT)"

clean:  ## remove what was built (.venv, the model and Pyodide stay)
	@rm -rf _build
	@echo "removed _build"
