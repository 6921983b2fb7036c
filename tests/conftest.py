"""The exercises that the tests of a question set work on: its module names the set as `SET`."""

from __future__ import annotations

import pytest

import crmlab as crm
from crmlab.exercises import Exercise


@pytest.fixture(scope="module")
def default(request):
    return Exercise(request.module.SET, crm.open_company("subscription"))


@pytest.fixture(scope="module", params=["default", "another seed"])
def q(request, default):
    if request.param == "default":
        return default
    return Exercise(request.module.SET, crm.simulate_company("subscription", customers=1200, seed=5))
