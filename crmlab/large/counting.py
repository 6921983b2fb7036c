"""From orders to counts of customers, reckoned by the engine up to the last: only the counts come back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pandas as pd

from crmlab import plots
from crmlab.customers import window
from crmlab.engines import collect, columns_of, purchase_days
from crmlab.engines.files import database
from crmlab.engines.purchases import customers_of, refuse_gaps_of_orders
from crmlab.labels import word
from crmlab.large.opening import opened
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEVELS = 100  # steps of spend within a factor of e: one step is one per cent
_GAPS = ("no_id", "undated", "unpriced")


@dataclass(frozen=True, eq=False, repr=False)
class OrderCounts(Result):
    """Customers counted by how often, how recently and how long they bought, and by what they spent.

    Attributes
    ----------
    table
        One row for each history: `frequency`, `recency`, `T` (in `unit`, rounded to whole steps of `step` days) and
        `customers`. Held out: `holdout_frequency` and `holdout_spend`, the means of these customers, and `holdout_T`.
        `BetaGeo.fit` and its siblings take it.
    spend
        One row for each number of repeat purchases and level of their mean, in steps of one per cent: `frequency`,
        `monetary_value` (the mean of these customers) and `customers`. `GammaGamma.fit` takes it. Empty where the
        orders have no amounts.
    customers, purchases
        How many buyers, and on how many days they bought.
    unit, step
        The unit of time, and the days that it is rounded to.
    """

    table: pd.DataFrame
    spend: pd.DataFrame
    customers: int
    purchases: int
    unit: str
    step: int

    def summary(self) -> pd.DataFrame:
        """Return how many customers and purchases were counted, and in how many rows they are kept."""
        kept = {"customers": self.customers, "purchases": self.purchases, "histories": len(self.table)}
        return pd.DataFrame({"number": kept | {"levels of spend": len(self.spend)}})

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how many customers came back how often; from ten times on together."""
        ax = plots.new_axes(ax)
        often = self.table["frequency"].clip(upper=10)
        number = self.table["customers"].groupby(often).sum().reindex(range(11), fill_value=0)
        ax.bar([*map(str, range(10)), "10+"], number, color=plots.PALETTE[0])
        plots.finish(ax, word("purchases"), word("repeat purchases"), word("number of customers"))
        return plots.describe(
            ax, f"Bars of customers by repeat purchases, from none to ten or more: {number.to_list()}."
        )


def count_orders(
    source: Any,
    observation_end: str,
    unit: str = "W",
    calibration_end: str | None = None,
    engine: str = "duckdb",
    *,
    columns: Mapping[str, str | int] | None = None,
    step: int = 7,
    master: str | None = None,
    memory: str = "4GiB",
    separator: str | None = None,
    header: bool = True,
    lines: bool = False,
    progress: bool = False,
) -> OrderCounts:
    """Count the customers of any number of orders, without one row a customer ever coming back.

    The counts are those of `summarize_customers`, with times rounded to whole weeks. On a machine DuckDB reads the
    files and spills to disk what memory does not hold; on a cluster Spark does.

    Parameters
    ----------
    source
        A file of Parquet or delimited text, a folder of them, a pattern; or a frame of any engine.
    observation_end, unit, calibration_end
        As in `summarize_customers`.
    engine
        "duckdb", or "spark"; a frame is counted by its own.
    columns
        Our column names to those of the files, as {"customer_id": "cust_no"}, or their positions from 1; "" for an
        amount that there is not.
    step
        The days that times are rounded to: 7 for whole weeks, 1 for days, which makes many more rows.
    master
        Of Spark: the address of the cluster, as "spark://host:7077".
    memory
        Of DuckDB: how much it may use.
    separator, header
        Of text: what parts the columns, else it is found; whether the first line names them.
    lines
        Whether a row is a line of an order: with `order_id`, and with `quantity` and `price` or `amount`; "" in
        `columns` for those that there are not.
    progress
        Whether the engine shows its bar.

    Raises
    ------
    ValueError
        As `summarize_customers`; and if there is no such engine or file, or Spark does not start.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-01", "2024-01-15", "2024-01-08", "2024-01-09"])
    >>> orders = pd.DataFrame({"customer_id": list("aabc"), "ordered_at": days, "amount": [10.0, 20.0, 30.0, 5.0]})
    >>> count_orders(orders, "2024-01-29").table
       frequency  recency    T  customers
    0          0      0.0  3.0          2
    1          1      2.0  4.0          1
    """
    length, end, cut = window(unit, observation_end, calibration_end)
    if step < 1:
        raise ValueError(f"step is {step} days; give 1 or more")
    options = {"columns": columns, "master": master, "memory": memory, "separator": separator}
    options |= {"header": header, "lines": lines, "progress": progress}
    with opened(source, engine, **options) as orders:
        held = calibration_end is not None
        with _kept(_reduced(customers_of(purchase_days(orders, end), cut, held), cut, step, held), memory) as few:
            table, spend = _histories(few, held), _levels(few)
        priced = "amount" in columns_of(orders)
    _refuse(table, cut)
    customers, days = int(table["customers"].sum()), int(((table["frequency"] + 1) * table["customers"]).sum())
    table = _in_units(table, length, step, (end - cut).days, priced)
    table.attrs["unit"] = unit
    return OrderCounts(table, spend if priced else spend.head(0), customers, days, unit, step)


def _reduced(customers: Any, cut: datetime, step: int, held: bool) -> Any:
    """Return the few numbers of each customer that are counted: no id, times in whole steps, a level of spend."""
    import narwhals as nw

    frequency = nw.col("purchases") - 1
    mean = nw.col("repeat") / frequency
    spent = (nw.col("purchases") > 1) & (nw.col("repeat") > 0)
    customers = customers.with_columns(born=_ordinal("first"), seen=_ordinal("last"))
    return customers.select(
        *(("later_purchases", "later_total") if held else ()),
        "undated",
        unpriced=nw.col("unpriced") + nw.col("total").is_nan().cast(nw.Int64),
        no_id=nw.col("customer_id").is_null().cast(nw.Int64),
        frequency=frequency,
        recency=_steps(nw.col("seen") - nw.col("born"), step),
        T=_steps(cut.toordinal() - nw.col("born"), step),
        mean=nw.when(spent).then(mean),
        level=nw.when(spent).then((mean.log() * _LEVELS).round(0)),
    )


def _ordinal(name: str) -> Any:
    """Return the expression of a day's number, as Python's `date.toordinal`: what every engine can reckon with."""
    import narwhals as nw

    years, day = (part.fill_null(1).cast(nw.Int64) for part in (nw.col(name).dt.year(), nw.col(name).dt.ordinal_day()))
    years = years - 1
    return 365 * years + years // 4 - years // 100 + years // 400 + day


def _steps(days: Any, step: int) -> Any:
    """Return days in the nearest whole number of steps; who came back did so, and was seen, for at least one."""
    import narwhals as nw

    near = (2 * days + step) // (2 * step)
    return nw.when((nw.col("purchases") > 1) & (near < 1)).then(nw.lit(1, nw.Int64)).otherwise(near)


@contextmanager
def _kept(frame: Any, memory: str) -> Iterator[Any]:
    """Yield the frame so that counting it twice does not read the orders twice; nothing is left behind."""
    import narwhals as nw

    known, native = frame.implementation, frame.to_native()
    if known.is_duckdb():
        with TemporaryDirectory(prefix="crmlab-") as folder, database(memory) as base:
            file = str(Path(folder, "customers.parquet"))
            native.write_parquet(file)
            yield nw.from_native(base.read_parquet(file)).lazy()
    elif known.is_spark_like():
        native.persist()
        try:
            yield frame
        finally:
            native.unpersist()
    else:
        yield frame.collect().lazy()


def _histories(few: Any, held: bool) -> pd.DataFrame:
    import narwhals as nw

    later = [nw.col(name).sum() for name in ("later_purchases", "later_total")] if held else []
    gaps = [nw.col(name).sum() for name in _GAPS]
    counts = few.group_by("frequency", "recency", "T").agg(*gaps, *later, customers=nw.len())
    return collect(counts).sort_values(["frequency", "recency", "T"], ignore_index=True)


def _levels(few: Any) -> pd.DataFrame:
    import narwhals as nw

    spent = few.filter(~nw.col("level").is_null())
    counts = collect(spent.group_by("frequency", "level").agg(nw.col("mean").sum(), customers=nw.len()))
    counts = counts.sort_values(["frequency", "level"], ignore_index=True).astype({"frequency": "int64"})
    counts.insert(1, "monetary_value", counts["mean"] / counts["customers"])
    return counts.drop(columns=["level", "mean"])


def _refuse(table: pd.DataFrame, cut: datetime) -> None:
    refuse_gaps_of_orders(*(int(table[name].sum()) for name in _GAPS))
    if table.empty:
        raise ValueError(f"orders: none lies on or before {cut:%Y-%m-%d}")


def _in_units(table: pd.DataFrame, length: float, step: int, held_days: int, priced: bool) -> pd.DataFrame:
    columns: dict[str, Any] = {"frequency": table["frequency"].astype("int64")}
    columns |= {name: table[name].to_numpy(float) * step / length for name in ("recency", "T")}
    columns["customers"] = table["customers"].astype("int64")
    if "later_purchases" in table:
        columns["holdout_frequency"] = table["later_purchases"] / table["customers"]
        columns["holdout_T"] = held_days / length
        if priced:
            columns["holdout_spend"] = table["later_total"] / table["customers"]
    return pd.DataFrame(columns)
