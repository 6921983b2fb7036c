"""What the open pipeline will bring: wins and revenue of the leads that are open today.

A share of the past applied to all open leads is wrong twice: open leads have come some way already, and the slow ones
are over-represented. Here each stage is left at a daily rate that depends on how long a lead has been in it: a
discrete-time hazard with competing ends, the next stage or the loss (Singer and Willett 1993, Journal of Educational
Statistics 18(2), 155–195). Within a band of ages the rate is the number that left over the days that leads spent there,
so leads that are still open count as long as they were seen. An open lead's chance to be won within h days follows
backwards from the last stage,

    V(stage, age, h) = Σ rate(to, age) V(to, 0, h) + (1 − Σ rate(to, age)) V(stage, age + 1, h − 1).

The range of the forecast holds both that leads are few and that the rates are estimated. It cannot hold what changes:
where decisions have a season, an average year's rates are wrong for any one quarter, and are better learnt from months
like those to come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.estimation import Vector, count_interval, errors_of
from crmlab.labels import word
from crmlab.pipeline.stages import Rates, open_leads, read_stays, stage_rates
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STAGES = ("lead", "qualified", "proposal")
HORIZONS = (30.0, 90.0, 180.0, np.inf)


@dataclass(frozen=True, eq=False, repr=False)
class PipelineForecast(Result):
    """Expected wins and revenue of the open leads.

    Attributes
    ----------
    table
        Index `days` from today, infinite for "ever"; `wins`, the `error` of that expectation, and `low` to `high`, in
        which the number of wins falls in 95 of 100 cases; with amounts also `revenue`, `revenue_low`, `revenue_high`.
    leads
        One row an open lead: `stage`, `age` (days in it) and `chance`, to be won ever.
    rates
        One row a stage, band of ages and end: `since` (age in days at which the band begins), `days` at risk, `left`,
        and the daily `rate` with its 95 % interval.

    Examples
    --------
    >>> days = pd.to_datetime(["2025-01-01", "2025-01-05", "2025-01-01", "2025-01-03", "2025-01-04"])
    >>> events = pd.DataFrame({"lead_id": list("aabbc"), "stage": ["lead", "won", "lead", "lost", "lead"],
    ...                        "reached_on": days})
    >>> forecast = PipelineForecast.fit(events, "2025-01-05", stages=["lead"])
    >>> float(forecast.summary().loc[float("inf"), "wins"])
    0.5
    """

    table: pd.DataFrame
    leads: pd.DataFrame
    rates: pd.DataFrame

    @classmethod
    def fit(
        cls,
        stage_events: Any,
        observation_end: str,
        stages: Sequence[str] = STAGES,
        horizons: Sequence[float] = HORIZONS,
        amounts: Any = None,
        months: Sequence[int] = range(1, 13),
    ) -> Self:
        """Estimate the rates from all leads, and forecast what comes of those still open.

        Parameters
        ----------
        stage_events
            One row an event, no counts: `lead_id`, `stage`, `reached_on`; the stages end with `won` or `lost`.
        observation_end
            Today: the last day on which an event could have been seen, as ISO text. Later events are left out.
        stages
            The open stages in order. One may be skipped.
        horizons
            Days from today; infinite for "ever".
        amounts
            What deals that were won brought, one number each: an open lead is expected to bring their mean. How much
            deals differ widens the range of the revenue.
        months
            The months of the year (1 to 12) from which rates are learnt: those that resemble the months to come.

        Raises
        ------
        ValueError
            If a column is missing or empty, no lead is open, nobody was won, or a stage was never left.
        """
        stays = read_stays(stage_events, stages, pd.Timestamp(observation_end))
        rates = stage_rates(stays, stages, months)
        leads = open_leads(stays, stages)
        days = _horizons(horizons)
        where = leads["number"].to_numpy(int), leads["age"].to_numpy(int) + 1

        def chances(values: Vector) -> Vector:
            return _chances(rates, values, days, *where)

        chance = chances(rates.values)
        wins = chance.sum(axis=1)
        error = errors_of(lambda values: chances(values).sum(axis=1), rates.values, rates.covariance)
        variance = (chance * (1 - chance)).sum(axis=1) + error**2
        low, high = count_interval(wins, variance)
        table = pd.DataFrame({"wins": wins, "error": error, "low": low, "high": high}, pd.Index(days, name="days"))
        ever = _chances(rates, rates.values, np.array([np.inf]), *where)[0]
        known = leads.drop(columns="number").assign(chance=ever)
        return cls(table.assign(**_revenue(wins, variance, amounts)), known, rates.table)

    def summary(self) -> pd.DataFrame:
        """Return the forecast, rounded."""
        digits = {name: 0 if "revenue" in str(name) else 1 for name in self.table}
        return self.table.round(digits)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the expected wins of the open leads by horizon, with the range in which they should fall."""
        drawn = self.table.rename(columns={"wins": "estimate"})[["estimate", "low", "high"]]
        drawn.index = pd.Index([_named(days) for days in self.table.index])
        ax = plots.dots(drawn, ax, word("What will the open pipeline bring?"), word("wins of the open leads"))
        ax.set_xlim(0, None)
        return ax


def _horizons(horizons: Sequence[float]) -> Vector:
    days = np.asarray(horizons, float)
    if days.size == 0 or (days < 0).any() or np.isnan(days).any():
        raise ValueError("horizons are days from today, 0 or more")
    return days


def _named(days: float) -> str:
    return word("ever") if np.isinf(days) else word("within {days} days").format(days=f"{days:g}")


def _revenue(wins: Vector, variance: Vector, amounts: Any) -> dict[str, Vector]:
    """Return the revenue and its range: leads that win or not, deals that differ, and a mean that is estimated."""
    if amounts is None:
        return {}
    paid = np.asarray(amounts, float)
    if paid.ndim != 1 or len(paid) < 2 or not np.isfinite(paid).all():
        raise ValueError("amounts need at least two finite numbers: what won deals brought")
    mean, spread = paid.mean(), paid.var(ddof=1)
    low, high = count_interval(mean * wins, mean**2 * variance + spread * (wins + wins**2 / len(paid)))
    return {"revenue": mean * wins, "revenue_low": low, "revenue_high": high}


def _chances(rates: Rates, values: Vector, days: Vector, number: Vector, age: Vector) -> Vector:
    """Return each open lead's chance to be won within each horizon: one row a horizon, one column a lead.

    From the last band of ages on, rates stay as they are, so all older ages are one.
    """
    daily, size = rates.daily(values)
    spans = [int(span) for span in days if np.isfinite(span)]
    ever = _backwards(daily, size, None)
    within = _backwards(daily, size, max(spans)) if spans else []
    place = np.minimum(age, size - 1)
    rows = []
    for span in days:
        found = ever if np.isinf(span) else within[int(span)]
        rows.append(found[number, place])
    return np.array(rows)


def _backwards(daily: Vector, size: int, last: int | None) -> Any:
    """Return V(stage, age) for ever, or for 0 to `last` days as a list.

    `daily` holds the rates by stage, age and end; the ends are the later stages, won and lost.
    """
    stages = len(daily)
    stay = 1 - daily.sum(axis=2)
    if last is None:
        ever = np.zeros((stages, size))
        for stage in range(stages - 1, -1, -1):
            gain = daily[stage, :, :stages] @ ever[:, 0] + daily[stage, :, stages]
            ever[stage, -1] = gain[-1] / (1 - stay[stage, -1])
            for age in range(size - 2, -1, -1):
                ever[stage, age] = gain[age] + stay[stage, age] * ever[stage, age + 1]
        return ever
    found = [np.zeros((stages, size))]
    for _ in range(last):
        later = np.concatenate([found[-1][:, 1:], found[-1][:, -1:]], axis=1)
        now = np.zeros((stages, size))
        for stage in range(stages - 1, -1, -1):
            now[stage] = daily[stage, :, :stages] @ now[:, 0] + daily[stage, :, stages] + stay[stage] * later[stage]
        found.append(now)
    return found
