from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from crmlab.churn import ChurnCurve
from crmlab.company import Company
from crmlab.data import open_company
from crmlab.large import count_orders
from crmlab.report.manager import brief
from crmlab.report.manager.buying import Buying
from crmlab.report.manager.part import LackingError, count, need_tables
from crmlab.report.manager.signs import carried, warnings_of
from crmlab.report.manager.splitting import split
from crmlab.report.manager.staying import churn, coarse
from crmlab.report.manager.winning import funnel
from crmlab.report.manager.worth import value


def shop(**tables: dict[str, Any]) -> Company:
    return Company("shop", {name: pd.DataFrame(rows) for name, rows in tables.items()}, "2025-12-31")


def events(stopped: dict[str, int], start: str = "2025-01-01") -> dict[str, Any]:
    order = ["lead", "qualified", "proposal", "won"]
    rows = []
    for stage, number in stopped.items():
        for lead in range(number):
            rows += [(f"{stage}{lead}", passed) for passed in order[: order.index(stage) + 1]]
    frame = pd.DataFrame(rows, columns=["lead_id", "stage"])
    return frame.assign(reached_on=pd.Timestamp(start)).to_dict("list")


def buying(customers: int, seed: int = 1, link: float = 0.0) -> dict[str, Any]:
    rng, rows = np.random.default_rng(seed), []
    for who in range(customers):
        rate, gone = rng.gamma(1.0, 0.5), rng.geometric(rng.beta(0.8, 2.5))
        waits = rng.exponential(30 / rate, min(gone, 500)).clip(max=999)
        spend = 20 * rng.gamma(4, 0.25) * (1 + link * rate)
        days = pd.Timestamp("2024-01-01") + pd.to_timedelta(waits.cumsum().clip(max=9999) + who % 90, "D")
        rows += [
            (f"c{who}", day.normalize(), spend * rng.gamma(6, 1 / 6))
            for day in days
            if day < pd.Timestamp("2026-01-01")
        ]
    return pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"]).to_dict("list")


def test_the_funnel_counts_the_furthest_stage_and_leaves_young_leads_out() -> None:
    told = events({"lead": 50, "qualified": 30, "won": 20})
    young = events({"lead": 10}, "2026-01-05")
    young["lead_id"] = [f"young{lead}" for lead in young["lead_id"]]
    part = funnel(shop(stage_events={name: told[name] + young[name] for name in told}), 5)
    assert part.table is not None
    assert part.table["leads"].to_list() == [100, 50, 20]
    assert part.said[0] == "Of 100 leads, 20.0 % became customers (13.3 % to 28.9 %)."
    assert "between qualified and won: 60 %" in part.said[1]
    assert "10 younger ones are left out" in part.said[2]
    assert any("Only 20 leads were won" in doubt for doubt in part.doubts)


def test_small_stages_are_put_together() -> None:
    part = funnel(shop(stage_events=events({"lead": 50, "qualified": 3, "proposal": 30, "won": 20})), 5)
    assert part.table is not None
    stopped = -np.diff([*part.table["leads"], 0])
    assert (stopped >= 5).all()
    with pytest.raises(ValueError, match="fewer than 5 leads were won"):
        funnel(shop(stage_events=events({"lead": 50, "won": 3})), 5)


def test_leads_that_name_their_customers_are_a_funnel_too() -> None:
    leads = {"lead_id": [str(n) for n in range(40)], "created_on": pd.Timestamp("2025-01-01")}
    leads["customer_id"] = [f"c{n}" if n < 10 else None for n in range(40)]
    part = funnel(shop(leads=leads), 5)
    assert part.said[0].startswith("Of 40 leads, 25.0 %")
    with pytest.raises(LackingError, match="stage_events"):
        funnel(shop(orders=buying(3)), 5)


def test_a_coarse_curve_never_tells_of_few() -> None:
    rng = np.random.default_rng(3)
    counts = pd.DataFrame({"duration": rng.integers(1, 40, 90), "churned": rng.random(90) < 0.6})
    whole = ChurnCurve.from_counts(counts).table
    kept = coarse(whole, 5)
    left = whole["churned"].cumsum()[whole["time"].isin(kept["time"])].diff().dropna()
    assert ((left == 0) | (left >= 5)).all()
    assert (kept["at_risk"] >= 5).all()
    assert len(kept) > 3


def test_churn_of_contracts_and_of_buyers() -> None:
    rng = np.random.default_rng(2)
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, 400), "D")
    end = start + pd.to_timedelta(rng.exponential(400, 400).astype(int) + 31, "D")
    contracts = {"contract_id": range(400), "customer_id": range(400), "started_on": start}
    contracts["ended_on"] = end.where(end <= pd.Timestamp("2025-12-31"))
    company = shop(contracts=contracts)
    part = churn(company, 5, Buying(company, 5))
    assert part.said[0].startswith("Of new customers, 39 % are still there after 12 months")
    assert any("No contract was seen for more than" in doubt for doubt in part.doubts)
    with pytest.raises(ValueError, match="fewer than 500 contracts have ended"):
        churn(company, 500, Buying(company, 500))


def test_value_of_contracts_says_what_it_is_made_of() -> None:
    start = pd.to_datetime(["2024-01-01"] * 30)
    contracts = {"contract_id": range(30), "customer_id": range(30), "started_on": start, "ended_on": pd.NaT}
    company = shop(contracts=contracts | {"monthly_fee": 10.0})
    part = value(company, 5, Buying(company, 5))
    assert part.said[0] == "A contract brings fees of KRW 120 within 12 months (KRW 120 to KRW 120)."
    assert "Fees are not margin" in part.doubts[0]
    with pytest.raises(LackingError, match=r"contracts\.monthly_margin"):
        value(shop(contracts=contracts), 5, Buying(company, 5))


@pytest.fixture(scope="module")
def buyers() -> Company:
    return shop(orders=buying(300, link=1.0))


def test_buyers_are_valued_and_doubted(buyers: Company) -> None:
    told = brief(buyers)
    stay, worth = told.parts[1], told.parts[2]
    assert stay.found
    assert worth.found
    assert "of those who came back once still buy, by the model" in stay.said[0]
    assert "in the next 12 months" in worth.said[0]
    doubts = " ".join(told.doubts)
    assert "Who buys often also spends more at a time" in doubts
    assert "Put to the test" in doubts
    assert "Spend is not margin" in doubts


def test_a_forecast_that_fails_is_said(buyers: Company) -> None:
    orders = buyers.orders
    late = orders[orders["ordered_at"] > "2025-01-15"]
    boom = pd.concat([orders, late.assign(ordered_at=late["ordered_at"] - pd.Timedelta(days=2))])
    boom = pd.concat([boom, late.assign(ordered_at=late["ordered_at"] - pd.Timedelta(days=4))])
    said = Buying(replace(buyers, tables={"orders": boom}), 5).held_out()
    assert said.startswith("Put to the test, the forecast failed")


def test_counts_of_all_customers_are_preferred_to_the_sample_and_said(buyers: Company) -> None:
    """The models see all customers, so that a sample of another kind does not move them; what rests on it is said."""
    whole = count_orders(buyers.orders, buyers.observation_end)
    few = buyers.orders[buyers.orders["customer_id"].isin([f"c{n}" for n in range(60)])]
    tables = {"orders": few, "buyer_counts": whole.table, "spend_counts": whole.spend}
    company = replace(buyers, tables=tables)
    all_, some = Buying(buyers, 5), Buying(company, 5)
    assert some.all_customers == len(all_.customers) == 275
    assert some.still_buying()["estimate"] == pytest.approx(all_.still_buying()["estimate"], abs=0.02)
    assert some.spend.population_mean == pytest.approx(all_.spend.population_mean, rel=0.01)
    assert some.value() == pytest.approx(all_.value(), rel=0.08)  # whole weeks, and spend that goes with pace
    told = brief(company)
    assert "For all 275 customers that is" in told.parts[2].said[1]
    sample = few["customer_id"].nunique()
    doubt = f"the counts of all 275 customers. Single customers are known of a sample of {sample} only"
    assert sum(doubt in said for said in told.doubts) == 1
    numbers = told.carried.set_index("measure")["number"]
    assert (numbers["customers who bought"], numbers["orders, of a sample of the customers"]) == (
        "275",
        f"{len(few):,}",
    )
    assert not any("counts of all" in said for said in brief(buyers).doubts)


def test_the_value_of_all_is_that_of_the_counts_and_not_of_the_sample() -> None:
    shoppers = open_company("retail")
    whole = count_orders(shoppers.orders, shoppers.observation_end)
    some = shoppers.orders["customer_id"].value_counts().index[600:]  # without the best, as no sample should be
    few = shoppers.orders[shoppers.orders["customer_id"].isin(some)]
    tables = {"orders": few, "buyer_counts": whole.table, "spend_counts": whole.spend}
    all_ = Buying(replace(shoppers, tables={"orders": shoppers.orders}), 5).value()["estimate"]
    assert Buying(replace(shoppers, tables=tables), 5).value()["estimate"] == pytest.approx(all_, rel=0.01)


def test_too_few_who_came_back_are_refused() -> None:
    orders = {"customer_id": [f"c{n}" for n in range(50)], "ordered_at": pd.Timestamp("2025-01-01"), "amount": 5.0}
    part = brief(shop(orders=orders)).parts[2]
    assert not part.found
    assert "fewer than 10 customers came back" in part.said[0]


def test_hunting_and_farming_by_experiment_and_without() -> None:
    whole = open_company("subscription")
    by_experiment = split(whole, 5)
    assert "by your experiments" in by_experiment.said[0]
    without = replace(whole, tables={name: table for name, table in whole.tables.items() if name != "experiments"})
    by_totals = split(without, 5)
    assert by_totals.said[0].startswith("Winning a customer cost KRW ")
    assert "no experiment" in by_totals.doubts[0]
    with pytest.raises(LackingError, match="channel_spend, leads"):
        split(shop(contracts={"monthly_margin": [1.0]}), 5)


def test_an_experiment_that_gives_no_curve_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("no bend")

    monkeypatch.setattr("crmlab.report.manager.splitting._allocation", refuse)
    assert split(open_company("subscription"), 5).said[-1] == "The experiments on money do not give a curve (no bend)."


def test_signs_that_something_is_wrong_are_counted() -> None:
    days = pd.date_range("2024-01-01", "2025-09-30")
    many = days.repeat(2).append(pd.DatetimeIndex(["2024-08-15"] * 900))
    orders = {"customer_id": [str(n % 99) for n in range(len(many))], "ordered_at": many}
    orders["amount"] = [0.0 if n % 20 == 0 else 5.0 for n in range(len(many))]
    said = warnings_of(shop(orders=orders), 5)
    assert [text.split()[0] for text in said] == ["The", "The", "5.0"]
    assert "empty in the last 92 days" in said[0]
    assert "leaps in 2024-08" in said[1]
    assert warnings_of(shop(), 5) == []
    short = {"customer_id": ["a"] * 20, "ordered_at": pd.date_range("2025-12-01", periods=20), "amount": 1.0}
    assert "less than a year" in warnings_of(shop(orders=short), 5)[0]


def test_small_counts_are_hidden_in_what_the_data_carry() -> None:
    orders = {"customer_id": list("aab"), "ordered_at": pd.date_range("2025-01-01", periods=3), "amount": 1.0}
    assert carried(shop(orders=orders), 5)["number"].to_list()[:3] == ["<5", "<5", "<5"]
    assert count(0, 5) == "0"


def test_what_is_missing_is_named_once() -> None:
    with pytest.raises(LackingError, match=r"^leads, orders.record_id$"):
        need_tables(shop(orders={"customer_id": ["a"]}), "leads.channel", "leads", "orders.record_id", "orders")
