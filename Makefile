# Everything runs from .venv, which is made by itself, and anew when requirements-dev.lock changes.
#   make run      the bot on Telegram, or in the terminal when no token is set
#   make test     the tests, with branch coverage
#   make check    format, lint, types, imports
#   make eval     score the answers against the gold questions over the seeds, but for those held out
#                 (make eval COLLECTION=folder for folder/*.jsonl over folder/corpus)
#   make test-chaos  what goes wrong in the field, in full: killed, cut off, full disks, many questions (ten minutes)
#   make test-deploy  the container, on a Docker Engine (four minutes)
#   make soak     100,000 questions in one run, as fast as they are answered (half an hour)
#   make fuzz     a million messages, updates and article files at random (an hour; make fuzz FUZZ=n for so many)
#   make audit    the code by bandit, the locked packages by pip-audit, where its data can be reached
#   make load     500 chats ask three questions each at Telegram's true pace (a minute and a half)
#   make bench    start-up time, time to answer, memory; then the same over made-up archives of up to 200,000 passages,
#                 beside other indexes, into docs/benchmarks (five minutes)
#   make bench-million  the same over 1,000,000 passages (ten minutes, 3 GB of memory, 4 GB of disk)
#   make translations  bring prompts/locale up to date with the templates, and list what has no translation
#   make picture  draw docs/chat.svg anew
#   make lock     pin the dependencies anew (make lock UPGRADE=--upgrade for newer versions)
#   make clean    remove .venv and what the tools leave behind

BIN := .venv/bin
DEPENDENCIES := .venv/dependencies
INSTALLED := .venv/installed
UPGRADE :=
COLLECTION :=
FUZZ := 1000000
gold = $(sort $(filter-out %/seeds-held-out.jsonl,$(wildcard tests/data/seeds-*.jsonl)))

# The first Python that is new enough and can make a virtual environment: PYTHON if given, else the usual names.
usable := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
candidates = $(or $(PYTHON),python3 python3.13 python3.12 python3.11)
python = $(or $(shell for name in $(candidates); do \
	"$$name" -c '$(usable)' >/dev/null 2>&1 </dev/null && echo "$$name" && break; done),$(error $(needs_python)))
needs_python = Dateline needs Python 3.11 or newer with its venv module: install it (Debian, Ubuntu: apt install \
python3 python3-venv; macOS: brew install python), or name one: make install PYTHON=/path/to/python3

.PHONY: install run test check eval test-chaos chaos-kills chaos-others test-deploy soak fuzz audit load bench bench-million translations picture lock clean
.DELETE_ON_ERROR:

install: $(INSTALLED)

# Installing reads nothing from standard input and says nothing on standard output: `make run` needs both.
$(DEPENDENCIES): requirements-dev.lock
	@python="$(python)"; echo "Setting up .venv, once; this takes a minute" >&2; \
	"$$python" -m venv --clear .venv </dev/null >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock </dev/null >&2
	@touch $@

$(INSTALLED): $(DEPENDENCIES) pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation --editable . </dev/null >&2
	@touch $@

run: install
	@$(BIN)/dateline run

test: install
	@$(BIN)/coverage run -m pytest
	@$(BIN)/coverage report

check: install
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

eval: install
	@$(BIN)/dateline eval $(if $(COLLECTION),"$(COLLECTION)"/*.jsonl --corpus "$(COLLECTION)/corpus",$(gold) --corpus seeds)

chaos = CHAOS=full $(BIN)/python -m pytest -rs
apart := tests/test_chaos_kills.py tests/test_chaos_load.py

# The kills take half of the time, beside the others; how long people wait is measured when nothing else runs.
test-chaos: install
	@$(MAKE) --jobs=2 --output-sync chaos-kills chaos-others
	@$(chaos) tests/test_chaos_load.py

chaos-kills: install
	@$(chaos) tests/test_chaos_kills.py

chaos-others: install
	@$(chaos) $(filter-out $(apart),$(sort $(wildcard tests/test_chaos_*.py))) tests/test_fuzz.py

test-deploy: install
	@$(chaos) tests/test_deploy.py

soak: install
	@SOAK=full $(BIN)/python -m pytest tests/test_chaos_load.py -k grow

fuzz: install
	@$(BIN)/python tests/fuzzing.py $(FUZZ)

# Low findings and B608 are ruff's too, which runs in `make check`, and they are answered there.
audit: install
	@$(BIN)/bandit --quiet --severity-level medium --skip B608 --recursive bot evaluation retrieval
	@.ci/audit

load: install
	@LOAD=full $(BIN)/python -m pytest tests/test_telegram_load.py

bench: install
	@$(BIN)/python -m evaluation.bench
	@$(BIN)/python -m evaluation.scaling

bench-million: install
	@$(BIN)/python -m evaluation.scaling --sizes 1000000

translations: install
	@$(BIN)/python -m bot.catalogs

drawing := import sys, pathlib; from bot.settings import load; from bot.terminal import picture; \
	pathlib.Path(sys.argv[1]).write_text(picture(load(), sys.argv[2:]), encoding="utf-8")

picture: install
	@mkdir -p docs
	@$(BIN)/python -c '$(drawing)' docs/chat.svg "Who leads the coalition of the willing?" "Where does Macron propose to meet?"

pin = CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --strip-extras --no-emit-options --allow-unsafe \
	--generate-hashes

lock: install
	@$(pin) $(UPGRADE) --output-file requirements.lock pyproject.toml
	@$(pin) $(UPGRADE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	@$(pin) --only-build-deps --build-deps-for wheel --constraint requirements-dev.lock \
		--output-file requirements-build.lock pyproject.toml

clean:
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage dist
	@find bot evaluation retrieval tests -name __pycache__ -prune -exec rm -rf {} +
