"""Sliders: they start where told, redraw, and say in words what is seen."""

import pytest

from crmlab.plots import describe
from crmlab.widgets import explore, picture_of


def draw(ax, months=6, plan="basic"):
    ax.axvline(months)
    describe(ax, f"A line at {months} <{plan}>.")


def test_moving_a_slider_redraws_the_picture_and_its_words():
    months, plan, picture, words = explore(draw, months=(0, 12, 1), plan=["basic", "premium"]).children
    before = picture.value
    assert (months.value, plan.value) == (6, "basic")
    months.value = 9
    assert picture.value != before
    assert "A line at 9" in words.value


def test_words_from_data_are_escaped():
    *_, words = explore(draw, months=(0, 12, 1)).children
    assert "&lt;basic&gt;" in words.value


def test_a_list_without_a_default_starts_at_its_end():
    slider = explore(lambda ax, day: ax.set_title(day), day=["a", "b"]).children[0]
    assert slider.value == "b"


def test_numbers_with_a_fraction_get_a_float_slider():
    slider = explore(lambda ax, rate=0.1: ax.axvline(rate), rate=(0.0, 0.5, 0.05)).children[0]
    assert (type(slider).__name__, slider.step) == ("FloatSlider", 0.05)


def test_a_control_without_a_parameter_is_named():
    with pytest.raises(ValueError, match="no parameter weeks"):
        explore(draw, weeks=(0, 1, 1))


def test_the_picture_is_png_and_the_same_every_time():
    first, again = picture_of(draw, months=3), picture_of(draw, months=3)
    assert first == again
    assert first[0].startswith(b"\x89PNG")
