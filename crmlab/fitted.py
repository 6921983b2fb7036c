"""What models fitted by maximum likelihood share: errors, and with positive parameters estimates and a summary too."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self, overload

import numpy as np
import pandas as pd

from crmlab.estimation import Maximum, Vector, covariance_frame, errors_of
from crmlab.result import Result, estimates


class Parameter:
    """A parameter of a fitted model, read from its estimates under the name that it has in the class."""

    def __init__(self, meaning: str) -> None:
        self.__doc__ = meaning

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, model: None, kind: type) -> Self: ...
    @overload
    def __get__(self, model: Any, kind: type) -> float: ...
    def __get__(self, model: Any, kind: type) -> Self | float:
        return self if model is None else float(model.parameters[self.name])


class Maximized(Result):
    """A model at its highest likelihood; a subclass has the field `maximum`, and says what the covariance is."""

    maximum: Maximum

    @property
    def log_likelihood(self) -> float:
        """The log-likelihood at the estimates."""
        return self.maximum.log_likelihood

    @property
    def converged(self) -> bool:
        """Whether the likelihood is at its top."""
        return self.maximum.converged

    @property
    @abstractmethod
    def covariance(self) -> pd.DataFrame:
        """The covariance of the estimates."""

    @property
    def standard_errors(self) -> pd.Series:
        """The standard errors of the estimates."""
        covariance = self.covariance
        return pd.Series(np.sqrt(np.diag(covariance)), covariance.index, name="standard error")


@dataclass(frozen=True, eq=False, repr=False)
class Fitted(Maximized):
    """A model with positive parameters, at its highest likelihood.

    Attributes
    ----------
    tabulate
        Makes the table of the model that it is given; it is called when the table is first asked for.
    maximum
        The estimates on the scale of logarithms.
    customers
        How many customers were fitted.
    """

    tabulate: Callable[[Any], pd.DataFrame]
    maximum: Maximum
    customers: float

    NAMES: ClassVar[tuple[str, ...]] = ()

    @cached_property
    def table(self) -> pd.DataFrame:  # pyright: ignore[reportIncompatibleVariableOverride]
        """What the model says about the data it was fitted to, beside the data."""
        return self.tabulate(self)

    @property
    def parameters(self) -> pd.Series:
        """The estimates by name."""
        return pd.Series(self._point, index=pd.Index(self.NAMES), name="estimate")

    @property
    def covariance(self) -> pd.DataFrame:
        """The covariance of the estimates."""
        return covariance_frame(self.maximum.covariance * np.outer(self._point, self._point), self.NAMES)

    def summary(self) -> pd.DataFrame:
        """Return the estimates with standard errors and 95 % intervals."""
        return estimates(list(self.NAMES), list(self.parameters), list(self.standard_errors))

    @property
    def _point(self) -> Vector:
        return np.exp(self.maximum.point)

    def _errors(self, function: Callable[[Vector], Any]) -> Vector:
        """Return the standard errors of a function of the parameters."""
        return errors_of(lambda point: function(np.exp(point)), self.maximum.point, self.maximum.covariance)
