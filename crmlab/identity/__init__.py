"""Identity: the single customer view.

Which records are one person, how sure is that, and what do errors cost?

`Linkage` weighs pairs of records by Fellegi and Sunter and joins them to persons; `exact_links` is the rule of thumb
beside it. `linkage_scores` and `blocking_scores` compare with the truth, `linkage_effects` says what linkage errors do
to counts, churn and value, and `assign_persons` hands any table of records on to the models as one of persons.
"""

from __future__ import annotations

from crmlab.identity.cleaning import (
    clean_birth_dates,
    clean_email,
    clean_name,
    clean_phone,
    clean_postcode,
    clean_records,
)
from crmlab.identity.clusters import assign_persons, exact_links
from crmlab.identity.effects import linkage_effects
from crmlab.identity.linkage import Linkage
from crmlab.identity.scores import blocking_scores, linkage_scores
from crmlab.identity.weights import match_probability, match_weight

__all__ = [
    "Linkage",
    "assign_persons",
    "blocking_scores",
    "clean_birth_dates",
    "clean_email",
    "clean_name",
    "clean_phone",
    "clean_postcode",
    "clean_records",
    "exact_links",
    "linkage_effects",
    "linkage_scores",
    "match_probability",
    "match_weight",
]
