"""Who leaves sooner: the hazard of leaving as a function of what is known of a customer.

The hazard of a month is the share of those still there who leave in it. Proportional hazards (Cox 1972) let a covariate
multiply it by the same number in every month; that number, the hazard ratio, is what all kinds of model here report,
and whether it is the same in every month is to be tested, not assumed.

- `model`: `HazardModel`, fitted to counts: Cox, Weibull, or one binomial regression over months;
- `proportionality`: does a hazard ratio last?
- `calibration`, `scores`: do as many leave as was said, and is the risk put into the right order?
- `design`, `cox`, `months`, `weibull`, `baseline`: what these are made of.
"""

from crmlab.hazards.calibration import Calibration
from crmlab.hazards.model import HazardModel
from crmlab.hazards.proportionality import Proportionality
from crmlab.hazards.scores import Scores, split_customers

__all__ = ["Calibration", "HazardModel", "Proportionality", "Scores", "split_customers"]
