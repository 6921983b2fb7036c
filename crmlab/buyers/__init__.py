"""Buying without contracts: how often customers buy, how much they spend, and which of them have silently left.

- `beta_geo`: purchases (BG/NBD);
- `gamma_gamma`: the amount of a purchase;
- `buyer_model`: what every model of buying shares;
- `comparison`: what a model expects beside what happened.
"""

from crmlab.buyers.beta_geo import BetaGeo
from crmlab.buyers.gamma_gamma import GammaGamma

__all__ = ["BetaGeo", "GammaGamma"]
