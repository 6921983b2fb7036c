"""A company looked at before anything is concluded from it: `check`.

- what the tables hold: kinds, ranges, what is missing, what is suspiciously constant (`columns`);
- rows that repeat, references to nothing (`keys`); months that leap, stretches without rows (`volume`);
- columns that seem to hold personal data (`personal`, `identifiers`), and a copy without them (`masking`, `keyfile`);
- which lessons run, what would open the others (`runnable`), and whether there is enough data to believe them by
  published rules (`criteria`, `evidence`).

A check says what looks wrong in the data. It cannot say that nothing is wrong.
"""

from __future__ import annotations

from crmlab.checking.keyfile import key_of
from crmlab.checking.masking import pseudonymize
from crmlab.checking.result import Check, check

__all__ = ["Check", "check", "key_of", "pseudonymize"]
