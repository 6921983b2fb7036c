"""A twin has the shape of its original, and nobody of it."""

import pandas as pd
import pytest

from crmlab.buyers import BetaGeo, GammaGamma
from crmlab.company import Company
from crmlab.customers import summarize_customers
from crmlab.data import open_company, save
from crmlab.data.validation import validate
from crmlab.intake import adopt
from crmlab.simulation import simulate_company


@pytest.fixture(scope="module")
def shop():
    return simulate_company("retail", customers=1200, seed=3)


@pytest.fixture(scope="module")
def firm():
    return simulate_company("subscription", customers=1200, seed=3)


@pytest.fixture(scope="module")
def twin(shop):
    return simulate_company(like=shop)


@pytest.fixture(scope="module")
def twin_firm(firm):
    return simulate_company(like=firm)


def buying(company):
    buyers = summarize_customers(company.orders, company.observation_end)
    return pd.concat([BetaGeo.fit(buyers).summary(), GammaGamma.fit(buyers).summary()])


def test_the_truth_of_a_twin_is_what_was_read(shop, twin, twin_firm):
    assert 0 <= twin.truth["swing"] < 0.1  # the holidays of the original
    assert twin.truth["p"] == pytest.approx(buying(shop)["estimate"]["p"], abs=1e-3)
    for company in (twin, twin_firm):
        assert company.truth.parameters["unit"].str.len().min() > 0
        assert company.truth.parameters["meaning"].str.len().min() > 0
        assert company.truth.parameters.index.is_unique
        assert "parameters" in repr(company.truth)
    counted = twin.orders["customer_id"].value_counts().reindex(twin.truth.customers["customer_id"])
    assert (twin.truth.customers["orders"].to_numpy() == counted.to_numpy()).all()


def test_arrivals_mixes_and_money_are_those_of_the_original(shop, twin, firm, twin_firm):
    for original, copy in ((shop, twin), (firm, twin_firm)):
        middle = [company.customers["acquired_on"].quantile([0.25, 0.5, 0.75]) for company in (original, copy)]
        assert (middle[0] - middle[1]).dt.days.abs().max() < 35
        for column in ("channel", "region"):
            shares = [company.customers[column].value_counts(normalize=True) for company in (original, copy)]
            assert shares[0].sub(shares[1], fill_value=0).abs().max() < 0.05
    fees = [company.contracts.groupby("plan")["monthly_fee"].median() for company in (firm, twin_firm)]
    pd.testing.assert_series_equal(*fees)
    assert twin.currency == shop.currency
    assert (twin.orders["amount"] % 1 == 0).all()


def everyone(company):
    """All identifiers in all tables."""
    return {
        value
        for frame in company.tables.values()
        for name in frame
        if name.endswith("_id") and name not in ("product_id",)
        for value in frame[name].dropna()
    }


def test_no_identifier_of_the_original_is_in_the_twin(shop, twin, firm, twin_firm):
    assert everyone(shop).isdisjoint(everyone(twin))
    assert everyone(firm).isdisjoint(everyone(twin_firm))
    assert everyone(twin).isdisjoint(everyone(simulate_company(like=twin)))


def test_no_history_of_the_original_is_in_the_twin(shop, twin):
    """Nobody in the twin bought on the same days for the same amounts as anybody who came back."""
    sequences = []
    for company in (shop, twin):
        rows = company.orders.sort_values(["customer_id", "ordered_at", "amount"])
        told = rows["ordered_at"].astype(str) + " " + rows["amount"].astype(str)
        histories = told.groupby(rows["customer_id"]).agg(list)
        sequences.append({tuple(one) for one in histories if len(one) > 1})
    assert len(sequences[0]) > 500
    assert sequences[0].isdisjoint(sequences[1])


def renamed(company, rng):
    """The same company with other names for its customers, and its rows in another order."""
    names = company.customers["customer_id"].sample(frac=1, random_state=rng).to_numpy()
    other = dict(zip(company.customers["customer_id"], names, strict=True))
    tables = {
        name: frame.assign(customer_id=frame["customer_id"].map(other)).sample(frac=1, random_state=rng)
        for name, frame in company.tables.items()
        if name in ("customers", "orders", "contracts")
    }
    return Company(company.name, tables, company.observation_end, company.currency)


@pytest.mark.parametrize("kind", ["shop", "firm"])
def test_a_twin_does_not_know_who_is_who(kind, request):
    """Whatever the customers are called and however the rows lie, the twin is the same to the last byte."""
    original = request.getfixturevalue(kind)
    twins = [simulate_company(like=renamed(original, rng), customers=200) for rng in (1, 2)]
    for name in twins[0].tables:
        pd.testing.assert_frame_equal(twins[0].tables[name], twins[1].tables[name], rtol=1e-9)


def test_a_value_that_few_hold_is_pooled_and_said_so(shop):
    channel = shop.customers["channel"].astype(object).copy()
    channel.iloc[:4], channel.iloc[4:7] = "the mayor", "his wife"
    tables = {**shop.tables, "customers": shop.customers.assign(channel=channel)}
    twin = simulate_company(like=Company("shop", tables, shop.observation_end), customers=3000)
    assert set(twin.customers["channel"]) == {*shop.customers["channel"], "other"}
    assert twin.truth.not_carried["why"].str.contains("channel: 2 values").any()


def test_the_same_seed_gives_the_same_twin_and_another_seed_another(shop, twin):
    for name, frame in simulate_company(like=shop).tables.items():
        pd.testing.assert_frame_equal(frame, twin.tables[name])
    assert not simulate_company(like=shop, seed=12).orders.equals(twin.orders)


def test_what_is_left_behind_is_told_without_a_warning(shop, twin, twin_firm):
    for original, copy in ((shop, twin), (None, twin_firm)):
        assert list(copy.truth.not_carried) == ["table", "why"]
        if original:
            assert set(original.tables) - set(copy.tables) <= set(copy.truth.not_carried["table"])
    assert {"tickets", "surveys"} <= set(twin_firm.truth.not_carried["table"])


def test_twins_pass_the_door_and_can_be_saved(twin, twin_firm, tmp_path):
    for company in (twin, twin_firm):
        validate(dict(company.tables), company.observation_end)
    save(twin, tmp_path / "twin")
    assert open_company(tmp_path / "twin").truth.not_carried.equals(twin.truth.not_carried)


def test_a_shop_that_was_adopted_with_orders_alone_has_a_twin_with_orders_alone(shop, tmp_path, capsys):
    file = tmp_path / "export.csv"
    shop.orders[["customer_id", "ordered_at", "amount"]].to_csv(file, index=False)
    mine = adopt({"orders": file}, name="mine", currency="EUR", observation_end=shop.observation_end)
    assert capsys.readouterr().out
    twin = simulate_company(like=mine)
    assert list(twin.tables) == ["orders"]
    assert list(twin.orders) == ["customer_id", "ordered_at", "amount"]
    assert (twin.name, twin.currency, twin.observation_end) == ("twin of mine", "EUR", mine.observation_end)


def test_with_orders_and_contracts_the_larger_business_is_taken(shop, firm):
    tables = {"orders": shop.orders.head(40), "contracts": firm.contracts}
    assert list(simulate_company(like=Company("both", tables, firm.observation_end), customers=50).tables) == [
        "contracts"
    ]


def test_what_is_too_small_is_refused_in_a_sentence(shop, firm):
    few = shop.orders[shop.orders["customer_id"].isin(shop.customers["customer_id"].head(40))]
    once = shop.orders.drop_duplicates("customer_id")
    gone = firm.contracts.assign(ended_on=pd.NaT)
    for tables, said in (
        ({"orders": few}, "small has 40 buyers; a twin needs at least 100"),
        ({"orders": once}, "in small 0 buyers came back; a twin needs at least 30"),
        ({"contracts": firm.contracts.head(50)}, "small has 50 customers"),
        ({"contracts": gone}, "0 customers left small"),
        ({"customers": shop.customers}, "small has neither orders nor contracts"),
        ({"orders": shop.orders.assign(amount=5.0)}, "small has no twin: GammaGamma"),
    ):
        with pytest.raises(ValueError, match=said):
            simulate_company(like=Company("small", tables, shop.observation_end))


def test_a_company_is_named_or_given_but_not_both(shop):
    for arguments in ({}, {"name": "retail", "like": shop}):
        with pytest.raises(ValueError, match="give either the name of a company or"):
            simulate_company(**arguments)
    with pytest.raises(ValueError, match="leave out r"):
        simulate_company(like=shop, r=0.5)
