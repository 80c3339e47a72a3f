# `make help` lists what can be made. Each target is one script in .ci/ or one command of the toolchain.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help serve build embedder test eval sanitize fuzz load stress soak chaos demonstration compare compare-peers \
	compare-grpc attack growth benchmark package format lint clean

# What the program says about itself (`rowan --version`).
export BUILD_COMMIT := $(shell \
	git describe --always --dirty=+changes --abbrev=12 --exclude='*' 2>/dev/null || echo unknown)
export BUILD_COMPILER := $(shell swift --version 2>/dev/null | head -n 1)

SWIFT_FLAGS := --explicit-target-dependency-import-check error
RELEASE_FLAGS := --configuration release --static-swift-stdlib $(SWIFT_FLAGS)
SWIFT_SOURCES := Package.swift Sources Tests

# Options for `make serve` and `make benchmark`, for example: make serve OPTIONS="--http-port 9000"
OPTIONS :=

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: build ## build and start the server on model_repository/ (options: OPTIONS="…")
	@.ci/embedder
	exec .build/release/rowan serve --model-repository model_repository \
		$$(test ! -d .build/embedder/text_embedder || echo --model-repository .build/embedder) $(OPTIONS)

embedder: ## fetch the text encoder, 84 MB, into .build/embedder, which `make serve` serves, too
	@.ci/embedder

build: ## build the release binary, .build/release/rowan
	@.ci/install-packages build
	swift build --product rowan $(RELEASE_FLAGS)

test: ## everything, from a clean machine; ends with `N passed, N failed`
	@.ci/test

eval: ## how well log records find their runbooks, with and without each step of the search
	@.ci/install-packages build
	swift test $(SWIFT_FLAGS) --filter RetrievalQualityTests | grep -E '^\||^place|Test run'

sanitize: ## unit tests under the address and the thread sanitizer
	@.ci/install-packages build
	@.ci/sanitize address
	@.ci/sanitize thread

# One target (the name of a folder in Tests/Fuzzing/Corpora) or all, and how long each, for example:
# make fuzz TARGET=http-head SECONDS=600
TARGET :=
SECONDS := 60

fuzz: ## look for inputs that break a parser (options: TARGET=… SECONDS=…)
	@.ci/install-packages build
	@.ci/fuzz "$(TARGET)" "$(SECONDS)"

# Load tests run for as long as their profile says, or SECONDS: make soak SECONDS=3600
ONLY_SECONDS = $(if $(filter-out file,$(origin SECONDS)),--seconds $(SECONDS))
LOAD_TEST = @.ci/install-packages test && loadtest/run $@ $(ONLY_SECONDS) $(OPTIONS)

load: build ## Locust, 10 users, 2 more per second, 60 seconds; with a report, as the next three (options: SECONDS=…)
	$(LOAD_TEST)

stress: build ## Locust, 50 users that never wait
	$(LOAD_TEST)

soak: build ## Locust, 10 minutes of mixed requests while models are reloaded
	$(LOAD_TEST)

chaos: build ## Locust, three servers behind haproxy, killed and restarted
	$(LOAD_TEST)

demonstration: build ## splits, shadow, rollouts, drift and labels under load, with a plot (options: OPTIONS="…")
	@.ci/install-packages test
	loadtest/demonstration $(OPTIONS)

compare: build ## Rowan beside nginx and haproxy, interleaved on this machine
	@.ci/install-packages build compare
	loadtest/compare

compare-grpc: build ## Rowan over HTTP/2 and gRPC beside nginx, haproxy and Triton (options: OPTIONS="…")
	@.ci/install-packages build compare-grpc
	loadtest/compare-grpc $(OPTIONS)

attack: build ## What other clients notice while one attacks over HTTP/2
	loadtest/attack $(OPTIONS)

compare-peers: build ## Rowan beside Triton, FastAPI and MLServer, interleaved on this machine (options: OPTIONS="…")
	@.ci/install-packages build compare-peers
	loadtest/compare-peers $(OPTIONS)

growth: build ## how a request's cost grows with connections, models and rows (options: OPTIONS="…")
	@.ci/install-packages build compare
	loadtest/growth $(OPTIONS)

benchmark: ## Rowan's engine beside the libraries of the field, interleaved on this machine (options: OPTIONS="…")
	@.ci/install-packages build benchmark
	swift build --product Benchmarks $(RELEASE_FLAGS)
	Tests/Benchmarks/peers/compare $(OPTIONS)

# What the program says about itself is what its package is called.
VERSION = $(shell sed -n 's/.*static let text = "\(.*\)"/\1/p' Sources/InferenceServer/ServerVersion.swift)

package: build ## build a Debian package, .build/package/rowan_VERSION_ARCHITECTURE.deb
	deploy/package .build/release/rowan $(VERSION) \
		.build/package/rowan_$(VERSION)_$$(dpkg --print-architecture).deb

format: ## format all Swift files in place
	swift format --in-place --parallel --recursive $(SWIFT_SOURCES)

lint: ## check the format of all Swift files
	swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)

clean: ## remove everything that was built or installed inside this folder
	rm -rf .build
