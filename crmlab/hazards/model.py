"""HazardModel: what makes customers leave sooner, by how much, and what that says of those still there."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.churn import contract_durations
from crmlab.engines import numbers, to_pandas
from crmlab.estimation import Vector, covariance_frame
from crmlab.hazards.baseline import Baseline, Estimate
from crmlab.hazards.calibration import Calibration
from crmlab.hazards.cox import fit_cox
from crmlab.hazards.design import Design, count_histories
from crmlab.hazards.months import fit_months
from crmlab.hazards.proportionality import Proportionality
from crmlab.hazards.ratios import ratio_axis, ratio_table
from crmlab.hazards.scores import Scores
from crmlab.hazards.weibull import fit_weibull
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Kind = Literal["cox", "weibull", "cloglog", "logit"]
KINDS = ("cox", "weibull", "cloglog", "logit")


@dataclass(frozen=True, eq=False, repr=False)
class HazardModel(Result):
    """A regression of the hazard of leaving on what is known of a customer.

    Attributes
    ----------
    table
        One row for each column of the design (`plan: premium`, `fee`): `against` (the reference level, or "one less"),
        `estimate`, `low`, `high` (hazard ratio with its 95 % interval; a ratio of odds where `kind` is "logit"),
        `coefficient` (its logarithm), `standard_error`, `p_value` (Wald).
    kind
        "cox", "weibull", "cloglog" or "logit".
    counts
        What was fitted: `duration`, `churned`, covariates, `customers`.
    design
        How covariates became columns.
    estimate
        The fit in scaled columns.

    Examples
    --------
    >>> months = [1, 2, 3, 5, 8, 2, 4, 6, 9, 9]
    >>> left, plan = [1, 1, 1, 0, 1, 1, 0, 1, 0, 0], ["basic"] * 5 + ["premium"] * 5
    >>> rows = pd.DataFrame({"duration": months, "churned": left, "plan": plan})
    >>> model = HazardModel.fit(rows, ["plan"])
    >>> model.summary()[["against", "estimate", "low", "high"]]
                  against  estimate    low   high
    plan: premium   basic      0.32  0.057  1.796
    >>> model.survival_function({"plan": "basic"}, [3, 8]).round(3).iloc[:, 0].to_list()
    [0.465, 0.152]
    """

    table: pd.DataFrame
    kind: Kind
    counts: pd.DataFrame
    design: Design
    estimate: Estimate

    @classmethod
    def fit(
        cls,
        data: Any,
        covariates: Sequence[str],
        observation_end: str | pd.Timestamp | None = None,
        kind: Kind = "cox",
        reference: Mapping[str, Any] | None = None,
    ) -> HazardModel:
        """Estimate the model by maximum likelihood, from contracts, from rows or from counts.

        Parameters
        ----------
        data
            Contracts (`started_on`, `ended_on`, covariates) where `observation_end` is given, reckoned in months;
            otherwise `duration`, `churned` and covariates, one row a customer or counts with `customers`.
        covariates
            Known when the contract began. Text and true/false become categories; the ratio of a number is that of one
            unit more, so give it in a unit that matters.
        observation_end
            Last day seen.
        kind
            "cox" leaves the hazard over time free, with Efron's treatment of those who leave at one time; "weibull"
            gives it a form that goes on beyond what was observed; "cloglog" and "logit" are regressions over months.
        reference
            The level of a category against which the others are compared; by default its first, in order or sorted.

        Raises
        ------
        ValueError
            If a column is missing, empty or impossible, nobody left, a covariate is constant or follows from others, a
            level lost nobody, or the fit does not converge.
        """
        if kind not in KINDS:
            raise ValueError(f"kind is {kind!r}; choose one of {', '.join(KINDS)}")
        counts = count_histories(data, covariates, observation_end)
        if not counts["churned"].any():
            raise ValueError("nobody left: the data cannot tell who leaves sooner")
        design = Design.of(counts, covariates, reference)
        z, names = design.scaled(counts), list(map(str, design.columns.index))
        estimate = _fit(kind, counts, z, names)
        return cls(ratio_table(design, estimate), kind, counts, design, estimate)

    @property
    def log_likelihood(self) -> float:
        """The log-likelihood at the estimates; partial for Cox, so that kinds do not compare by it."""
        return self.estimate.log_likelihood

    @property
    def converged(self) -> bool:
        """Whether the likelihood is at its top."""
        return self.estimate.converged

    @property
    def coefficients(self) -> pd.Series:
        """The logarithms of the hazard ratios."""
        return self.table["coefficient"]

    @property
    def covariance(self) -> pd.DataFrame:
        """The covariance of the coefficients."""
        spread = self.design.columns["spread"].to_numpy(float)
        return covariance_frame(self.estimate.covariance / np.outer(spread, spread), list(self.table.index))

    @property
    def baseline(self) -> Baseline:
        """The hazard over time of the reference: categories at their reference level, numbers at their mean."""
        return self.estimate.baseline

    def survival_function(
        self, customers: pd.DataFrame | Mapping[str, Any], times: Sequence[float] | None = None
    ) -> pd.DataFrame:
        """Return the share still there by time, for customers with these covariates from their start.

        Parameters
        ----------
        customers
            One row for each, or one customer as names with values.
        times
            By default every whole unit of time observed.

        Returns
        -------
        DataFrame
            Index `time`; one column for each row of `customers`.

        Raises
        ------
        ValueError
            If a covariate is missing or new, a time is negative, or it lies beyond what was observed (not "weibull").
        """
        rows = pd.DataFrame([customers]) if isinstance(customers, Mapping) else customers
        longest = float(self.counts["duration"].max())
        asked = np.arange(int(longest) + 1) if times is None else np.asarray(times, float)
        if (asked < 0).any() or (asked > self.baseline.last).any():
            raise ValueError(f"times lie outside 0 to {longest:g}, which was observed; only kind='weibull' goes beyond")
        survival = np.exp(self.baseline.log_survival(self._predictor(rows), asked[:, None]))
        return pd.DataFrame(survival, index=pd.Index(asked, name="time"), columns=rows.index)

    def predict(self, within: float, customers: Any, observation_end: str | pd.Timestamp | None = None) -> pd.Series:
        """Return each customer's probability to leave within a time, given that it is still there.

        Parameters
        ----------
        within
            How far ahead, in the unit of the durations.
        customers
            Covariates and `duration`, how long the customer has been there (0 where there is no such column). With
            `observation_end`: contracts; only those that still run on that day are answered.
        observation_end
            Last day seen.

        Returns
        -------
        Series
            `probability`, with the index of `customers`. Empty where the time asked for lies beyond what was observed.

        Warns
        -----
        UserWarning
            If some lie beyond what was observed.

        Raises
        ------
        ValueError
            If a covariate is missing or new, nobody is left to be asked about, or a time is negative.
        """
        rows = to_pandas(customers)
        if observation_end is not None:
            rows = contract_durations(rows, observation_end)
            rows = rows[~rows["churned"]]
        if rows.empty or within < 0:
            raise ValueError("predict needs customers who are still there, and a time from 0 up")
        age = numbers(rows[["duration"]])["duration"].to_numpy() if "duration" in rows else np.zeros(len(rows))
        predictor = self._predictor(rows)
        known, ahead = self.baseline.log_survival(predictor, age), self.baseline.log_survival(predictor, age + within)
        beyond = (age + within > self.baseline.last) | np.isneginf(known)
        if beyond.any():
            warnings.warn(
                f"{int(beyond.sum())} of {len(rows)} customers would by then be older than {self.baseline.last:g}, "
                "which nobody was observed to be; they are left empty (kind='weibull' goes beyond)",
                stacklevel=2,
            )
        gone = -np.expm1(np.where(beyond, np.nan, ahead) - np.where(beyond, 0.0, known))
        return pd.Series(gone, index=rows.index, name="probability")

    def proportionality(self, transform: str = "km") -> Proportionality:
        """Test whether each hazard ratio stays the same over time; see `Proportionality`.

        Raises
        ------
        ValueError
            If the model is not of kind "cox".
        """
        if self.kind != "cox":
            raise ValueError(f"the test is one of Cox's regression; fit with kind='cox' instead of {self.kind!r}")
        return Proportionality.of(self.counts, self.design, self.estimate, transform)

    def calibration(
        self, horizon: float, data: Any = None, observation_end: str | pd.Timestamp | None = None, groups: int = 5
    ) -> Calibration:
        """Compare who was said to leave by the horizon with who left; see `Calibration`.

        `data` are customers in any form that `fit` takes, by default those fitted; give others for an honest check.
        """
        counts = self._histories(data, observation_end)
        risk = self.survival_function(counts, [horizon]).iloc[0].to_numpy()
        return Calibration.of(counts, 1 - risk, horizon, groups)

    def scores(
        self,
        times: Sequence[float] | None = None,
        data: Any = None,
        observation_end: str | pd.Timestamp | None = None,
    ) -> Scores:
        """Score the order and the size of the risks over time; see `Scores`.

        `data` are customers in any form that `fit` takes, by default those fitted; give others for an honest check.
        """
        counts = self._histories(data, observation_end)
        asked = Scores.times_of(counts, times)
        survival = self.survival_function(counts, asked).to_numpy().T
        return Scores.of(counts, survival, asked, self.counts)

    def summary(self) -> pd.DataFrame:
        """Return the ratios with their 95 % intervals and p values, rounded."""
        return self.table[["against", "estimate", "low", "high", "p_value"]].round(3).rename_axis(None)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the ratios with their intervals on a logarithmic axis; right of the line at 1 customers leave sooner."""
        ratio = word("odds ratio" if self.kind == "logit" else "hazard ratio")
        drawn = self.table[["estimate", "low", "high"]].set_axis(
            [f"{name} ({word('against')} {word(str(row.against))})" for name, row in self.table.iterrows()]
        )
        ax = plots.dots(drawn, ax, word("Who leaves sooner?"), f"{ratio} ({word('logarithmic axis')})")
        return ratio_axis(ax, "x")

    def _predictor(self, rows: pd.DataFrame) -> Vector:
        return self.design.scaled(rows) @ self.estimate.coefficients

    def _histories(self, data: Any, observation_end: str | pd.Timestamp | None) -> pd.DataFrame:
        return self.counts if data is None else count_histories(data, self.design.covariates, observation_end)


def _fit(kind: Kind, counts: pd.DataFrame, z: Vector, names: list[str]) -> Estimate:
    if kind == "cox":
        return fit_cox(counts, z, names)
    return fit_weibull(counts, z, names) if kind == "weibull" else fit_months(counts, z, names, kind)
