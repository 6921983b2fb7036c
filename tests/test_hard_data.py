"""Hard data, put to whatever reads a table: a right result or one plain sentence, never an empty number in silence.

Each estimator of `estimators.py` meets each case that its good table can be spoilt by. It must then either return a
result without empty numbers (but where its docstring says so), at the top of its likelihood or with a warning that it
is not, or raise a ValueError of our own, which names the column that is missing or wrong.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from traceback import extract_tb
from typing import Any

import numpy as np
import pandas as pd
import pytest

import crmlab as crm
from crmlab.targeting import crossfit
from estimators import ESTIMATORS, Estimator, Table, numbers_in

PACKAGE = str(Path(crm.__file__).parent)
LARGE = 1_000_000


@pytest.fixture(autouse=True, scope="module")
def small_forests() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crossfit, "_TREES", 2)
        yield


def spoilt(estimator: Estimator) -> Iterator[tuple[str, Table, str | None]]:
    """Yield what is wrong, the table, and the column that must be named (None: a result will do)."""
    good = estimator.make()
    yield "good", good, None
    yield "empty", good.iloc[:0], None
    yield "one row", good.iloc[:1], None
    if estimator.counted:
        rest = [1] * (len(good) - 1)
        yield "a million alike", good.iloc[:1].assign(customers=LARGE), None
        yield "nobody", good.assign(customers=0), None
        yield "customers negative", good.assign(customers=[-1, *rest]), "count|customers"
        yield "customers empty", good.assign(customers=[np.nan, *rest]), "count|customers"
        yield "customers as text", good.assign(customers=["many", *rest]), "count|customers"
    for name in estimator.needs:
        yield f"{name} missing", good.drop(columns=name), name
    for name in dict.fromkeys((*estimator.needs, *estimator.gaps)):
        yield from spoilt_column(good, name, name in estimator.gaps)


def spoilt_column(good: Table, name: str, gaps: bool) -> Iterator[tuple[str, Table, str | None]]:
    column: Any = good[name]
    named = None if gaps else name
    number = pd.api.types.is_numeric_dtype(column)
    values = column.astype(float) if number else column.astype(object)
    yield f"{name} empty once", good.assign(**{name: values.where(np.arange(len(good)) > 0, None)}), named
    yield f"{name} empty", good.assign(**{name: None}), named
    yield f"{name} constant", good.assign(**{name: column.dropna().iloc[-1]}), None
    if not number or name.endswith("_id"):
        return
    yield f"{name} all 0", good.assign(**{name: 0.0}), None
    yield f"{name} negative once", good.assign(**{name: [-3.0, *values[1:]]}), None
    yield f"{name} infinite once", good.assign(**{name: [np.inf, *values[1:]]}), None


def empty_numbers(result: Any, estimator: Estimator) -> list[str]:
    """Return where a result holds numbers that are none."""
    found = []
    for name, shown in numbers_in(result).items():
        frame = pd.DataFrame({"": [shown]}) if isinstance(shown, float | int) else pd.DataFrame(shown)
        for column in frame.select_dtypes("number"):
            values = frame[column].astype("Float64").to_numpy(float, na_value=np.nan)
            if not np.isfinite(values).all() and not str(column).startswith(estimator.blank or ("no such",)):
                found.append(f"{name} {column}")
    return found


def judge(estimator: Estimator, table: Table) -> tuple[str, str]:
    """Return the sentence of a refusal, "" where there was a result; and what is wrong with this end, "" if nothing."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            result = estimator(table)
            empty = empty_numbers(result, estimator)
        except ValueError as error:
            ours = extract_tb(error.__traceback__)[-1].filename.startswith(PACKAGE)
            return str(error), "" if ours else f"a library complains: {error}"
        except Exception as error:
            return "", f"{type(error).__name__}: {error}"
    foreign = [f"{one.category.__name__}: {one.message}" for one in said if one.category is not UserWarning]
    if foreign or empty:
        return "", f"empty: {empty}; warnings: {foreign}"
    return "", "" if getattr(result, "converged", True) or said else "not at the top, and nothing is said"


@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_spoilt_table_ends_in_a_sentence_or_a_right_result(name: str) -> None:
    estimator, found = ESTIMATORS[name], {}
    for case, table, named in spoilt(estimator):
        sentence, wrong = judge(estimator, table)
        if case == "good" and sentence:
            wrong = f"refused: {sentence}"
        if named is not None and not re.search(named, sentence):
            wrong = wrong or f"{named} is not named: {sentence!r}"
        if wrong:
            found[case] = wrong
    assert found == {}


# What only some of them can meet.


def made(name: str, **columns: Any) -> tuple[Estimator, Table]:
    estimator = ESTIMATORS[name]
    return estimator, estimator.make().assign(**columns)


HARD: dict[str, tuple[Any, Table, str]] = {
    "BetaGeo: nobody came back": (*made("BetaGeo", frequency=0, recency=0.0), "came back|repeat"),
    "ModifiedBetaGeo: nobody came back": (*made("ModifiedBetaGeo", frequency=0, recency=0.0), "came back|repeat"),
    "ParetoNBD: nobody came back": (*made("ParetoNBD", frequency=0, recency=0.0), "came back|repeat"),
    "BetaGeoBetaBinomial: nobody gave": (*made("BetaGeoBetaBinomial", frequency=0, recency=0), "came back|repeat|took"),
    "BetaGeo: bought after the end": (*made("BetaGeo", recency=99.0), "recency"),
    "ParetoNBD: bought after the end": (*made("ParetoNBD", recency=99.0), "recency"),
    "GammaGamma: spent nothing": (*made("GammaGamma", monetary_value=0.0), "spent something"),
    "GammaGamma: spent less than nothing": (*made("GammaGamma", monetary_value=-5.0), "monetary_value"),
    "ShiftedBetaGeometric: nobody left": (*made("ShiftedBetaGeometric", churned=0), "nobody left"),
    "BetaDiscreteWeibull: nobody left": (*made("BetaDiscreteWeibull", churned=0), "nobody left"),
    "ShiftedBetaGeometric: all left at once": (*made("ShiftedBetaGeometric", churned=1, duration=1), "."),
    "HazardModel: nobody left": (*made("HazardModel cox", churned=0), "nobody left"),
    "ConsentWeights: one kind never agreed": (
        *made("ConsentWeights", agreed=lambda t: t["agreed"] & (t["region"] == "Seoul")),
        "region: nobody with Busan agreed",
    ),
    "ConsentWeights: a number tells who agreed": (
        *made("ConsentWeights", agreed=lambda t: t["born"] > 1972),
        "tells almost surely who agreed|nobody|everybody",
    ),
    "NonResponse: a number tells who answers": (
        *made("NonResponse", nps=lambda t: t["csat"].where(t["csat"] > 2)),
        "tells exactly who answers",
    ),
    "Acceptance: intention tells who uses it": (
        *made("Acceptance with yes or no", uses=lambda t: t["intention"] > 4),
        "parts users from the others without error",
    ),
    "Acceptance: ease is usefulness": (*made("Acceptance", ease=lambda t: t["usefulness"]), "move as one"),
    "OfferChoice: the cheaper is always taken": (
        *made("OfferChoice", accepted=lambda t: t["monthly_price"] == 0, promised_value=lambda t: t.index % 7),
        "separates|two accepted",
    ),
    "OfferChoice: the value is the price": (
        *made("OfferChoice", promised_value=lambda t: 2 * t["monthly_price"]),
        "says the same as another attribute",
    ),
    "Drivers: one driver is the other": (*made("Drivers", attitude=lambda t: 2 * t["process"]), "told apart"),
    "Mediation: the mediator is the cause": (*made("Mediation", attitude=lambda t: t["process"]), "told apart"),
    "DisagreementPrice: a class without profit": (*made("DisagreementPrice", **{"class": "c"}), "class"),
    "Uplift: all were treated": (*made("Uplift", treated=True), "0 customers were left alone"),
    "Uplift: the plan tells who was treated": (
        *made("Uplift", treated=lambda t: t["plan"] == "premium"),
        "tell who was treated",
    ),
    "ABTest: nobody succeeded": (*made("ABTest", success=False), "ended alike"),
    "Attribution: nobody was won": (*made("Attribution of ways", won=False), "no credit to share"),
    "Bass: everybody at once": (*made("Bass", period=1), "at least three"),
    "ResponseCurve: nobody answered": (*made("ResponseCurve", success=False), "ended alike"),
    "HazardModel: billions left": (*made("HazardModel cox", customers=10**9), "left, too many .* fit kind='cloglog'"),
    "Mixture: billions of customers": (*made("Mixture", customers=10**9), "more than can be held one by one"),
    "Lift: billions of baskets": (*made("Lift of baskets", customers=10**9), "at most 1,000,000,000 can be tested"),
    "LeadScore: billions of leads": (*made("LeadScore", customers=10**9), "more than can be held one by one"),
    "Uplift: billions of customers": (*made("Uplift", customers=10**9), "more than can be held one by one"),
} | {
    f"HazardModel {kind}: {what}": (ESTIMATORS[f"HazardModel {kind}"], table, said)
    for kind in ("cox", "weibull", "cloglog", "logit")
    for what, table, said in (
        (
            "a fee in billions",
            ESTIMATORS["HazardModel cox"].make().assign(fee=lambda t: t["fee"] / 1e9),
            "fee: the hazard ratio of one unit more is beyond all numbers; give it in a smaller unit",
        ),
        (
            "a plan that nobody left",
            ESTIMATORS["HazardModel cox"].make().assign(churned=lambda t: t["churned"] * (t["plan"] == "basic")),
            "plan = premium: none of its",
        ),
        (
            "the fee follows from the plan",
            ESTIMATORS["HazardModel cox"].make().assign(fee=lambda t: 3.0 + (t["plan"] == "basic")),
            "fee follows from",
        ),
        (
            "a fee that tells who leaves",
            ESTIMATORS["HazardModel cox"].make().assign(fee=lambda t: 10.0 * t["churned"] - t["duration"] / 9),
            "separates|does not converge|do not determine",
        ),
    )
}


@pytest.mark.parametrize(("estimator", "table", "said"), HARD.values(), ids=HARD)
def test_what_the_data_cannot_tell_is_said(estimator: Estimator, table: Table, said: str) -> None:
    sentence, wrong = judge(estimator, table)
    assert wrong == ""
    assert re.search(said, sentence), sentence


RIGHT: dict[str, tuple[Estimator, Table]] = {
    "HazardModel cox: none censored": made("HazardModel cox", churned=1),
    "HazardModel weibull: none censored": made("HazardModel weibull", churned=1),
    "HazardModel cloglog: none censored": made("HazardModel cloglog", churned=1),
    "HazardModel logit: none censored": made("HazardModel logit", churned=1),
    "ChurnCurve: nobody left": made("ChurnCurve", churned=0),
    "ChurnCurve: none censored": made("ChurnCurve", churned=1),
    "ShiftedBetaGeometric: none censored": made(
        "ShiftedBetaGeometric", churned=1, duration=lambda t: 1 + t.index % 30 // 9**2 + t.index % 7 * (t.index % 3)
    ),
    "LeadScore: a channel that always wins": made("LeadScore", channel=lambda t: np.where(t["won"], "fair", "web")),
    "LeadScore: a feature twice": made("LeadScore", size=lambda t: 1 * (t["channel"] == "fair")),
    "Mixture: one measure follows from the other": made("Mixture", speed=lambda t: 10 - t["price"]),
    "Qini: nobody's outcome differs": made("Qini", outcome=0),
    "Uplift: rows of one label": (
        ESTIMATORS["Uplift"],
        ESTIMATORS["Uplift"].make().assign(customers=2).set_axis(np.zeros(240, int)),
    ),
    "Uplift: a covariate twice": made("Uplift", age=lambda t: 1 * (t["plan"] == "basic")),
    "ConsentWeights: a column follows from another": made(
        "ConsentWeights", born=lambda t: 1970 + (t["region"] == "Seoul")
    ),
    "SequentialTest: nobody succeeded": made("SequentialTest", success=False),
    "Deflection: the chatbot solves all": made("Deflection", resolved_at_first_contact=True),
    "nps: all agree": made("nps", nps=10.0),
    "Agreement: departments that always agree": made("Agreement", service=lambda t: t["sales"]),
}


@pytest.mark.parametrize(("estimator", "table"), RIGHT.values(), ids=RIGHT)
def test_where_an_extreme_has_a_right_answer_it_is_given(estimator: Estimator, table: Table) -> None:
    assert judge(estimator, table) == ("", "")


ROOMS = ("ab_test", "adoption", "attribution", "buyers", "churn", "cohorts", "conversion_time", "drivers", "funnel",
         "growth", "hazards", "identity", "loyalty", "pipeline", "privacy", "referrals", "renewals", "segments",
         "service", "targeting")  # fmt: skip


@pytest.mark.parametrize("room", ROOMS)
def test_every_estimator_of_a_room_is_put_to_it(room: str) -> None:
    public = [getattr(crm, name) for name, home in crm._HOME_OF.items() if home == room]
    read = {one.__name__ for one in public if any(name.startswith(("fit", "from_")) for name in vars(one))}
    assert read - {name.split()[0] for name in ESTIMATORS} == set()
