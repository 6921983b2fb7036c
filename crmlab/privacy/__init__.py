"""Working with customers' data without giving customers away.

Four questions, each with an answer that can be checked:

- Who is who? Pseudonyms made with a key, so that tables can be joined by nobody who lacks it (`pseudonyms`).
- Could somebody be recognised by what is known of everybody: age, region, plan? A table is made coarser until each row
  looks like at least k others' (`Anonymized`).
- Who is missing? Those who consent are not like the others; weights mend what can be seen of that (`ConsentWeights`).
- Does a report give somebody away? Small numbers are hidden, and others with them, or totals would tell (`suppress`).

None of these makes data anonymous in the eyes of the law by itself. A pseudonym can be undone by who has the key, and
k-anonymity says nothing about what is published next.
"""

from __future__ import annotations

from crmlab.privacy.anonymity import Anonymized, Protection, diversity, smallest_class
from crmlab.privacy.cells import suppress
from crmlab.privacy.consent import ConsentWeights
from crmlab.privacy.pseudonyms import new_key, pseudonyms

__all__ = [
    "Anonymized",
    "ConsentWeights",
    "Protection",
    "diversity",
    "new_key",
    "pseudonyms",
    "smallest_class",
    "suppress",
]
