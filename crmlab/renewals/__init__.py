"""Contracts that are renewed in whole periods: how long a cohort stays, and what is still to come from it.

- `shifted_beta_geometric`: customers differ, and none changes;
- `beta_discrete_weibull`: customers differ, and each may change with its age;
- `renewal_model`: what both share.
"""

from crmlab.renewals.beta_discrete_weibull import BetaDiscreteWeibull
from crmlab.renewals.shifted_beta_geometric import ShiftedBetaGeometric

__all__ = ["BetaDiscreteWeibull", "ShiftedBetaGeometric"]
