"""The uplift of each customer, from a randomised experiment.

What an offer changes for one customer is never seen; its mean over customers who look alike is, where a draw decided
who got the offer. `Uplift` learns that mean as a function of what was known before the draw, and scores each customer
with models that have not seen that customer (`crossfit`). So every number that is computed from the scores (the Qini
curve, effects by fifths of the score, the value of a rule) is as honest as one from new customers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.engines import need
from crmlab.estimation import Vector
from crmlab.labels import word
from crmlab.result import Result
from crmlab.targeting.crossfit import LEARNERS, canonical, deal, doubly_robust, two_models
from crmlab.targeting.design import matrix, numbers_of, read_experiment
from crmlab.targeting.policy import PolicyValue
from crmlab.targeting.qini import Qini

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FIFTHS = ("lowest fifth", "second fifth", "middle fifth", "fourth fifth", "highest fifth")


@dataclass(frozen=True, eq=False, repr=False)
class Uplift(Result):
    """The uplift of each customer of an experiment, scored out of fold.

    Attributes
    ----------
    table
        One row a customer: the columns of the experiment, `treated`, `outcome`, `if_treated` and `if_not` (expected
        outcomes), `uplift` (expected change by the treatment) and `fold`. Where the experiment came as counts, they are
        written out.
    learner
        How the uplift was learned.
    qini
        Whether the ranking by uplift finds those whom the treatment changes.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> tried = pd.DataFrame({"plan": rng.choice(["basic", "premium"], 2000), "called": rng.random(2000) < 0.5})
    >>> effect = np.where(tried["plan"] == "premium", 0.2, -0.2) * tried["called"]
    >>> tried["kept"] = rng.random(2000) < 0.6 + effect
    >>> uplift = Uplift.fit(tried, treatment="called", outcome="kept", covariates=["plan"])
    >>> uplift.by_group("plan")["estimate"].round(2).to_dict()
    {'basic': -0.14, 'premium': 0.16}
    >>> offer = uplift.policy(value=100, cost=5)
    >>> offer.groupby(tried["plan"]).mean().to_dict()
    {'basic': 0.0, 'premium': 1.0}
    """

    table: pd.DataFrame
    learner: str
    qini: Qini

    @classmethod
    def fit(
        cls,
        table: pd.DataFrame,
        treatment: str,
        outcome: str,
        covariates: Sequence[str],
        learner: str = "doubly robust",
        seed: int = 0,
    ) -> Self:
        """Learn the uplift from an experiment in which all had the same chance to be treated.

        Parameters
        ----------
        table
            One row a customer, or counts with `customers`.
        treatment
            The column that says who was treated: true or false.
        outcome
            The column with what came of it: true or false, or a number of which more is better.
        covariates
            Columns known before the draw: numbers or texts.
        learner
            "doubly robust" or "two models".
        seed
            Of the folds and of the bootstrap.

        Raises
        ------
        ValueError
            If a column is missing, empty, constant or impossible, an arm has fewer than 50 customers, or the covariates
            tell who was treated.
        """
        if learner not in LEARNERS:
            raise ValueError(f"learner is {learner!r}; choose one of {', '.join(LEARNERS)}")
        rows = read_experiment(table, treatment, outcome)
        values = matrix(rows, covariates)
        treated, result = rows["treated"].to_numpy(bool), rows["outcome"].to_numpy(float)
        order = canonical(values, treated, result)
        fold = deal(treated[order], seed)
        learn = two_models if learner == "two models" else doubly_robust
        learned = [*learn(values[order], treated[order], result[order], fold), fold]
        for name, column in zip(("if_treated", "if_not", "uplift", "fold"), learned, strict=True):
            rows[name] = _back(column, order)
        return cls(rows, learner, Qini.from_scores(rows, "uplift", seed))

    @property
    def effect(self) -> pd.Series:
        """The mean effect of the treatment: `estimate`, `low`, `high` (95 %), by the doubly robust method."""
        gain = PolicyValue.from_experiment(self.table, {}).table.loc["everybody"]
        return pd.Series(gain[["gain", "gain_low", "gain_high"]].to_numpy(), ["estimate", "low", "high"], name="effect")

    def by_group(self, by: str | pd.Series | None = None) -> pd.DataFrame:
        """Return the effect in each group, by comparing the treated with the others: no model is believed.

        Parameters
        ----------
        by
            A column or a series that forms groups; by default the fifths of the score.

        Returns
        -------
        DataFrame
            Index: the groups. Columns `customers`, `predicted` (mean score), `estimate`, `low`, `high` (95 %: Newcombe
            1998 for shares, Welch 1947 for other numbers).

        Raises
        ------
        ValueError
            If the column is missing or empty somewhere, or a group has fewer than two customers in an arm.
        """
        groups = self._groups(by)
        found = {}
        for group, rows in self.table.reset_index(drop=True).groupby(groups.reset_index(drop=True), observed=True):
            arms = [rows.loc[rows["treated"] == arm, "outcome"].to_numpy(float) for arm in (True, False)]
            if min(map(len, arms)) < 2:
                raise ValueError(f"{groups.name}: the group {group} has {len(rows)} customers, too few in one arm")
            found[group] = [len(rows), rows["uplift"].mean(), *_difference(*arms)]
        columns = pd.Index(["customers", "predicted", "estimate", "low", "high"])
        frame = pd.DataFrame.from_dict(found, orient="index", columns=columns)
        frame.index.name = groups.name
        return frame

    def policy(self, value: str | float | pd.Series, cost: str | float | pd.Series) -> pd.Series:
        """Return who should get the offer: those whose uplift is worth more than it costs.

        Parameters
        ----------
        value
            Of one unit of outcome, in currency: a number, a column or a series.
        cost
            Of an offer, in currency; likewise.

        Raises
        ------
        ValueError
            If a column is missing or empty.
        """
        worth, price = numbers_of(self.table, value, "value"), numbers_of(self.table, cost, "cost")
        return pd.Series(self.table["uplift"].to_numpy() * worth > price, self.table.index, name="offer")

    def policy_value(
        self,
        value: str | float | pd.Series,
        cost: str | float | pd.Series,
        policies: Mapping[str, Any] | None = None,
        method: str = "doubly robust",
    ) -> PolicyValue:
        """Return what the offer to those for whom it pays would earn, beside other policies.

        Parameters
        ----------
        value, cost
            As in `policy`.
        policies, method
            As in `PolicyValue.from_experiment`.
        """
        others = dict(policies or {}) | {"by uplift": self.policy(value, cost)}
        return PolicyValue.from_experiment(self.table, others, value, cost, method)

    def summary(self) -> pd.DataFrame:
        """Return the mean effect, the Qini coefficient, and the effect of treating the better half."""
        shown = self.qini.summary().drop(index="effect of treating all")
        effect = self.effect.map(lambda number: float(f"{number:.3g}"))
        return pd.concat([effect.rename("effect of treating all").to_frame().T, shown])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the effect of the treatment by fifths of the score, with 95 % intervals."""
        fifths = self.by_group().iloc[::-1]
        words = word("Whom does the offer change?"), word("effect of the offer (outcome per customer)")
        ax = plots.dots(fifths[["estimate", "low", "high"]], ax, *words)
        ax.axvline(0, color=plots.FAINT, lw=1)
        return ax

    def _groups(self, by: str | pd.Series | None) -> pd.Series:
        if by is None:
            rank = self.table["uplift"].rank(method="average").to_numpy() / (len(self.table) + 1)
            names = pd.Series(pd.cut(rank, [0, 0.2, 0.4, 0.6, 0.8, 1], labels=list(_FIFTHS)), self.table.index)
            return names.rename("score")
        if isinstance(by, str):
            need(self.table.columns, [by], "the experiment")
            by = self.table[by]
        if not by.index.equals(self.table.index):
            raise ValueError(f"{by.name} has an index of its own: give one group for each row of the table")
        if by.isna().any():
            raise ValueError(f"{by.name} is empty in {int(by.isna().sum())} rows: their group is not known")
        return by


def _back(column: Vector, order: Vector) -> Vector:
    back = np.empty_like(column)
    back[order] = column
    return back


def _difference(treated: Vector, others: Vector) -> tuple[float, float, float]:
    """Return the difference of two means with its 95 % interval."""
    from scipy.stats import ttest_ind
    from statsmodels.stats.proportion import confint_proportions_2indep

    estimate = float(treated.mean() - others.mean())
    if np.isin(np.concatenate([treated, others]), (0, 1)).all():
        sizes = treated.sum(), len(treated), others.sum(), len(others)
        low, high = confint_proportions_2indep(*sizes, method="newcomb", compare="diff")
        return estimate, float(low), float(high)
    ends = ttest_ind(treated, others, equal_var=False).confidence_interval(0.95)
    return estimate, float(ends.low), float(ends.high)
