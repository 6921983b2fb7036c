"""The short list of CRM systems that `b2b` chose from. All names are made up.

Two run on servers of one's own: dear to set up, cheap for each user. Four run in the cloud: the other way round. Each
is better than every other at something, so which one wins depends on the weights, the years and the number of users.
"""

from __future__ import annotations

import pandas as pd

_COLUMNS = ("name", "hosting", "functions", "architecture", "scalability", "usability")
_COSTS = ("setup_cost", "migration_cost", "integration_cost", "monthly_licence", "yearly_upkeep")
_VENDORS = (
    ("Haneul CRM", "cloud", 9.2, 6.1, 8.8, 5.6, 45, 38, 52, 0.125, 14),
    ("Baram Sales", "cloud", 7.1, 6.8, 7.9, 7.7, 22, 26, 30, 0.079, 10),
    ("Dolmen", "on-premises", 8.3, 9.1, 5.2, 4.9, 165, 44, 21, 0.018, 62),
    ("Ginkgo Suite", "cloud", 5.8, 7.4, 9.4, 6.9, 18, 30, 41, 0.068, 12),
    ("Namu", "cloud", 4.6, 5.5, 6.4, 9.3, 6, 14, 17, 0.039, 5),
    ("Onggi Desk", "on-premises", 6.2, 8.2, 4.3, 6.3, 98, 22, 14, 0.0, 49),
)


def vendor_table() -> pd.DataFrame:
    """Return the table `vendors`; costs are listed here in millions of won."""
    table = pd.DataFrame(_VENDORS, columns=[*_COLUMNS, *_COSTS])
    table[[*_COSTS]] = (1e6 * table[[*_COSTS]]).round()
    table.insert(0, "vendor_id", [f"V{number}" for number in range(1, len(table) + 1)])
    return table
