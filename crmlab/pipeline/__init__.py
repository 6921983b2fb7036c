"""The sales pipeline: how much it holds, what makes a deal, what today's open leads will bring, and whom to call first.

- `pipeline_velocity`: money a day, from four numbers;
- `choice`: `OfferChoice`, which option of an offer is taken and what its attributes are worth in money;
- `forecast`: `PipelineForecast`, wins and revenue of the open leads;
- `score`: `LeadScore`, a probability for each lead that keeps what it promises;
- `offers`, `stages`: the tables as these models read them.
"""

from __future__ import annotations

from math import isfinite

from crmlab.pipeline.choice import OfferChoice
from crmlab.pipeline.forecast import PipelineForecast
from crmlab.pipeline.offers import decided_offers
from crmlab.pipeline.score import LeadScore

__all__ = ["LeadScore", "OfferChoice", "PipelineForecast", "decided_offers", "pipeline_velocity"]


def pipeline_velocity(deals: float, win_rate: float, value: float, days: float) -> float:
    """Return the money a pipeline brings a day: deals × win rate × value of a deal / length of the sales cycle.

    It is the mean flow of a pipeline in which as much enters as leaves. It says nothing of today's open leads, which
    stand at different places: see `PipelineForecast`.

    Parameters
    ----------
    deals
        Open deals.
    win_rate
        The share that is won.
    value
        What a won deal brings.
    days
        The mean time from opening to closing.

    Raises
    ------
    ValueError
        If the win rate is no share, a number is negative, or the cycle has no length.

    Examples
    --------
    >>> round(pipeline_velocity(deals=50, win_rate=0.25, value=20_000, days=60), 2)
    4166.67
    """
    if not (0 <= win_rate <= 1 and deals >= 0 and value >= 0 and days > 0 and all(map(isfinite, (deals, value, days)))):
        raise ValueError("a velocity needs deals and value from 0 up, a win rate from 0 to 1, and a cycle above 0 days")
    return deals * win_rate * value / days
