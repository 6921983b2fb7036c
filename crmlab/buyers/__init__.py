"""Buying without contracts: how often customers buy, how much they spend, and which of them have silently left.

- `beta_geo`: purchases, leaving after a repeat purchase (BG/NBD);
- `modified_beta_geo`: purchases, leaving after any purchase (MBG/NBD);
- `pareto_nbd`: purchases, leaving at any moment (Pareto/NBD);
- `beta_geo_beta_binomial`: purchases at fixed opportunities (BG/BB);
- `opportunities`: orders on a grid of years, quarters or months, as BG/BB takes them;
- `gamma_gamma`: the amount of a purchase;
- `buyer_model`, `predictions`, `discounting`, `quadrature`: what the models of buying share;
- `comparison`: what a model expects beside what happened.
"""

from crmlab.buyers.beta_geo import BetaGeo
from crmlab.buyers.beta_geo_beta_binomial import BetaGeoBetaBinomial
from crmlab.buyers.gamma_gamma import GammaGamma
from crmlab.buyers.modified_beta_geo import ModifiedBetaGeo
from crmlab.buyers.opportunities import count_opportunities, summarize_opportunities
from crmlab.buyers.pareto_nbd import ParetoNBD

__all__ = [
    "BetaGeo",
    "BetaGeoBetaBinomial",
    "GammaGamma",
    "ModifiedBetaGeo",
    "ParetoNBD",
    "count_opportunities",
    "summarize_opportunities",
]
