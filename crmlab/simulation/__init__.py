"""The simulated companies: every table follows from a mechanism whose truth is kept.

`subscription` sells monthly contracts to private customers, `retail` takes orders without contracts, `b2b` sells a
monthly service to firms through salespeople. The rooms:

- `parameters`: ranges, streams, identifiers;
- `people`: everything random about a prospect, drawn once, so that "what if" changes nothing else;
- `sales`: how leads become customers, and when;
- `contracts`: how long customers stay, and what would have been;
- `service`: tickets and surveys;
- `marketing`: the money spent;
- `subscription`, `retail`, `b2b`: the companies put together;
- `twins`: the shape of a company of one's own, and its twin.
"""

from __future__ import annotations

from crmlab.company import Company

COMPANIES = ("subscription", "retail", "b2b")


def simulate_company(
    name: str | None = None,
    customers: int | None = None,
    seed: int = 11,
    like: Company | None = None,
    **switches: float,
) -> Company:
    """Simulate a company whose truth is known, or a twin of one's own.

    Parameters
    ----------
    name
        "subscription", "retail" or "b2b"; leave it out where `like` is given.
    customers
        About how many customers (subscription, b2b), or exactly how many (retail, twin); 5,000, 1,200 and 3,000 if not
        given, and of a twin as many as its original has.
    seed
        The same seed gives the same company.
    like
        A company with orders or contracts whose shape is simulated: its twin, which holds none of its people.
    switches
        Parameters of the mechanism by name; `company.truth.parameters` lists them with unit and meaning.

    Returns
    -------
    Company
        Validated tables, with `truth` filled.

    Raises
    ------
    ValueError
        If the company or a parameter is unknown, a value lies outside its range, not exactly one of `name` and `like`
        is given, or the company to be like is too small to be read.

    Examples
    --------
    >>> shop = simulate_company("retail", customers=50, seed=7)
    >>> len(shop.customers)
    50
    >>> shop.truth["r"]
    0.6
    """
    if (name is None) == (like is None):
        raise ValueError("give either the name of a company or, as `like`, a company to simulate a twin of")
    if customers is not None and customers < 1:
        raise ValueError(f"customers is {customers}; a company needs at least one")
    return _twin(like, customers, seed, switches) if like is not None else _named(name, customers, seed, switches)


def _named(name: str | None, customers: int | None, seed: int, switches: dict[str, float]) -> Company:
    from crmlab.simulation import b2b, retail, subscription

    simulators = {"subscription": subscription.simulate, "retail": retail.simulate, "b2b": b2b.simulate}
    if name not in simulators:
        raise ValueError(f"there is no company {name!r}; there are {', '.join(COMPANIES)}")
    return simulators[name](customers, seed, switches)


def _twin(like: Company, customers: int | None, seed: int, switches: dict[str, float]) -> Company:
    from crmlab.simulation.twins import simulate_twin

    if switches:
        raise ValueError(f"a twin takes its parameters from the company: leave out {', '.join(switches)}")
    return simulate_twin(like, customers, seed)
