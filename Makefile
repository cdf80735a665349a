# make run     the whole installation, demo data included, on http://127.0.0.1:8000
# make test    every check and every test
# Needs Debian (or the like) with python3 >= 3.11 and its venv module; the rest comes into .venv.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/installed
# Of all that pip says, the package it is busy with: on one line of a terminal. Its warnings only when it fails.
PROGRESS = while read -r verb what; do [[ -t 1 && $$verb =~ ^(Collecting|Installing) ]] \
	&& printf '\r\033[K  %s %.60s' "$$verb" "$$what"; done; [[ ! -t 1 ]] || printf '\r\033[K'
export XUEJI_DEMO ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_ROOT_USER_ACTION = ignore

.PHONY: run test tools check format venv lock bench fuzz chaos clean

# exec: a signal to make reaches the supervisor itself.
run: $(STAMP)
	@exec $(BIN)/xueji run

test: check tools
	@$(BIN)/pytest -n 2 --dist worksteal

# What only tests of pictures and of Camunda Modeler's editors (camunda-bpmn-js, camunda-dmn-js: what is inside it, and
# the only way to prove that our pages tell its words) need: installed where possible, done without (and said so) else.
tools: $(STAMP)
	@if command -v npm >/dev/null && ! [ node_modules/.package-lock.json -nt package-lock.json ]; then \
	  echo "正在安装画图用的 npm 包……"; npm ci --ignore-scripts --silent --no-audit --no-fund || rm -rf node_modules; fi
	@if ! command -v chromium >/dev/null && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  echo "正在安装 Chromium……"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk; } >/dev/null 2>&1 \
	  || echo "Chromium 安装不了：画图的测试将跳过"; fi

check: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(STAMP)
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

venv: $(STAMP)

# Newer than what it is made from: nothing to do, and nothing is asked of the network.
$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("需要 Python 3.11 或更新版本" if sys.version_info < (3, 11) else 0)'
	@echo "正在安装到 .venv（仅第一次需要，约一两分钟）……"
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || { echo "请先安装：apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --constraint requirements.lock --editable '.[test,lint]' 2>.venv/install.log | $(PROGRESS) \
		|| { cat .venv/install.log; exit 1; }
	@touch $(STAMP)

# The versions of a later day's installation: those of this day's .venv.
lock: $(STAMP)
	@$(BIN)/python -m pip freeze --exclude-editable --exclude xueji > requirements.lock && touch $(STAMP)

bench: $(STAMP)
	@exec $(BIN)/python -m bench

fuzz: $(STAMP)
	@exec $(BIN)/python -m bench.fuzz

chaos: $(STAMP)
	@exec $(BIN)/python -m bench.chaos

clean:
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build *.egg-info
