"""What every simulated company is made of: parameters with unit, range and default, and random streams.

A mechanism is a frozen dataclass whose fields are made by `parameter`. A value outside its range raises a plain error.
Each purpose draws from a stream of its own, so that switching one mechanism leaves everything else as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def parameter(default: float, unit: str, low: float, high: float, meaning: str) -> Any:
    """Declare one parameter of a mechanism with its unit, its range and what it means."""
    return field(default=default, metadata={"unit": unit, "low": low, "high": high, "meaning": meaning})


@dataclass(frozen=True)
class Mechanism:
    """The parameters of one company; subclasses declare them with `parameter`."""

    def __post_init__(self) -> None:
        for item in fields(self):
            value, low, high = getattr(self, item.name), item.metadata["low"], item.metadata["high"]
            if not low <= value <= high:
                unit = item.metadata["unit"]
                raise ValueError(f"{item.name} is {value}; choose a value from {low} to {high} ({unit})")

    def table(self, **derived: tuple[float, str, str]) -> pd.DataFrame:
        """Return the parameters by name: value, unit, meaning; `derived` adds (value, unit, meaning) of its own."""
        import pandas as pd

        rows = {
            item.name: (float(getattr(self, item.name)), item.metadata["unit"], item.metadata["meaning"])
            for item in fields(self)
        }
        table = pd.DataFrame.from_dict(rows | derived, orient="index", columns=["value", "unit", "meaning"])
        return table.rename_axis("name")


def build(kind: type[Mechanism], switches: dict[str, float]) -> Any:
    """Return the mechanism with some parameters switched.

    Raises
    ------
    ValueError
        If a name is unknown or a value lies outside its range.
    """
    known = [item.name for item in fields(kind)]
    unknown = sorted(set(switches) - set(known))
    if unknown:
        raise ValueError(f"there is no parameter {', '.join(unknown)}; there are {', '.join(known)}")
    return kind(**switches)


def stream(seed: int, purpose: str) -> np.random.Generator:
    """Return the random stream of one purpose, independent of all others with the same seed.

    Examples
    --------
    >>> bool(stream(1, "orders").random() == stream(1, "orders").random())
    True
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, crc32(purpose.encode())])))


def identifiers(prefix: str, count: int) -> np.ndarray:
    """Return `count` identifiers in a row, such as C000001."""
    return np.array([f"{prefix}{number:06d}" for number in range(1, count + 1)], dtype=object)
