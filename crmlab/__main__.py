"""Lets ``python -m crmlab`` do what ``crmlab`` does."""

from __future__ import annotations

import sys

from crmlab.cli import main

sys.exit(main())
