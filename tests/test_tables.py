"""The data dictionary is sound in itself."""

import pytest

from crmlab.tables import DTYPES, TABLES, dictionary


def test_every_reference_names_a_column_that_exists():
    for table in TABLES.values():
        for column in table.columns:
            if column.references:
                other, key = column.references.split(".")
                assert TABLES[other].column(key)


def test_every_key_is_a_required_column_without_gaps():
    for table in TABLES.values():
        for key in table.key:
            assert key in table.required
            assert not table.column(key).empty


def test_every_column_has_a_known_kind_and_a_meaning():
    for table in TABLES.values():
        assert len({column.name for column in table.columns}) == len(table.columns)
        for column in table.columns:
            assert column.kind in DTYPES
            assert column.meaning


def test_dictionary_of_one_table_and_of_an_unknown_one():
    assert set(dictionary("orders", "leads")["table"]) == {"orders", "leads"}
    with pytest.raises(KeyError):
        dictionary("profits")
