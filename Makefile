# Each target is a verb of scripts/bootstrap.py, which works without make too: python scripts/bootstrap.py lab
VERBS := lab course test install outputs exercises data docs calibrate bench lint lock
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
ifndef PYTHON
PYTHON := $(shell for need in "import ensurepip, venv" pass; do for name in python3.13 python3.12 python3.11 python3 python; do \
	if $$name -c "$$need; $(FITS)" >/dev/null 2>&1; then command -v $$name; exit; fi; done; done)
endif

.PHONY: help $(VERBS)

help:
	@echo "make VERB, where VERB is one of: $(VERBS)"

$(VERBS):
	@if [ -z "$(PYTHON)" ]; then echo "crmlab needs Python 3.11, 3.12 or 3.13, and none was found: get one from python.org." >&2; exit 1; fi
	@"$(PYTHON)" scripts/bootstrap.py $@ $(ARGS)
