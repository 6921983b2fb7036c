"""The simulated companies: every table follows from a mechanism whose truth is kept.

`subscription` sells monthly contracts to private customers, `retail` takes orders without contracts, `b2b` sells a
monthly service to firms through salespeople. The rooms:

- `parameters`: ranges, streams, identifiers;
- `people`: everything random about a prospect, drawn once, so that "what if" changes nothing else;
- `sales`: how leads become customers, and when;
- `contracts`: how long customers stay, and what would have been;
- `service`: tickets and surveys;
- `marketing`: the money spent;
- `subscription`, `retail`, `b2b`: the companies put together.
"""

from __future__ import annotations

from crmlab.company import Company

COMPANIES = ("subscription", "retail", "b2b")


def simulate_company(name: str, customers: int | None = None, seed: int = 11, **switches: float) -> Company:
    """Simulate a company whose truth is known.

    Parameters
    ----------
    name
        "subscription", "retail" or "b2b".
    customers
        About how many customers (subscription, b2b), or exactly how many (retail); about 5,000, 1,200 and 4,000 if not
        given.
    seed
        The same seed gives the same company.
    switches
        Parameters of the mechanism by name; `company.truth.parameters` lists them with unit and meaning.

    Returns
    -------
    Company
        Validated tables, with `truth` filled.

    Raises
    ------
    ValueError
        If the company or a parameter is unknown, or a value lies outside its range.

    Examples
    --------
    >>> shop = simulate_company("retail", customers=50, seed=7)
    >>> len(shop.customers)
    50
    >>> shop.truth["r"]
    0.55
    """
    from crmlab.simulation import b2b, retail, subscription

    if name not in COMPANIES:
        raise ValueError(f"there is no company {name!r}; there are {', '.join(COMPANIES)}")
    if customers is not None and customers < 1:
        raise ValueError(f"customers is {customers}; a company needs at least one")
    simulate = {"subscription": subscription.simulate, "retail": retail.simulate, "b2b": b2b.simulate}[name]
    return simulate(customers, seed, switches)
