"""Tables read at their first use."""

import pandas as pd
import pytest

from crmlab.data.lazy import LazyTables


def test_only_the_table_that_is_used_is_read():
    read = []

    def reader(name):
        return lambda: read.append(name) or pd.DataFrame({"name": [name]})

    tables = LazyTables({"orders": reader("orders"), "customers": reader("customers")})
    assert (list(tables), len(tables), "orders" in tables, "leads" in tables) == (
        ["orders", "customers"],
        2,
        True,
        False,
    )
    assert read == []
    assert tables["orders"] is tables["orders"]
    assert read == ["orders"]
    with pytest.raises(KeyError):
        tables["leads"]
