# SPDX-License-Identifier: Apache-2.0
# egru: every way to build, test and measure the project. "make" alone lists the targets.

SHELL := /bin/bash
.DEFAULT_GOAL := help
MODEL ?= models/spoken-digits
BOARD ?= arduino_zero
DATA  ?= ../shared/data

# What the project needs from Debian: command, and the package that brings it.
TOOLS := arm-none-eabi-gcc:gcc-arm-none-eabi qemu-system-arm:qemu-system-arm gcc:gcc clang:clang \
         clang-format:clang-format make:make socat:socat cmake:cmake
# Packages without a command of their own: a file that shows that they are there.
FILES := /usr/lib/arm-none-eabi/newlib/thumb/v6-m/nofp/libc_nano.a:libnewlib-arm-none-eabi

MISSING = $(foreach t,$(TOOLS),$(if $(shell command -v $(firstword $(subst :, ,$t))),,$(lastword $(subst :, ,$t)))) \
          $(foreach f,$(FILES),$(if $(wildcard $(firstword $(subst :, ,$f))),,$(lastword $(subst :, ,$f))))
SOURCES := $(shell find compiler -name '*.ts' 2>/dev/null)
PAGE := $(wildcard compiler/page/bundle.mjs compiler/page/static/* compiler/page/app/tsconfig.json)
C_FILES := $(shell find runtime-c firmware compiler test -name '*.[ch]' -not -path '*/golden/*' 2>/dev/null)

.PHONY: help setup build demo check test fuzz soak bench coremark accuracy features synthetic default-way spirals firmware size format lint clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: build/.packages node_modules/.package-lock.json build/.compiled ## Install what is missing (Debian packages, npm packages) and build the compiler

build/.packages: Makefile
	@mkdir -p build
	@test/tools/install.sh $(strip $(MISSING))
	@# clang's sanitizers are a package of their own, named after its version.
	@echo 'int main(void) { return 0; }' >build/sanitized.c
	@clang -fsanitize=address,undefined build/sanitized.c -o build/sanitized 2>/dev/null \
	  || test/tools/install.sh libclang-rt-$$(clang -dumpversion | cut -d . -f 1)-dev
	@rm -f build/sanitized build/sanitized.c
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

build/.compiled: node_modules/.package-lock.json tsconfig.json tsconfig.build.json $(SOURCES) $(PAGE)
	@mkdir -p build
	npm run --silent build
	@touch $@

build: build/.compiled ## Compile the TypeScript sources into build/dist

demo: setup ## Classify the bundled clips on reference, host and emulated chip; leaves a flashable UF2 in build/demo
	@npx egru demo -o build/demo

test: setup ## All tests; ends with the counts
	@mkdir -p build; status=0; npx vitest run --reporter=dot --reporter=json --outputFile.json=build/tests.json || status=$$?; \
	node test/tools/closing-line.js build/tests.json; exit $$status

check: build ## Types, lint and pure tests, in half a minute: the inner loop
	npx biome check .
	npx tsc --noEmit
	npx vitest run --project pure --reporter=dot

fuzz: setup ## Damaged inputs to every reader, fuzzers of the C, boards and commands, for FUZZ_SECONDS=60; FUZZ_SEED=N repeats
	npx tsc -p test/fuzz
	node build/fuzz/test/fuzz/main.js $(PARTS)

soak: setup ## Long runs: every recording on every machine, more random programs
	SOAK=1 npx vitest run test/soak

bench: setup ## Measure cycles, flash and RAM on the emulated chip; writes docs/BENCHMARKS.md and README's table
	node test/tools/bench/report.js $(DATA)
	node test/tools/bench/codegen.js
	node test/tools/densities.js
	node test/tools/bench/emulator-speed.js

coremark: setup ## CoreMark of the sources in COREMARK=FOLDER on the emulated chip, with three counts of the flash's wait state
	@node test/tools/bench/coremark.js $(COREMARK)

features: setup ## Train and judge feature extractors, and write their table into docs/ACCURACY.md; twenty minutes
	node test/tools/accuracy/features.js $(DATA)

accuracy: setup ## Train and judge everything behind docs/ACCURACY.md, which it writes; about two hours on two cores
	node test/tools/accuracy/accuracy.js $(DATA)

synthetic: setup ## Train and evaluate words without recordings, and write their table into docs/ACCURACY.md; hours
	node test/tools/accuracy/synthetic.js $(DATA)

spirals: setup ## Sparse RTRL on spirals and on an endless stream: docs/learning/RTRL.md; half an hour on two cores
	node test/tools/learning/spirals.js

default-way: setup ## Train a wake word without a configuration, five times, and write the table into docs/ACCURACY.md; an hour
	node test/tools/accuracy/default-way.js $(DATA)

firmware: setup ## Firmware of MODEL for BOARD into build/firmware
	npx egru build $(MODEL) --board $(BOARD) -o build/firmware

size: setup ## Flash and RAM per function group of MODEL's firmware for BOARD, and what changed since the last commit
	@node test/tools/size.js $(MODEL) $(BOARD)

format: setup ## Format TypeScript, JSON and C in place
	npx biome check --write .
	clang-format -i $(C_FILES)

lint: setup ## Check formatting, lint and types
	npx biome check .
	npx tsc --noEmit
	clang-format --dry-run -Werror $(C_FILES)

clean: ## Remove everything that was built
	rm -rf build
