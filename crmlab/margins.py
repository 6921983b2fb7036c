"""What contracts earn within a horizon, when most of them still run.

The mean margin times the mean months is not what a customer earns: whoever costs less to serve often stays longer as
well, and the product pairs the margin of one customer with the months of another. So the money is added up month by
month, each customer's own. A month of life counts only contracts that began early enough to be seen in it. Those that
left before are among them, with nothing; those that joined lately are not, because nobody knows yet. That is the idea
of Bang and Tsiatis (2000, Biometrika 87(2), 329–343), made simple by the calendar: how long a contract could have been
seen is known for every one of them.

It needs what Kaplan–Meier needs: those who joined lately will do as those did who joined before.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.contracts import completed_months, contract_durations
from crmlab.engines import need, numbers
from crmlab.estimation import Z95
from crmlab.sampling import staggered_means


def margin_within(
    contracts: pd.DataFrame,
    observation_end: str | pd.Timestamp,
    months: int,
    by: str | None = None,
    margin: str = "monthly_margin",
) -> pd.DataFrame:
    """Return what a contract earns on average within its first months, with a 95 % interval, not discounted.

    Parameters
    ----------
    contracts
        Columns `started_on`, `ended_on` (empty while the contract runs), the margin, and `by`.
    observation_end
        Last day seen.
    months
        Horizon, from the start of each contract. A contract earns in each month that it begins.
    by
        Column that forms groups.
    margin
        Column with the margin of each month, which may be negative.

    Returns
    -------
    DataFrame
        Columns `estimate`, `low`, `high` in the currency of the margin, and `contracts` that began; a row a group.

    Raises
    ------
    ValueError
        If a column is missing, a margin is no finite number, or no contract could be seen for so many months.

    Examples
    --------
    >>> both = pd.DataFrame({"started_on": ["2025-01-15", "2025-01-15"], "ended_on": [None, "2025-02-10"]})
    >>> both = both.apply(pd.to_datetime).assign(monthly_margin=[30.0, 10.0])
    >>> margin_within(both, "2025-12-31", months=3)["estimate"].to_list()
    [50.0]
    """
    need(contracts.columns, [margin, *([by] if by else [])], "contracts")
    numbers(contracts[[margin]])
    known = contract_durations(contracts, observation_end)
    known["followed"] = completed_months(known["started_on"], pd.Timestamp(observation_end))
    groups = known.groupby(by, observed=True) if by else [("all", known)]
    rows = {name: _mean(rows, margin, months) for name, rows in groups}
    columns = ["estimate", "low", "high", "contracts"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis(by)


def _mean(rows: pd.DataFrame, margin: str, months: int) -> tuple[float, float, float, int]:
    """Return estimate, interval and number of contracts of one group."""
    begun = rows["duration"].to_numpy() + ~rows["churned"].to_numpy()  # months, with the one that still runs
    earned = rows[margin].to_numpy(float)[:, None] * (begun[:, None] > np.arange(months))
    mean, moved = staggered_means(earned, rows["followed"].to_numpy())
    total, reach = mean.sum(), Z95 * np.sqrt((moved.sum(axis=1) ** 2).sum())
    return total, total - reach, total + reach, len(rows)
