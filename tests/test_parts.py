"""A large shop in parts: whole files only, the same whether interrupted or not, nothing of the user's touched."""

import json

import pandas as pd
import pytest

from crmlab.simulation import parts, retail
from crmlab.simulation.parts import STATE, write_parts
from crmlab.simulation.retail.people import BLOCK

LIGHT = {"r": 0.05, "alpha": 100.0, "second_system": 0.0, "purchase_odds": 2.5}  # hardly a second order
CUSTOMERS = 2 * BLOCK + 40


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "shop"
    assert write_parts(folder, CUSTOMERS, 3, part=BLOCK, **LIGHT) == 3
    return folder


def test_what_was_interrupted_goes_on_and_ends_as_if_nothing_had_happened(whole, tmp_path, monkeypatch):
    made, write = [], parts._write

    def fail(path, frame):
        if path.parent.name == "tickets" and path.stem == "part-00001":
            path.with_name(".part-00001.tmp").write_bytes(b"half a file")
            raise KeyboardInterrupt
        write(path, frame)

    monkeypatch.setattr(parts, "_write", fail)
    with pytest.raises(KeyboardInterrupt):
        write_parts(tmp_path / "shop", CUSTOMERS, 3, part=BLOCK, **LIGHT)
    assert json.loads((tmp_path / "shop" / STATE).read_text())["finished"] == 1
    for path in (tmp_path / "shop").rglob("*.parquet"):
        pd.read_parquet(path)

    def simulate(count, *_, first):
        made.append((first, count))
        return retail_simulate(count, 3, LIGHT, first=first)

    retail_simulate = retail.simulate
    monkeypatch.setattr(parts, "_write", write)
    monkeypatch.setattr(retail, "simulate", simulate)
    write_parts(tmp_path / "shop", CUSTOMERS, 3, part=BLOCK, **LIGHT)
    assert made == [(BLOCK, BLOCK), (2 * BLOCK, 40)]
    assert contents(tmp_path / "shop") == contents(whole)
    write_parts(tmp_path / "shop", CUSTOMERS, 3, part=BLOCK, **LIGHT)
    assert len(made) == 2


def test_the_parts_together_are_the_shop(whole):
    shop = retail.simulate(CUSTOMERS, 3, LIGHT)
    frames = {**shop.tables, **{f"truth/{name}": frame for name, frame in shop.truth.tables.items()}}
    for name in set(frames) - {"truth/programme"}:
        read = pd.read_parquet(whole / name).astype(frames[name].dtypes.to_dict())
        pd.testing.assert_frame_equal(read, frames[name])
    pieces = pd.read_parquet(whole / "truth" / "programme").groupby("region")["pieces"].sum()
    assert pieces.to_dict() == shop.truth.programme.set_index("region")["pieces"].to_dict()


def test_the_first_customers_are_those_of_a_small_shop(whole):
    small = retail.simulate(70, 3, LIGHT)
    ids = small.customers["customer_id"]
    customers = pd.read_parquet(whole / "customers")
    pd.testing.assert_frame_equal(customers[:70].astype(small.customers.dtypes.to_dict()), small.customers)
    orders = pd.read_parquet(whole / "orders")
    first = orders[orders["customer_id"].isin(ids)].reset_index(drop=True)
    pd.testing.assert_frame_equal(first.astype(small.orders.dtypes.to_dict()), small.orders)
    assert orders["order_id"].is_unique


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": 4}, "seed 3, not 4"),
        ({"customers": CUSTOMERS + 1}, "customers 20040, not 20041"),
        ({"shock": 0.5}, "switches"),
        ({"part": 2 * BLOCK}, "part 10000, not 20000"),
    ],
)
def test_other_settings_in_the_same_folder_are_refused(whole, change, said):
    before = contents(whole)
    with pytest.raises(FileExistsError, match=said):
        write_parts(whole, **{"customers": CUSTOMERS, "seed": 3, "part": BLOCK, **LIGHT, **change})
    assert contents(whole) == before


def test_a_folder_of_the_users_own_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="holds no parts that crmlab wrote"):
        write_parts(tmp_path, 5, overwrite=True)
    assert contents(tmp_path) == {"notes.txt": b"mine"}


def test_beginning_anew_keeps_what_is_not_ours(tmp_path):
    write_parts(tmp_path / "shop", 5, 1, **LIGHT)
    (tmp_path / "shop" / "notes.txt").write_text("mine")
    write_parts(tmp_path / "shop", 6, 2, overwrite=True, **LIGHT)
    assert len(pd.read_parquet(tmp_path / "shop" / "customers")) == 6
    assert (tmp_path / "shop" / "notes.txt").read_text() == "mine"


def test_a_finished_part_that_is_gone_is_missed(tmp_path):
    write_parts(tmp_path / "shop", 5, 1, **LIGHT)
    (tmp_path / "shop" / "orders" / "part-00000.parquet").unlink()
    with pytest.raises(FileExistsError, match=r"lacks orders/part-00000.parquet"):
        write_parts(tmp_path / "shop", 5, 1, **LIGHT)


def test_numbers_out_of_range_and_unknown_parameters_write_nothing(tmp_path):
    with pytest.raises(ValueError, match=r"whole blocks of 10,000"):
        write_parts(tmp_path / "shop", 5, part=500)
    with pytest.raises(ValueError, match=r"there is no parameter shok"):
        write_parts(tmp_path / "shop", 5, shok=1)
    assert not (tmp_path / "shop").exists()
