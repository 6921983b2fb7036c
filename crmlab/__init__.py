"""The face of crmlab: it hands names on and holds nothing else.

The families, each in a module of its own:

- a session and its data: `setup`, `versions`, `open_company`, `simulate_company`, `adopt`, `check`, `save`,
  `DataError`, `reveal`;
- tables of customers: `summarize_customers`, `count_customers`, `count_repeats`, `summarize_opportunities`;
  of any size: `count_orders`, `adopt_orders`, `sample_customers`, `all_buyers`;
- winning: `Funnel`, `CohortTriangle`, `TimeToConvert`, `CureModel`, `Attribution`, `ABTest`, `SequentialTest`,
  `OfferChoice`, `PipelineForecast`, `LeadScore`, `pipeline_velocity`;
- staying: `ChurnCurve`, `HazardModel`, `ShiftedBetaGeometric`, `BetaDiscreteWeibull`, and the revenue of contracts;
- buying: `BetaGeo`, `ModifiedBetaGeo`, `ParetoNBD`, `BetaGeoBetaBinomial`, `GammaGamma`;
- service and loyalty: `nps`, `csat`, `ces`, `NonResponse`, `ProfitExperience`, `Drivers`, `Interaction`, `Mediation`,
  `Staffing`, `erlang_c`, `erlang_a`, `FirstContact`, `Deflection`;
- value and growth: `interval_of`, `clv`, `simple_clv`, `margin_multiple`, `survival_clv`, `customer_value`,
  `value_of_all`, `payback`, `ResponseCurve`, `UnitEconomics`, `Allocation`, `GrowthPlan`, `Tornado`, `margin_within`,
  `Reproduction`, `referral_multiplier`, `effort_share`, `customer_equity`;
- choosing: `Rules`, `RFM`, `Mixture`, `Lift`, `Agreement`, `Uplift`, `Qini`, `PolicyValue`, `Scorecard`, `Bass`;
- knowing who is who: `Linkage`, `exact_links`, `linkage_scores`, `linkage_effects`;
- protecting: `pseudonyms`, `Anonymized`, `ConsentWeights`, `suppress`;
- acting and learning: `Game`, `play`, `play_many`;
- in the notebook: `exercise`, `explore`, `describe`, `money`, `percent`.

A module is imported when one of its names is first used, so `import crmlab` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "adoption": ("Acceptance", "Bass", "CostOfOwnership", "Scorecard", "bass_peak", "bass_share", "count_adopters"),
    "ab_test": ("ABTest", "SequentialTest", "peeking_false_alarms", "spending_boundaries"),
    "attribution": ("Attribution",),
    "buyer_base": ("all_buyers", "value_of_all"),
    "buyers": (
        "BetaGeo",
        "BetaGeoBetaBinomial",
        "GammaGamma",
        "ModifiedBetaGeo",
        "ParetoNBD",
        "count_opportunities",
        "summarize_opportunities",
    ),
    "checking": ("Check", "check"),
    "churn": ("ChurnCurve", "contract_durations", "count_contracts"),
    "cohorts": ("CohortTriangle", "count_cohorts"),
    "company": ("Company",),
    "customers": ("count_customers", "count_repeats", "summarize_customers"),
    "data": ("DataError", "open_company", "save"),
    "drivers": ("Drivers", "Interaction", "Mediation", "lmg_shares"),
    "exercises": ("exercise",),
    "conversion_time": ("CureModel", "TimeToConvert"),
    "funnel": ("Funnel",),
    "game": ("Game", "play", "play_many"),
    "growth": (
        "Allocation",
        "Firm",
        "GrowthPlan",
        "ResponseCurve",
        "Tornado",
        "UnitEconomics",
        "customer_equity",
        "effort_share",
        "payback",
        "referral_multiplier",
    ),
    "hazards": ("HazardModel", "split_customers"),
    "identity": (
        "Linkage",
        "assign_persons",
        "blocking_scores",
        "clean_records",
        "exact_links",
        "linkage_effects",
        "linkage_scores",
        "match_probability",
        "match_weight",
    ),
    "intake": ("adopt",),
    "intervals": ("interval_of",),
    "labels": ("money", "percent"),
    "large": ("OrderCounts", "adopt_orders", "count_orders", "sample_customers"),
    "lifetime_value": ("clv", "customer_value", "margin_multiple", "simple_clv", "survival_clv"),
    "loyalty": ("NonResponse", "ProfitExperience", "ces", "csat", "nps", "nps_answers_needed"),
    "margins": ("margin_within",),
    "pipeline": ("LeadScore", "OfferChoice", "PipelineForecast", "decided_offers", "pipeline_velocity"),
    "plots": ("describe",),
    "privacy": ("Anonymized", "ConsentWeights", "Protection", "new_key", "pseudonyms", "smallest_class", "suppress"),
    "referrals": ("Reproduction",),
    "renewals": ("BetaDiscreteWeibull", "ShiftedBetaGeometric"),
    "result": ("reveal",),
    "revenue": ("active_on", "churn_rates", "churn_rise", "monthly_revenue", "project_revenue"),
    "segments": (
        "RFM",
        "Agreement",
        "DisagreementPrice",
        "Lift",
        "Mixture",
        "Rules",
        "at_least",
        "at_most",
        "between",
        "equals",
        "log_ratios",
        "one_of",
    ),
    "service": (
        "Deflection",
        "FirstContact",
        "Staffing",
        "agents_needed",
        "erlang_a",
        "erlang_c",
        "simulate_queue",
        "sla_share",
    ),
    "session": ("setup", "versions"),
    "simulation": ("simulate_company",),
    "tables": ("dictionary",),
    "targeting": ("PolicyValue", "Qini", "Uplift", "expected_maximum_profit"),
    "widgets": ("explore",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = ["__version__", *sorted(_HOME_OF)]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"crmlab has no {name!r}")
    return getattr(import_module(f"crmlab.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)
