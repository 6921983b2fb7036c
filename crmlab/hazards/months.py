"""Regression in discrete time: who leaves in a month, of those still there at its start.

Each customer counts once in every month in which it was at risk, and a binomial regression with one intercept a month
explains who left (Allison 1982, Sociological Methodology 13, 61–98). With the complementary log-log link the
coefficients are those of proportional hazards behind the months (Prentice and Gloeckler 1978, Biometrics 34, 57–67);
with the logit they are ratios of odds. `statsmodels` fits it, on counts.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from crmlab.estimation import Vector
from crmlab.hazards.baseline import Estimate, LogOdds, Steps

_MOST = 10_000  # months: beyond eight centuries a duration is not reckoned in months
_LOOSEST = 6.0  # as in `crmlab.estimation`: an effect known no better than within exp(±2·6) is not known


def person_months(counts: pd.DataFrame, patterns: Vector) -> pd.DataFrame:
    """Return how many customers of each pattern of covariates were at risk in each month, and how many left in it.

    Parameters
    ----------
    counts
        Columns `duration` (whole months), `churned`, `customers`.
    patterns
        For each row the number of its pattern, from 0 up.

    Returns
    -------
    DataFrame
        `pattern`, `month`, `at_risk`, `left`; only where somebody was at risk.

    Examples
    --------
    >>> counts = pd.DataFrame({"duration": [1, 2], "churned": [True, False], "customers": [4, 6]})
    >>> person_months(counts, np.array([0, 0]))
       pattern  month  at_risk  left
    0        0      1     10.0   4.0
    1        0      2      6.0   0.0
    """
    duration, weights = counts["duration"].to_numpy(int), counts["customers"].to_numpy(float)
    left = counts["churned"].to_numpy(bool)
    shape = int(patterns.max()) + 1, int(duration.max()) + 1
    seen, gone = np.zeros(shape), np.zeros(shape)
    np.add.at(seen, (patterns, duration), weights)
    np.add.at(gone, (patterns[left], duration[left]), weights[left])
    at_risk = seen[:, ::-1].cumsum(axis=1)[:, ::-1]
    at_risk[:, 0] = 0  # months are counted from 1
    pattern, month = np.nonzero(at_risk)
    return pd.DataFrame(
        {"pattern": pattern, "month": month, "at_risk": at_risk[pattern, month], "left": gone[pattern, month]}
    )


def fit_months(counts: pd.DataFrame, z: Vector, names: Sequence[str], link: str) -> Estimate:
    """Fit a binomial regression over months, with the link "cloglog" or "logit", to counts.

    In a month in which nobody left the hazard is 0, in one in which all left it is 1, whatever the covariates; such
    months add nothing to the likelihood of the effects.

    Raises
    ------
    ValueError
        If a duration is no whole number or too large, or the data do not determine an effect.
    """
    if (counts["duration"] % 1 != 0).any():
        raise ValueError(f"duration is no whole number; kind={link!r} counts months, kind='cox' takes any time")
    if counts["duration"].max() > _MOST:
        raise ValueError(
            f"duration goes up to {counts['duration'].max():g}; kind={link!r} takes {_MOST:,} months at most"
        )
    distinct, patterns = np.unique(z, axis=0, return_inverse=True)
    cells = person_months(counts, np.ravel(patterns))
    totals = cells.groupby("month")[["at_risk", "left"]].sum()
    telling = totals.index[(totals["left"] > 0) & (totals["left"] < totals["at_risk"])]
    used = cells[cells["month"].isin(telling)]
    intercepts = (used["month"].to_numpy()[:, None] == telling.to_numpy()[None, :]).astype(float)
    design = np.column_stack([intercepts, distinct[used["pattern"]]])
    point, covariance, height = _regress(used, design, [*map(str, telling), *names], link)
    split = len(telling)
    every = totals.index.to_numpy()
    rises = np.where(totals["left"] > 0, np.inf, -np.inf)
    rises[np.isin(every, telling)] = point[:split]
    kept = point[split:], covariance[split:, split:], height
    times, last = every.astype(float), float(every.max())
    return Estimate(*kept, LogOdds(times, rises, last) if link == "logit" else Steps(times, np.exp(rises), last))


def _regress(cells: pd.DataFrame, design: Vector, names: list[str], link: str) -> tuple[Vector, Vector, float]:
    """Return the estimates, their covariance and the log-likelihood of single customers."""
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

    links = sm.families.links
    family = sm.families.Binomial(link=links.Logit() if link == "logit" else links.CLogLog())
    left, stayed = cells["left"].to_numpy(), (cells["at_risk"] - cells["left"]).to_numpy()
    if np.linalg.matrix_rank(design.T @ design) < design.shape[1]:
        raise ValueError(f"{names[-1]}: within months the covariates do not vary enough to tell their effects apart")
    # where a cell has a parameter of its own, statsmodels divides by the nought degrees of freedom that are left
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        for kind in (ConvergenceWarning, RuntimeWarning):
            warnings.simplefilter("error", kind)
        warnings.simplefilter("ignore", PerfectSeparationWarning)  # also raised where months fit the data exactly
        try:
            model = sm.GLM(np.column_stack([left, stayed]), design, family=family)
            fitted = model.fit(maxiter=100, atol=1e-14 * float(cells["at_risk"].sum()), rtol=1e-12)
        except (ConvergenceWarning, RuntimeWarning) as error:
            raise ValueError(f"{link}: the fit does not converge; leave a covariate out, or join levels") from error
    loose = ~(np.asarray(fitted.bse) < _LOOSEST)
    if not fitted.converged:
        raise ValueError(f"{link}: the fit does not converge; leave a covariate out")
    if loose.any():
        raise ValueError(f"{names[int(np.argmax(loose))]}: the data do not determine its effect; leave it out")
    hazard = np.asarray(fitted.fittedvalues)
    height = float(left @ np.log(hazard) + stayed @ np.log1p(-hazard))
    return np.asarray(fitted.params), np.asarray(fitted.cov_params()), height
