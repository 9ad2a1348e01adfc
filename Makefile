# `make run` and `make test` do everything on a fresh machine: python3 (3.11 or later) with venv, and Node 20.
.DEFAULT_GOAL := help
.PHONY: help run test check bench eval weights screenshots architecture questions languages taxonomy vendor func lock check-locks clean
PYTHON ?= python3
BIN := .venv/bin
# Three workers for two cores, at most four: many tests wait for servers. The tests of a module share servers, so a
# module runs in one worker.
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
PARALLEL := -n $(shell workers=$$(($(CORES) * 3 / 2)); echo $$((workers > 4 ? 4 : workers))) --dist loadfile

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-11s %s\n", $$1, $$2}'

run: .venv/localhost.stamp node_modules/azurite.stamp  ## serve a portfolio at http://localhost:7071, without an account
	@$(BIN)/python -m tools.run

# Microsoft's own language worker comes for Python 3.13; its tests are skipped where there is none.
PYTHON313 := $(firstword $(wildcard $(HOME)/.pyenv/versions/3.13*/bin/python3) $(shell command -v python3.13))

test: .venv/dev.stamp node_modules/dev.stamp $(if $(PYTHON313),.venv-worker/ready.stamp)  ## the whole suite: real storage, real replay, real HTTP
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/pytest $(PARALLEL) --cov

check: .venv/dev.stamp node_modules/dev.stamp  ## lint, types and the tests that need no server
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/pytest -q $(PARALLEL) -m "not server"

bench: .venv/dev.stamp node_modules/dev.stamp  ## measure, beside the targets; SUITES=engine for some of it
	@$(BIN)/python -m benchmarks $(SUITES)

eval: .venv/dev.stamp  ## the ranking on judged portfolios, beside BM25F and TF-IDF; PORTFOLIOS=DIR for more
	@$(BIN)/python -m evaluation

weights: .venv/dev.stamp  ## fit the ranking's weights on judged portfolios; PORTFOLIOS=DIR for more
	@$(BIN)/python -m evaluation.weights

screenshots: .venv/dev.stamp node_modules/azurite.stamp  ## the pictures of the README, of the page as it is; needs Chromium
	@$(BIN)/python -m tools.screenshots

architecture: .venv/dev.stamp  ## draw docs/images/architecture.svg from the layers and the imports
	@$(BIN)/python -m tools.architecture_picture

questions: .venv/dev.stamp  ## write docs/questions.md: what can be asked, and what the sample answers
	@$(BIN)/python -m tools.questions_page

languages: node_modules/dev.stamp  ## the tables of languages and of vendored files, from GitHub linguist's lists
	@node relevance/data/languages.mjs && node bundles/data/languages.mjs && node bundles/data/vendored.mjs

taxonomy: node_modules/dev.stamp  ## names, kinds and packages of technologies, and English words, from lists on npm
	@node relevance/data/taxonomy.mjs && node relevance/data/english.mjs

SWAGGER_UI := swagger-ui-bundle.js swagger-ui-bundle.js.LICENSE.txt swagger-ui.css LICENSE NOTICE
vendor: node_modules/dev.stamp  ## the files of Swagger UI that the API's page loads, from npm
	@cp $(SWAGGER_UI:%=node_modules/swagger-ui-dist/%) web/vendor/swagger-ui/
	@node -p 'require("swagger-ui-dist/package.json").version' > web/vendor/swagger-ui/VERSION

func: .venv/localhost.stamp  ## the app in Azure Functions Core Tools, where they are installed
	. $(BIN)/activate && func start

LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-strip-extras --no-header \
	--no-emit-index-url --no-emit-find-links --upgrade --python-version
APP := 3.11 pyproject.toml
lock: .venv/dev.stamp  ## newest allowed versions into the lock files
	$(LOCK) $(APP) -o requirements.txt
	$(LOCK) $(APP) --group localhost -c requirements.txt -o requirements-localhost.txt
	$(LOCK) $(APP) --group dev -c requirements-localhost.txt -o requirements-dev.txt
	$(LOCK) 3.13 --group worker -c requirements.txt -o requirements-worker.txt

check-locks: .venv/dev.stamp  ## let pip resolve every lock file on every Python found here; installs nothing
	@$(BIN)/python -m tools.check_locks

clean:  ## remove everything that the other commands made
	rm -rf .coverage .venv .venv-* node_modules .localhost .mypy_cache .pytest_cache .ruff_cache .hypothesis

# pip says nothing while it works; on a fresh machine these take a minute.
.venv/bin/python:
	@echo "Creating .venv …"
	@$(PYTHON) -c 'import sys; sys.exit("portfolio-api needs Python 3.11 or later, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv .venv

.venv/localhost.stamp: requirements-localhost.txt | .venv/bin/python
	@echo "Installing the app and its local host into .venv …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/dev.stamp: requirements-dev.txt | .venv/bin/python
	@echo "Installing the app, its local host, and what tests it into .venv …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@ .venv/localhost.stamp

.venv-worker/ready.stamp: requirements.txt requirements-worker.txt
	@echo "Installing the app and Microsoft's language worker into .venv-worker …"
	@$(PYTHON313) -m venv --clear .venv-worker
	@.venv-worker/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes $(^:%=-r %)
	@touch $@

node_modules/azurite.stamp: package-lock.json
	@echo "Installing Azurite, the Azure Storage emulator, into node_modules …"
	@npm ci --silent --omit=dev
	@touch $@

node_modules/dev.stamp: package-lock.json
	@echo "Installing Azurite and what data, pages and tests are made from into node_modules …"
	@npm ci --silent
	@touch $@ node_modules/azurite.stamp
