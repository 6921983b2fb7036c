"""Draw `docs/pictures/realism.png` again: shops simulated with the parameters of a real one, beside the real one.

The real shop is CDNOW, 2,357 customers who first bought in early 1997. Its file is not part of the project: name it in
CRMLAB_CDNOW. Each simulated shop has CDNOW's arrival days, swings from week to week as a twin of CDNOW does and, as a
prediction wants it, has parameters drawn from the distribution of the estimates. What is fitted to the first 39 weeks
knows nothing of the later ones, the swing included.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.buyers import BetaGeo
from crmlab.company import Company
from crmlab.customers import count_repeats, summarize_customers
from crmlab.simulation.twin_orders import make_orders, read_buying, read_orders

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "pictures" / "realism.png"
CDNOW = Path(os.environ.get("CRMLAB_CDNOW", ROOT / ".." / "shared" / "data" / "CDNOW_sample.txt"))
START, CUT, END = "1997-01-01", "1997-09-30", "1998-06-30"
CLASSES = ["0", "1", "2", "3", "4", "5", "6", "7+"]
FLAT = (1.0,) * 12
TOGETHER = 4  # shops with the same drawn parameters and weeks: what a block of the simulator holds


@dataclass(frozen=True)
class Fit:
    """What a shop is simulated with: buying, the months, and how far weeks differ that customers share."""

    buying: BetaGeo
    season: tuple[float, ...]
    swing: float


@dataclass(frozen=True)
class Shops:
    """What simulated shops did, one row a shop: repeat orders by week, and customers by repeat orders at the cut."""

    weekly: np.ndarray
    classes: np.ndarray


def read_cdnow(path: Path = CDNOW) -> Company:
    """Return the real shop: customer, day and dollars of each order."""
    rows = pd.read_csv(path, sep=r"\s+", header=None, usecols=[1, 2, 4], dtype={1: str})
    rows.columns = ["customer_id", "ordered_at", "amount"]
    orders = rows.assign(ordered_at=pd.to_datetime(rows["ordered_at"], format="%Y%m%d"))
    return Company("cdnow", {"orders": orders}, END, "USD")


def fit(shop: Company, end: str) -> Fit:
    """Return what a twin reads of what was seen by `end`."""
    orders = shop.orders[shop.orders["ordered_at"] <= pd.Timestamp(end)]
    buying, season, swing = read_buying(orders, summarize_customers(orders, end), pd.date_range(START, end))
    return Fit(buying, season or FLAT, swing)


def fit_without_season(shop: Company) -> Fit:
    """Return buying as fitted to all weeks as if the months were alike, with the swing that a twin reads."""
    return Fit(BetaGeo.fit(summarize_customers(shop.orders, END)), FLAT, fit(shop, END).swing)


def simulate_shops(shop: Company, fitted: Fit, cut: str, draws: int) -> Shops:
    """Simulate `4 * draws` shops from the first day to the last, and count repeats at the end of `cut`."""
    first = shop.orders.groupby("customer_id")["ordered_at"].min()
    arrivals = np.bincount((first - pd.Timestamp(START)).dt.days)
    read = read_orders(shop)
    last = (pd.Timestamp(cut) - pd.Timestamp(START)).days
    flat = replace(read.shape, start=START, end=END, arrivals=arrivals, weekdays=(1.0,) * 7)
    shape, model = replace(flat, season=fitted.season, swing=fitted.swing), fitted.buying
    points = np.random.default_rng(5).multivariate_normal(model.maximum.point, model.maximum.covariance, draws)
    made = []
    for seed, point in enumerate(np.exp(points)):
        parameters = read.parameters | dict(zip(model.NAMES, point.tolist(), strict=True))
        drawn = replace(read, parameters=parameters, shape=shape)
        tables, _ = make_orders(drawn, TOGETHER * len(first), seed, "", "USD")
        made.append(_count(tables["orders"], len(first), last, len(shape.days)))
    return Shops(*(np.concatenate(parts) for parts in zip(*made, strict=True)))


def _count(orders: pd.DataFrame, size: int, cut: int, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Return weekly repeats and classes at the cut of the shops of one draw; a shop is `size` customers in a row."""
    repeats = orders[orders.duplicated("customer_id")]
    who = repeats["customer_id"].str[1:].astype(int).to_numpy() - 1
    day = (repeats["ordered_at"] - pd.Timestamp(START)).dt.days.to_numpy()
    weeks = (days - 1) // 7
    counts = np.zeros((TOGETHER, weeks + 2), dtype=int)
    np.add.at(counts, (who // size, np.minimum(-(-day // 7), weeks + 1)), 1)
    times = np.bincount(who[day <= cut], minlength=TOGETHER * size).reshape(TOGETHER, size).clip(max=7)
    classes = np.stack([np.bincount(each, minlength=8) for each in times])
    counts[:, 1] += counts[:, 0]
    return counts[:, 1 : weeks + 1], classes


def band(simulated: np.ndarray) -> np.ndarray:
    """Return in which range 95 of 100 shops lie, column by column: low and high."""
    return np.quantile(simulated, [0.025, 0.975], axis=0)


def outside(simulated: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Return where the real shop lies outside the range."""
    low, high = band(simulated)
    return (actual < low) | (actual > high)


def chance(simulated: np.ndarray, actual: np.ndarray) -> float:
    """Return the share of simulated shops whose farthest column lies as far from the mean as the real shop's does.

    Distance is counted in standard deviations of the column, so that all columns are looked at together.
    """
    mean, spread = simulated.mean(axis=0), np.maximum(simulated.std(axis=0), 1e-9)
    farthest = np.abs((simulated - mean) / spread).max(axis=1)
    return float((farthest >= np.abs((actual - mean) / spread).max()).mean())


def actual_classes(shop: Company, cut: str) -> np.ndarray:
    """Return how many real customers had come back how often by the cut."""
    times = summarize_customers(shop.orders, cut)["frequency"].clip(upper=7)
    return np.bincount(times, minlength=8)


def compare(shop: Company, shops: Shops, cut: str, weeks: range) -> pd.DataFrame:
    """Return for the histogram, and for the tracking in some weeks, how often the real shop lies outside the range."""
    weekly = count_repeats(shop.orders, END)["repeat_purchases"].to_numpy()
    chosen, numbers = np.array(weeks) - 1, [str(week) for week in weeks]
    pairs = {
        "customers by repeat orders": (CLASSES, shops.classes, actual_classes(shop, cut)),
        "cumulative repeat orders": (numbers, shops.weekly.cumsum(axis=1)[:, chosen], weekly.cumsum()[chosen]),
        "repeat orders of a week": (numbers, shops.weekly[:, chosen], weekly[chosen]),
    }
    rows = {
        name: {
            "rows": len(actual),
            "outside": int(outside(made, actual).sum()),
            "chance of one as far": round(chance(made, actual), 3),
            "where": ", ".join(np.array(names)[outside(made, actual)]),
        }
        for name, (names, made, actual) in pairs.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def draw(shop: Company, shops: Shops, fitted_until: float) -> str:
    """Draw the picture and return its alternative text."""
    from matplotlib.figure import Figure

    plots.use_theme()
    weekly = count_repeats(shop.orders, END)["repeat_purchases"].to_numpy()
    figure = Figure(figsize=(10, 7.4), dpi=110, layout="constrained")
    panels = figure.subplot_mosaic([["classes", "total"], ["weekly", "weekly"]])
    _bars(panels["classes"], actual_classes(shop, CUT), shops.classes)
    _lines(panels["total"], weekly.cumsum(), shops.weekly.cumsum(axis=1), fitted_until, "all repeat orders so far")
    _lines(panels["weekly"], weekly, shops.weekly, fitted_until, "repeat orders of a week")
    panels["classes"].set_title("How many came back how often?")
    panels["total"].set_title("How many repeat orders are there by then?")
    panels["weekly"].set_title("And from week to week?")
    panels["weekly"].legend()
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    data, _ = plots.png(figure)
    PICTURE.write_bytes(data)
    return plots.alternative_text(figure)


def _bars(ax: Axes, actual: np.ndarray, simulated: np.ndarray) -> None:
    low, high = band(simulated)
    ax.bar(CLASSES, actual, color=plots.PALETTE[0], alpha=0.35, label="CDNOW")
    ax.vlines(CLASSES, low, high, color=plots.PALETTE[1], lw=5, label="95 of 100 simulated shops")
    ax.legend()
    plots.finish(ax, "", "repeat orders in the first 39 weeks", "customers")
    seen = "; ".join(
        f"{name}: {real:,} (simulated {low:,.0f} to {high:,.0f})"
        for name, real, low, high in zip(CLASSES, actual, *band(simulated), strict=True)
    )
    plots.describe(ax, f"Bars of CDNOW's customers by repeat orders, each with the range of simulated shops. {seen}.")


def _lines(ax: Axes, actual: np.ndarray, simulated: np.ndarray, fitted_until: float, ylabel: str) -> None:
    weeks, (low, high) = np.arange(1, len(actual) + 1), band(simulated)
    out = outside(simulated, actual)
    ax.fill_between(weeks, low, high, color=plots.PALETTE[1], alpha=0.3, lw=0, label="95 of 100 simulated shops")
    ax.plot(weeks, actual, color=plots.PALETTE[0], label="CDNOW")
    ax.plot(weeks[out], actual[out], "o", color=plots.PALETTE[4], ms=5, label="week outside")
    ax.axvline(fitted_until, color=plots.FAINT, lw=1, ls="--", label="end of the fit")
    plots.finish(ax, "", "weeks since the first customer", ylabel)
    said = (
        f"Line of CDNOW's {ylabel} over {len(weeks)} weeks, ending at {actual[-1]:,}, and the band of simulated shops, "
    )
    said += f"ending at {low[-1]:,.0f} to {high[-1]:,.0f}; "
    said += f"outside lie weeks {', '.join(map(str, weeks[out]))}" if out.any() else "no week lies outside"
    plots.describe(ax, f"{said}.")


def main(draws: int = 250) -> None:
    """Print what holds and what does not, and draw the picture."""
    shop = read_cdnow()
    early, late, even = fit(shop, CUT), fit(shop, END), fit_without_season(shop)
    print(f"swing {early.swing:.3f} by {CUT}, {late.swing:.3f} by {END}")
    calm = replace(early, swing=0.0)
    calibrated = simulate_shops(shop, early, CUT, draws)
    fitted = (pd.Timestamp(CUT) - pd.Timestamp(START)).days / 7
    fitting, later, every = range(1, 39), range(39, 78), range(1, 78)
    print(f"{len(calibrated.weekly)} simulated shops of {len(shop.orders['customer_id'].unique())} customers")
    for title, shops, cut, weeks in (
        ("fitted to 39 weeks, looked at in them", calibrated, CUT, fitting),
        ("fitted to 39 weeks, looked at in the hold-out", calibrated, CUT, later),
        ("fitted to 39 weeks, looked at in all", calibrated, CUT, every),
        ("fitted to 39 weeks, without swing, looked at in all", simulate_shops(shop, calm, CUT, draws), CUT, every),
        ("fitted to all weeks", simulate_shops(shop, late, END, draws), END, every),
        ("fitted to all weeks, without a season", simulate_shops(shop, even, END, draws), END, every),
    ):
        print(f"\n{title}\n{compare(shop, shops, cut, weeks).to_string()}")
    print(f"\n{draw(shop, calibrated, fitted)}")


if __name__ == "__main__":
    main()
