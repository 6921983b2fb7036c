"""Words in both languages, money and percent."""

import pytest

from crmlab import labels


@pytest.fixture(autouse=True)
def english():
    yield
    labels.use("en")


def test_every_word_has_both_languages():
    for key, (english, korean) in labels.WORDS.items():
        assert english, key
        assert any("가" <= letter <= "힣" for letter in korean), key


def test_language_changes_words_but_not_names_of_data():
    labels.use("ko")
    assert labels.word("customers") == "고객 수"
    assert labels.word("premium plan") == "premium plan"


def test_unknown_language_is_named_with_the_choices():
    with pytest.raises(ValueError, match="language is 'fr'; choose one of en, ko"):
        labels.use("fr")


@pytest.mark.parametrize(
    ("value", "currency", "text"), [(0, "KRW", "KRW 0"), (-1234.6, "KRW", "KRW -1,235"), (1.5, "EUR", "EUR 1.50")]
)
def test_money(value, currency, text):
    assert labels.money(value, currency) == text
