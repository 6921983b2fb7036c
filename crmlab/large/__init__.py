"""Orders that do not fit into memory: counted where they lie, and a sample of customers to look at.

A model asks of a buyer only how often, how recently and for how long it bought, and customers who share these numbers
are counted together. In whole weeks a hundred million customers are some hundred thousand rows. `count_orders` finds
them on any engine; `adopt_orders` keeps them in a company's folder, beside the whole histories of some customers.
"""

from crmlab.large.adopting import adopt_orders
from crmlab.large.counting import OrderCounts, count_orders
from crmlab.large.sampling import sample_customers

__all__ = ["OrderCounts", "adopt_orders", "count_orders", "sample_customers"]
