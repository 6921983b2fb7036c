"""A/B tests: two groups drawn at random, one of them treated otherwise, and how often the result may be looked at.

- `two_groups`: `ABTest`, two shares compared once, at the end;
- `looks`: what looking early and often does to the promise of 5 %, and boundaries that keep it where the looks are
  planned (alpha spending);
- `sequential`: `SequentialTest`, an interval that stays true however often and whenever one looks.
"""

from crmlab.ab_test.looks import peeking_false_alarms, spending_boundaries
from crmlab.ab_test.sequential import SequentialTest
from crmlab.ab_test.two_groups import ABTest, count_units

__all__ = ["ABTest", "SequentialTest", "count_units", "peeking_false_alarms", "spending_boundaries"]
