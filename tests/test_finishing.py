from __future__ import annotations

import pandas as pd

from crmlab.data.finishing import finish, last_day


def test_unknown_columns_get_the_type_that_fits_or_that_is_said() -> None:
    frame = pd.DataFrame({"customer_id": ["a", "b"], "n": ["1", "2"], "gap": ["1", None], "code": ["01", "02"]})
    done = finish("orders", frame)
    assert done.dtypes.astype(str).to_dict() == {
        "customer_id": "object",
        "n": "int64",
        "gap": "Int64",
        "code": "object",
    }
    assert finish("orders", frame, {"n": "text"})["n"].to_list() == ["1", "2"]
    assert finish("orders", frame, {"code": "boolean"})["code"].to_list() == ["01", "02"]


def test_the_last_day_is_that_of_any_date_of_the_dictionary() -> None:
    orders = pd.DataFrame(
        {"ordered_at": pd.to_datetime(["2025-01-31", None]), "own": pd.to_datetime(["2030-01-01"] * 2)}
    )
    customers = pd.DataFrame({"acquired_on": pd.to_datetime(["2025-02-01"])})
    assert last_day({"orders": orders, "customers": customers}) == "2025-02-01"
