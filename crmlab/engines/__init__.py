"""The same question put to any engine: rows grouped and counted where they lie.

narwhals writes one expression for pandas, polars, DuckDB and Spark. The engine is asked only to filter, group and
count; what comes back is small and is checked and reckoned with in pandas. `columns` holds the checks of what came
back, `frames` the way from an engine's frame and back to pandas, and `purchases`, `spans` and `events` what is counted
of orders, contracts and the events of a funnel. `files` opens files that do not fit into memory, with DuckDB, and
`cluster` opens them on Spark.
"""

from crmlab.engines.columns import arrays, counts_of, days, need, numbers, refuse_gaps, truths
from crmlab.engines.frames import collect, columns_of, to_pandas
from crmlab.engines.purchases import group_customers, purchase_days

__all__ = [
    "arrays",
    "collect",
    "columns_of",
    "counts_of",
    "days",
    "group_customers",
    "need",
    "numbers",
    "purchase_days",
    "refuse_gaps",
    "to_pandas",
    "truths",
]
