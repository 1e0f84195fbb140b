# cnpg-restore: every target installs what it needs (Debian packages, NuGet), says what it does, and is quick when there is nothing to do.
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

SOURCES := $(shell find src -name '*.cs' -o -name '*.csproj' -o -name 'packages.lock.json') Directory.Build.props Directory.Packages.props global.json
TESTS := CnpgRestore.Tests CnpgRestore.ServerTests CnpgRestore.CliTests

.PHONY: help build test test-unit reliability fuzz coverage mutation demo bench docs servers kubernetes clean

help: ## this list
	@echo "make ..."
	grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 14

build: bin/kubectl-cnpg-restore ## bin/cnpg-restore, one native program, and its twin for kubectl (a minute or two; seconds when nothing changed)

bin/cnpg-restore: $(SOURCES)
	@testbed/install.sh build
	echo "Building bin/cnpg-restore, native (a minute or two) ..."
	dotnet publish src/CnpgRestore.Cli -c Release -r linux-x64 -v quiet
	install -D -m 755 artifacts/publish/CnpgRestore.Cli/release_linux-x64/cnpg-restore $@

bin/kubectl-cnpg-restore: bin/cnpg-restore
	@ln -f $< $@

test: build ## all tests, against a real PostgreSQL, S3 server and Kubernetes and the native program (under an hour with the installation)
	@$(MAKE) --no-print-directory kubernetes
	echo "Building the tests (a minute or two) ..."
	dotnet build CnpgRestore.slnx -v quiet
	tests/run.sh $(TESTS)

test-unit: ## the tests that need no server (seconds)
	@dotnet build tests/CnpgRestore.Tests -v quiet
	tests/run.sh CnpgRestore.Tests

RANDOM_KILLS ?= 200
reliability: build ## kill -9 at every step of every plan and at RANDOM_KILLS=200 moments; writes docs/reliability.md (about 40 minutes)
	@$(MAKE) --no-print-directory kubernetes
	for project in OperatorStandIn CnpgRestore.CliTests; do dotnet build tests/$$project -v quiet; done
	tests/reliability.sh $(RANDOM_KILLS)

fuzz: ## 10,000 damaged inputs to every reader of the library, other ones each time (3 minutes); FUZZ=100000 gives more
	@dotnet build tests/CnpgRestore.Tests -v quiet
	FUZZ=$${FUZZ:-10000} FUZZ_SEED=$${FUZZ_SEED:-$$RANDOM} artifacts/bin/CnpgRestore.Tests/debug/CnpgRestore.Tests -noColor -noLogo -class 'CnpgRestore.Tests.Fuzz.*'

coverage: ## lines of the library that all tests run, folder by folder (over an hour; PROJECTS="CnpgRestore.Tests" for the unit tests alone)
	@[ "$(PROJECTS)" = CnpgRestore.Tests ] || $(MAKE) --no-print-directory kubernetes
	for project in src/CnpgRestore.Cli tests/OperatorStandIn $(addprefix tests/,$(or $(PROJECTS),$(TESTS))); do dotnet build $$project -v quiet; done
	tests/coverage.sh $(or $(PROJECTS),$(TESTS))

MUTATED ?= Postgres Barman Yaml Dumps Dumps/Plain Dumps/Inspection Dumps/Folder Dumps/Loading
mutation: ## changes the library in thousands of small ways and tells which no test of the folder notices (hours); MUTATED=Postgres for a part
	@dotnet tool restore >/dev/null
	testbed/install.sh servers
	cd tests/CnpgRestore.Tests
	for folder in $(MUTATED); do
	  files="**/$$folder/**/*.cs" tests=
	  case $$folder in
	    Dumps) files="**/$$folder/*.cs" ;; # its folders have rows of their own
	    Dumps/Loading) tests="--test-project CnpgRestore.Tests.csproj --test-project ../CnpgRestore.ServerTests/CnpgRestore.ServerTests.csproj" ;;
	  esac
	  TESTS_OF=$${folder%%/*} nice -n 15 dotnet stryker --skip-version-check --output ../../artifacts/mutation/$$folder --mutate "$$files" $$tests
	done

demo: ## a database is backed up, hurt and brought back, told step by step (under 5 minutes with the installation)
	@echo "The demo takes about a minute, and up to four more where something must be installed or built first."
	$(MAKE) --no-print-directory build
	testbed/install.sh servers
	demo/demo.sh

bench: build ## side by side with aws, rclone, barman-cloud, psql and pg_restore; writes docs/performance.md (about 12 minutes)
	@testbed/install.sh servers bench
	bench/run.sh

docs: ## writes docs/troubleshooting.md from the catalogue of doctor (half a minute)
	@dotnet build src/CnpgRestore.Cli -v quiet
	artifacts/bin/CnpgRestore.Cli/debug/cnpg-restore catalogue > docs/troubleshooting.md

servers: ## installs the servers that tests and demo start: PostgreSQL 15 and 17, Barman Cloud, Ceph's S3 gateway (two minutes)
	@testbed/install.sh servers
	testbed/postgres.sh build || echo "Tests that need a newer PostgreSQL will be skipped."

kubernetes: servers ## builds the one-node Kubernetes that tests start, from Debian's source, once (4 minutes; instant when it is there)
	@testbed/install.sh kubernetes
	testbed/kubernetes.sh build

clean: ## removes what was built
	@rm -rf artifacts bin
