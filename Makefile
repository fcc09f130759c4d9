# fxaot. `make help` lists the targets; `make demo` and `make test` install what they need first.

# The oldest processor the native code must run on (any x86-64 server since 2013), or native.
# On other processors nothing is asked for.
CPU ?= $(if $(filter x86_64,$(shell uname -m)),x86-64-v3,)
DATA ?=
SECONDS ?= 600
SEED ?=

MARCH := $(if $(CPU),-Xcc -march=$(CPU))
# Without -fno-math-errno Swift's squareRoot() keeps a call to libm as a fallback, and loops with it
# stay scalar; the results are the same to the bit.
SWIFT_RELEASE := swift build -c release -Xswiftc -static-stdlib -Xcc -fno-math-errno $(MARCH)
# Local names are half of a library's size; STRIP=true keeps them, for a profiler.
STRIP ?= $(if $(filter Linux,$(shell uname -s)),strip --strip-unneeded,true)
SWIFT_TEST := swift test --parallel
RELEASE_DIR := .build/release
CFLAGS ?= -O2
NIF_CFLAGS := -std=gnu11 -fPIC -fno-plt -fvisibility=hidden -Wall -Wextra $(if $(filter error,$(FXAOT_WARNINGS)),-Werror) $(CFLAGS)
OBJECTS := $(patsubst c_src/%.c,_build/native/%.o,$(wildcard c_src/fxaot_nif*.c))
C_HEADERS := $(wildcard c_src/*.h c_src/include/*.h)
NATIVE_SOURCES := $(shell find $(addprefix Sources/,Libc Indicators Calendar Records Messaging Market StrategyIR Artifacts \
	StrategyVM Trading FXCore FIX FxaotExports) -name '*.swift') \
	Package.swift $(C_HEADERS) $(wildcard Sources/CThread/*)
KERNEL_SOURCES := $(shell find Sources/Indicators -name '*.swift')
# The compiled scripts of the strategies: they run in Erlang when the NIF does not load.
PROGRAMS := $(patsubst %.pine,%.fxir,$(wildcard priv/strategies/*.pine))
TOOL_SOURCES := $(NATIVE_SOURCES) $(shell find Sources -name '*.swift') $(wildcard Sources/C*/*)

# For the rebar3 hook: it does not build again what make has just built.
export FXAOT_NATIVE_BUILT

.DEFAULT_GOAL := all
# Two Swift builds at once would wait for each other's lock.
.NOTPARALLEL:
.PHONY: all help edoc docs pictures coverage setup native tool artifacts erlang catalogue demo demo-dashboard demo-fix test lint test-swift test-erlang test-c test-readme \
	test-release test-library test-telemetry test-fix test-web test-tiers test-scripts test-tsan bench bench-messaging messaging-bench script-bench trace-data soak chaos-otp chaos sim conformance clean

all: setup native tool erlang ## Build everything: priv/, bin/fxaot and the Erlang application

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  make demo DATA=path   with quotes of your own (zip, gz, csv; a file or a folder)"
	@echo "  make CPU=native       for this machine's processor only (default: $(or $(CPU),any))"

setup: ## Install missing packages (Debian, Ubuntu), or name them
	@scripts/setup

# ---- the native side ---------------------------------------------------------------------

native: priv/fxaot_nif.so priv/fxaot priv/kernels $(PROGRAMS) erlang/include/fxaot_abi.hrl ## libfxaot.so, the NIF and the tool, into priv/

priv/libfxaot.so: $(NATIVE_SOURCES)
	$(SWIFT_RELEASE) --product fxaot -Xlinker -z -Xlinker nodelete
	@mkdir -p priv
	@cp $(RELEASE_DIR)/libfxaot.so $@.new && $(STRIP) $@.new && mv $@.new $@

# It needs the libfxaot.so in its own folder by its path, not by its name: so that after an upgrade it finds that of the
# new version, and not the one that is loaded already.
priv/fxaot_nif.so: $(OBJECTS) priv/libfxaot.so
	@mkdir -p '_build/native/$$ORIGIN' && ln -sf ../../../priv/libfxaot.so '_build/native/$$ORIGIN/'
	cd _build/native && $(CC) -shared -o fxaot_nif.so $(notdir $(OBJECTS)) '$$ORIGIN/libfxaot.so' -Wl,-z,now,-z,nodelete
	@mv _build/native/fxaot_nif.so $@

_build/native/%.o: c_src/%.c $(C_HEADERS)
	@mkdir -p $(@D)
	$(CC) $(NIF_CFLAGS) $$(scripts/erlang-include) -Ic_src/include -c $< -o $@

# One number, in one place: fxaot.h.
erlang/include/fxaot_abi.hrl: c_src/include/fxaot.h
	@sed -n 's/^#define FXAOT_ABI_VERSION \([0-9]*\)u.*/-define(FXAOT_ABI_VERSION, \1)./p' $< > $@

tool: bin/fxaot ## The command-line tool, into bin/

bin/fxaot: $(TOOL_SOURCES)
	$(SWIFT_RELEASE) --product fxaot-tool
	@mkdir -p bin
	@cp $(RELEASE_DIR)/fxaot-tool $@.new && $(STRIP) $@.new && mv $@.new $@

# Next to the NIF, so that a release can compile the scripts that it deploys.
priv/fxaot: bin/fxaot
	@mkdir -p priv
	@cp $< $@.new && mv $@.new $@

# The sources of the kernels, for the tool. Copied as a whole, so that no removed kernel stays.
priv/kernels: $(KERNEL_SOURCES) $(C_HEADERS)
	@rm -rf $@ $@.new && mkdir -p $@.new
	@cp -R Sources/Indicators $@.new/Indicators && cp -R c_src/include $@.new/include
	@mv $@.new $@

# The artifacts of priv/strategies, so that a release needs no compiler.
artifacts: priv/artifacts/made ## Native code of the scripts in priv/strategies, into priv/artifacts/

priv/artifacts/made: bin/fxaot priv/kernels $(wildcard priv/strategies/*.pine)
	@rm -rf $(@D)
	@bin/fxaot compile priv/strategies -o $(@D)
	@touch $@

priv/strategies/%.fxir: priv/strategies/%.pine bin/fxaot
	bin/fxaot check --emit binary $< -o $@.new && mv $@.new $@

erlang: native ## Compile the Erlang application
	@FXAOT_NATIVE_BUILT=1 rebar3 compile

catalogue: tool ## Write the tables and names from the language's catalogue
	@scripts/catalogue

# ---- running it --------------------------------------------------------------------------

demo: all ## Four strategies live: on a simulated EURUSD, or on DATA=path
	@erl -noshell -pa _build/default/lib/fxaot/ebin -eval 'fxaot_demo:main(init:get_plain_arguments())' \
		-extra $(if $(DATA),"$(DATA)")

PORT ?= 8470

demo-dashboard: all ## The dashboard with the simulated market, at PORT=8470
	@erl -noshell -pa _build/default/lib/fxaot/ebin -eval 'fxaot_dashboard_demo:main(init:get_plain_arguments())' -extra $(PORT)

demo-fix: erlang ## An engine trades with a broker on QuickFIX over FIX 4.4 (installs libquickfix-dev)
	@scripts/demo-fix

bench: all messaging-bench script-bench ## Measure every speed: one table and _build/bench.json
	@Benchmarks/run

bench-messaging: messaging-bench ## Measure the rings, the registry and a worker's hop: name, value, unit
	@$(RELEASE_DIR)/MessagingBench

# The Swift build itself decides: it builds nothing when nothing has changed. Its words are no part
# of the table on the standard output.
messaging-bench:
	@$(SWIFT_RELEASE) --product MessagingBench >&2

script-bench:
	@$(SWIFT_RELEASE) --product ScriptBench >&2

soak: all ## Run everything under full load for SECONDS=600 and check the sums
	@scripts/soak $(SECONDS) $(SEED)

chaos-otp: all ## Kill every process of the application at random under load for SECONDS=600
	@scripts/chaos-otp $(SECONDS) $(SEED)

KILLS ?= 200

chaos: all ## Kill -9 a node with a journal at random under load, KILLS=200 times
	@FXAOT_NATIVE_BUILT=1 FXAOT_KILLS=$(KILLS) rebar3 ct --suite erlang/test/fxaot_journal_SUITE --case killed_nodes

RUNS ?=

sim: all ## Engines with a journal in a simulated node, RUNS=10000 from a seed: SEED=17 is one run again
	@scripts/sim "$(SEED)" "$(RUNS)"

conformance: tool ## Compare the conformance scripts' trades with TradingView's: docs/conformance.md
	@scripts/conformance docs/conformance.md

# ---- tests -------------------------------------------------------------------------------

test: all lint test-swift test-tiers test-library test-c test-erlang test-release test-readme ## All tests and checks
	@echo "All tests and checks passed."

lint: ## Check the format of the Swift and C code; scripts/lint --fix mends it
	@scripts/lint

test-swift: ## The native side alone; needs no Erlang
	$(SWIFT_TEST)

test-tiers: tool priv/kernels ## The same trades from native code as from the VM, over the conformance scripts
	@scripts/check-tiers

SCRIPTS ?= 10000

test-scripts: ## Random scripts in the VM and in an interpreter of their text: SCRIPTS=10000
	FXAOT_SCRIPTS=$(SCRIPTS) swift test --filter ScriptOracleTests

test-tsan: ## Rings, registry and actors under ThreadSanitizer
	swift test --sanitize=thread --scratch-path .build-tsan --filter Messaging

test-library: native ## What the shared libraries need and export
	scripts/check-library

test-c: native ## Build and run the plain C example
	scripts/check-c-example

# The Swift build itself decides: it builds nothing when nothing has changed.
trace-data: ## What the VM does on random programs, for the evaluator in Erlang to be compared with
	$(SWIFT_RELEASE) --product TraceData

test-erlang: erlang trace-data ## xref, dialyzer, EUnit, Common Test and PropEr
	FXAOT_NATIVE_BUILT=1 rebar3 do xref, dialyzer, eunit, ct

edoc: erlang ## Pages of the public Erlang modules, into doc/
	@FXAOT_NATIVE_BUILT=1 rebar3 edoc

# Suites that start nodes of their own or look for a module's file do not run on instrumented modules.
comma := ,
empty :=
COVERED := $(subst $(empty) ,$(comma),$(patsubst %,erlang/test/fxaot_%_SUITE,api crash group nif supervised))

coverage: erlang ## How much of erlang/src EUnit and the suites COVERED run, module by module
	FXAOT_NATIVE_BUILT=1 rebar3 eunit --cover
	FXAOT_NATIVE_BUILT=1 rebar3 ct --cover --suite $(COVERED)
	FXAOT_NATIVE_BUILT=1 rebar3 cover --verbose

test-telemetry: erlang ## Metrics and traces with real receivers (installs Prometheus)
	@scripts/test-telemetry

test-fix: erlang ## The FIX gateway against QuickFIX (installs libquickfix-dev)
	@scripts/test-fix

test-web: all ## Pages in a real browser (installs chromium); screenshots in _build/web
	@scripts/test-web

docs: all ## The documents as a site, in _build/docs/site
	@scripts/docs

pictures: all ## Make the README's pictures anew, into docs/pictures
	@PYTHONDONTWRITEBYTECODE=1 "$$(scripts/web-python)" Tests/web/pictures.py

test-release: erlang artifacts ## Boot a release; build example projects that depend on fxaot
	erlang/test/release_test
	erlang/test/dependency_test

test-readme: all ## Run the commands and sessions of README.md and docs/
	@scripts/check-readme

clean: ## Remove all that was built
	rm -rf .build .build-tsan _build bin priv/fxaot priv/kernels priv/artifacts priv/*.so doc erlang/include/fxaot_abi.hrl erlang/test/*.beam
