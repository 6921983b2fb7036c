"""The start of a lesson."""

import pytest

from crmlab import labels, session


@pytest.fixture(autouse=True)
def english():
    yield
    labels.use("en")


def test_all_well_is_one_line(capsys):
    session.setup()
    assert capsys.readouterr().out == "crmlab is ready.\n"


def test_what_is_missing_is_named_with_the_remedy(capsys, monkeypatch):
    monkeypatch.setattr(session, "_NEEDED", ("pandas", "no-such-package"))
    session.setup()
    assert capsys.readouterr().out == "Missing: no-such-package. Mend it with: python scripts/bootstrap.py install\n"


def test_language_is_checked():
    with pytest.raises(ValueError, match="choose one of en, ko"):
        session.setup(language="de")


def test_axes_bear_the_currency_of_the_lesson():
    session.setup(currency="EUR")
    assert labels.word("value (currency)") == "value (EUR)"
    session.setup("ko", "KRW")
    assert labels.word("value (currency)") == "가치(KRW)"
    session.setup("ko")
    assert labels.word("value (currency)") == "가치(통화)"


def test_versions_name_what_the_numbers_depend_on():
    assert {"python", "crmlab", "pandas", "lifelines"} <= set(session.versions().index)
