"""Buying a CRM system, and having it used.

Four questions in the order in which they are asked. Which system is best depends on what one weighs: `Scorecard` asks
for how large a part of all weights each one comes first. What it costs over the years, and from how many users on a
server of one's own is cheaper than the cloud: `CostOfOwnership`. How fast people take it up: `Bass`, fitted to what
`count_adopters` counts. And why they do: `Acceptance`, from usefulness and ease over intention to use.
"""

from __future__ import annotations

from crmlab.adoption.acceptance import Acceptance
from crmlab.adoption.bass import Bass
from crmlab.adoption.curve import bass_density, bass_peak, bass_share, count_adopters
from crmlab.adoption.ownership import CostOfOwnership
from crmlab.adoption.scorecard import Scorecard

__all__ = [
    "Acceptance",
    "Bass",
    "CostOfOwnership",
    "Scorecard",
    "bass_density",
    "bass_peak",
    "bass_share",
    "count_adopters",
]
