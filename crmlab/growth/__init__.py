"""The arithmetic of growth: what winning a customer costs, what keeping one deserves, when referrals carry a firm.

- `arithmetic`: closed forms: customer equity, payback, effort, referrals;
- `response`, `response_fit`: how a rate answers to spend;
- `economics`: cost and value of the average customer, and of the next one;
- `allocation`, `market`, `frontier`: how to split a budget between hunting and farming;
- `plan`, `flow`: what budgets do to customers, revenue and cash month by month;
- `sensitivity`: what an answer rests on.
"""

from crmlab.growth.allocation import Allocation
from crmlab.growth.arithmetic import customer_equity, effort_share, payback, referral_multiplier
from crmlab.growth.economics import UnitEconomics
from crmlab.growth.flow import Firm
from crmlab.growth.plan import GrowthPlan
from crmlab.growth.response import ResponseCurve
from crmlab.growth.sensitivity import Tornado

__all__ = [
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
]
