"""Segments: sorting customers, and whether the sorting is worth acting on.

`Rules` sorts by conditions that are written down (`at_least`, `at_most`, `between`, `equals`, `one_of`, put together by
&, | and ~) and puts each segment to four tests. `RFM` scores recency, frequency and money. `Mixture` looks for classes
that no table names, on measures such as `log_ratios` of what was bought. `Lift` says what is bought together and what
next. And where departments sort in ways of their own, `Agreement` says how far they agree and `DisagreementPrice` what
it costs that they do not.
"""

from __future__ import annotations

from crmlab.segments.agreement import Agreement
from crmlab.segments.conditions import Condition, at_least, at_most, between, equals, one_of
from crmlab.segments.disagreement import DisagreementPrice
from crmlab.segments.lift import Lift
from crmlab.segments.mixture import Mixture, log_ratios
from crmlab.segments.rfm import RFM
from crmlab.segments.rules import Rules

__all__ = [
    "RFM",
    "Agreement",
    "Condition",
    "DisagreementPrice",
    "Lift",
    "Mixture",
    "Rules",
    "at_least",
    "at_most",
    "between",
    "equals",
    "log_ratios",
    "one_of",
]
