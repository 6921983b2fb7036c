"""What data of one's own ask for, each settled by a named choice and said in a sentence.

`total_rows` works on a sheet as it was read, `settle_rows` on one before its shape is built (repeated rows, time zones,
currencies), `settle` on the tables after (refunds, repeated keys, orphans, ...). These two return new frames and their
findings, and raise one `DataError` with all that was refused. `rows_at` and `tables_at` do the same at a `Desk`, which
collects what is refused.
"""

from __future__ import annotations

from crmlab.intake.choices.desk import Desk
from crmlab.intake.choices.finding import Finding
from crmlab.intake.choices.registry import CHOICES, Choice
from crmlab.intake.choices.settling import rows_at, settle, settle_rows, tables_at, without_refused
from crmlab.intake.choices.totals import total_rows

__all__ = [
    "CHOICES",
    "Choice",
    "Desk",
    "Finding",
    "rows_at",
    "settle",
    "settle_rows",
    "tables_at",
    "total_rows",
    "without_refused",
]
