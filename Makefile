# Every target is a line; what it does is in deploy/local. Needs Python 3.11 or newer, make and git.
.DEFAULT_GOAL := help
.PHONY: help demo day bench bench-pages bench-cluster rehearsal cluster cluster-down test-cluster test-crash screens simulate test lint lock setup clean

PLAN ?= deploy/rehearsal/sample/plan.yaml
SCENARIO ?=
TESTS ?=
FOLDER ?=
VIEWERS ?= 300
RATE ?= 5
SEEDS ?= 10000
SEED ?=
STORE ?= memory
ADAPTER ?= simulated
REPEATS ?= 100
HEADROOM ?= 1
export PLAN SCENARIO

# make turns every failure into exit status 2. A day's status is an answer, though (1 refused, 2 not proven
# gone), and in question mode make hands a recursive recipe's 1 on as it is.
ifeq ($(MAKECMDGOALS),day)
MAKEFLAGS += --question
endif

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: ## the web app with a practice cluster behind it, until Ctrl-C
	@deploy/local/run demo

# Only a KUBECONFIG that is given to make itself: one in the environment may name any cluster.
ON_A_REAL_CLUSTER = $(if $(filter command,$(origin KUBECONFIG)),--kubeconfig "$(KUBECONFIG)")

day: ## a whole game day on the rehearsal cluster (PLAN=another plan, SCENARIO=key of just one, KUBECONFIG=a real one)
	+@deploy/local/run day --plan "$$PLAN" --scenario "$$SCENARIO" $(ON_A_REAL_CLUSTER)

rehearsal: ## the practice cluster and its Prometheus alone, until Ctrl-C
	@deploy/local/run rehearsal

cluster: ## a throw-away Kubernetes as plain processes, built the first time (FOLDER=where its state is kept)
	@deploy/local/run cluster $(if $(FOLDER),--folder "$(FOLDER)")

test-cluster: ## the tests that need it: on the one that is up, else on one of their own (TESTS=which, FOLDER=its state)
	@$(if $(FOLDER),GAMEDAY_CLUSTER_FOLDER="$(abspath $(FOLDER))") deploy/local/run test-cluster $(TESTS)

cluster-down: ## stop it (FOLDER=where its state is kept)
	@deploy/local/run cluster-down $(if $(FOLDER),--folder "$(FOLDER)")

bench-pages: ## what each page costs the server, with 200 plans and 1,000,000 events
	@deploy/local/run bench-pages

bench-cluster: ## what is asked of a real control plane with 1,000 nodes and 10,000 pods, and what that costs
	@deploy/local/run bench-cluster

bench: ## a room of viewers at one run's live stream, measured (VIEWERS=300, RATE=5 notes a second)
	@deploy/local/run bench --viewers "$(VIEWERS)" --rate "$(RATE)"

screens: ## a picture of every page, in light and dark, at the desk and on a phone (FOLDER=where)
	@deploy/local/run screens $(FOLDER)

simulate: ## hostile schedules over the production code (SEEDS=10000; SEED=one, with its trace; STORE=database; ADAPTER=litmus)
	@deploy/local/run simulate --adapter "$(ADAPTER)" $(if $(SEED),--seed "$(SEED)" --trace,--seeds "$(SEEDS)" --store "$(STORE)")

test-crash: ## real processes are killed in mid-fault and the cluster is read; latencies (REPEATS=100, HEADROOM=1, TESTS=which)
	@deploy/local/run test-crash --repeats "$(REPEATS)" --headroom "$(HEADROOM)" $(TESTS)

test: ## the checks, then all tests: on SQLite, on PostgreSQL where it is there, with real processes
	@deploy/local/run test $(TESTS)

lint: ## the checks alone: ruff, mypy, import contracts, templates, migrations
	@deploy/local/run lint

lock: ## compile requirements*.in to hash-pinned requirements*.txt
	@deploy/local/run lock

setup: ## the set-up alone: .venv, Redis and Prometheus, unpacked into ~/.cache/gameday
	@deploy/local/run setup

clean: ## remove .venv, local state and tool caches; the evidence and the shared cache stay
	for each in .state/cluster .state/test/cluster; do \
		if [ -d $$each ]; then deploy/local/run cluster-down --folder $$each; fi; done
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	if [ -d .state ]; then find .state -mindepth 1 -maxdepth 1 ! -name evidence -exec rm -rf {} +; fi
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
