# Needs Python >= 3.11 and make; everything else goes into .venv.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
# Explicit, so that no figure depends on the machine's idea of it; tests run side by side instead.
THREADS ?= 2
export OMP_NUM_THREADS = $(THREADS)
export NUMBA_NUM_THREADS = $(THREADS)
PYTEST := $(RUN) -m pytest --numprocesses $(THREADS) --dist loadfile
test check: export OMP_NUM_THREADS = 1
test check: export NUMBA_NUM_THREADS = 1

.DEFAULT_GOAL := help
.PHONY: help train test check data speed rliable peers clean
# An unfinished recipe must not leave a target that looks finished.
.DELETE_ON_ERROR:
# Two installations into one environment must not run side by side.
.NOTPARALLEL:

help: ## Shows this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# installed-EXTRA: one stamp for each set of packages, so that a second call installs nothing.
$(VENV)/installed-%: pyproject.toml constraints.txt
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV), a minute or two ..."
	$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[$*]"
	touch $@

train: $(VENV)/installed-train ## Trains on an invented catalogue, five minutes at most
	$(RUN) -m experiments.train

test: $(VENV)/installed-dev data ## Runs what CI runs, fifteen minutes at most
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m pyright
	$(PYTEST)

check: $(VENV)/installed-dev ## Runs the lint, the types and the fast tests, a minute
	$(RUN) -m ruff format --check --quiet .
	$(RUN) -m ruff check --quiet .
	$(RUN) -m pyright
	$(PYTEST) -q -m "not slow and not data"

data: $(VENV)/installed-data ## Fetches MovieLens-100K (research use only)
	$(RUN) -m marec_env.datasets fetch ml-100k

speed: $(VENV)/installed-peers ## Measures speed beside the peers and writes docs/speed.md
	$(RUN) -m experiments.speed

# An environment of its own, without our packages: rliable fails with pandas 3.
.venv-rliable/installed: constraints.txt
	test -x .venv-rliable/bin/python || $(PYTHON) -m venv .venv-rliable
	.venv-rliable/bin/python -m pip install --quiet --disable-pip-version-check \
		-c constraints.txt rliable==1.2.0 "pandas<3"
	touch $@

rliable: .venv-rliable/installed ## Asks rliable for the figures that the tests compare with
	.venv-rliable/bin/python -m tests.experiments.rliable_figures

# Another: it brings a world of its own, of which only the versions below were tried.
.venv-peers/installed: constraints.txt
	test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
		benchmarl==1.5.2 torchrl==0.11.1 tensordict==0.11.0 torch mpe2 vmas
	touch $@

peers: .venv-peers/installed ## Installs BenchMARL, which experiments.speed_learners compares with

clean: ## Removes the environment and what the tools left
	rm -rf $(VENV) .venv-rliable .venv-peers build *.egg-info .pytest_cache .ruff_cache .hypothesis
