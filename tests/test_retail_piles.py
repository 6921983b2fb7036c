"""A pile is what pandas would have put together, whatever the blocks are like."""

import numpy as np
import pandas as pd
import pytest

from crmlab.simulation.retail.piles import Pile


def block(rows, start=0):
    number = np.arange(start, start + rows)
    return pd.DataFrame(
        {
            "id": np.array([f"C{one}" for one in number], dtype=object),
            "on": pd.Timestamp("2024-01-01") + pd.to_timedelta(number, unit="D"),
            "amount": number / 2,
            "pieces": pd.array(number, dtype="Int64"),
            "kept": pd.array(number % 2 == 0, dtype="boolean"),
        },
        index=number + 5,
    )


@pytest.mark.parametrize("sizes", [(3, 3, 3), (1, 40, 2), (4, 0, 1), (7,)])
def test_blocks_of_any_size_are_put_together(sizes):
    blocks = [block(size, 100 * place) for place, size in enumerate(sizes)]
    pile = Pile(len(blocks))
    for one in blocks:
        pile.add(one)
    pd.testing.assert_frame_equal(pile.table(), pd.concat(blocks, ignore_index=True))


def test_a_missing_day_stays_missing_and_a_missing_number_is_refused():
    pile = Pile(1)
    pile.add(pd.DataFrame({"left_on": pd.to_datetime(["2024-01-05", None])}))
    assert pile.table()["left_on"].isna().tolist() == [False, True]
    with pytest.raises(ValueError, match="missing values"):
        Pile(1).add(pd.DataFrame({"age": pd.array([1, None], dtype="Int64")}))
