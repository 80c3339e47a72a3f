# `make help` lists what can be made. Each target is one script in .ci/ or one command of the toolchain.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help serve build test sanitize fuzz load compare benchmark format lint clean

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
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: build ## build and start the server on model_repository/ (options: OPTIONS="…")
	exec .build/release/rowan serve --model-repository model_repository $(OPTIONS)

build: ## build the release binary, .build/release/rowan
	@.ci/install-packages build
	swift build --product rowan $(RELEASE_FLAGS)

test: ## everything, from a clean machine; ends with `N passed, N failed`
	@.ci/test

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

load: build ## Locust: 10 users, 2 per second, 60 seconds
	@.ci/load

compare: build ## Rowan beside nginx and haproxy, interleaved on this machine
	@.ci/install-packages build compare
	loadtest/compare

benchmark: ## Rowan's engine beside the libraries of the field, interleaved on this machine (options: OPTIONS="…")
	@.ci/install-packages build benchmark
	swift build --product Benchmarks $(RELEASE_FLAGS)
	Tests/Benchmarks/peers/compare $(OPTIONS)

format: ## format all Swift files in place
	swift format --in-place --parallel --recursive $(SWIFT_SOURCES)

lint: ## check the format of all Swift files
	swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)

clean: ## remove everything that was built or installed inside this folder
	rm -rf .build
