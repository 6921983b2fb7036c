"""Sliders: they start where told, redraw, and say in words what is seen."""

from datetime import date

import matplotlib as mpl
import pytest

from crmlab.plots import describe
from crmlab.widgets import Easel, explore, picture_of


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


def left_edge(easel: Easel) -> float:
    return easel._places[()][0].axes.x0


def test_a_picture_keeps_its_place_until_something_reaches_the_edge(monkeypatch):
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    ran, execute = [], ConstrainedLayoutEngine.execute
    monkeypatch.setattr(ConstrainedLayoutEngine, "execute", lambda self, fig: ran.append(1) or execute(self, fig))
    monkeypatch.setitem(mpl.rcParams, "figure.constrained_layout.use", True)
    easel = Easel()
    easel.picture(lambda ax, y: ax.barh(["a name"], [y]), {"y": 1})
    first = left_edge(easel)
    easel.picture(lambda ax, y: ax.barh(["a name"], [y]), {"y": 2})
    assert (len(ran), left_edge(easel)) == (1, first)
    easel.picture(lambda ax, y: ax.barh(["a name that is much longer than the first one"], [y]), {"y": 2})
    assert len(ran) == 2
    assert left_edge(easel) > first + 0.2


def test_each_name_has_its_own_places(monkeypatch):
    monkeypatch.setitem(mpl.rcParams, "figure.constrained_layout.use", True)
    easel = Easel()
    for name in ("a", "a name that is much longer", "a"):
        easel.picture(lambda ax, name: ax.barh([name], [1]), {"name": name})
    short, long = (places[0].axes.x0 for places in easel._places.values())
    assert long > short + 0.1


def test_the_label_under_names_makes_room_for_a_second_line(monkeypatch):
    monkeypatch.setitem(mpl.rcParams, "figure.constrained_layout.use", True)
    easel, axes = Easel(), []

    def draw(ax, lines):
        axes.append(ax)
        ax.bar(["a" + "\na" * lines, "b"], [1, 2])
        ax.set_xlabel("customers")

    for lines in (0, 1):
        easel.picture(draw, {"lines": lines})
    names, label = axes[-1].get_xticklabels()[0].get_window_extent(), axes[-1].xaxis.label.get_window_extent()
    assert names.y0 > label.y1


def test_a_few_names_are_laid_out_before_one_is_chosen():
    drawn = []
    board = explore(lambda ax, name="a": drawn.append(name) or ax.barh([name], [1]), name=["a", "b", "c"])
    assert set(drawn) == {"a", "b", "c"}
    drawn.clear()
    board.children[0].value = "b"
    assert drawn == ["b"]


def test_days_share_their_places():
    easel = Easel()
    for day in (date(2025, 1, 31), date(2025, 2, 28)):
        easel.picture(lambda ax, day: ax.set_title(f"{day}"), {"day": day})
    assert list(easel._places) == [()]


def test_numbers_are_marked_at_few_places_and_names_at_all():
    axes = []
    Easel().picture(lambda ax: axes.append(ax) or ax.barh([f"name {i}" for i in range(12)], range(0, 90, 8)[:12]), {})
    assert len(axes[0].get_yticks()) == 12
    assert len([at for at in axes[0].get_xticks() if 0 <= at <= 88]) <= 6


def test_other_axes_are_laid_out_anew():
    easel = Easel()
    easel.picture(lambda ax: ax.plot([1, 2]), {})
    easel.picture(lambda ax: ax.twinx().plot([1, 200]), {})
    assert len(easel._places[()]) == 2


def test_a_picture_without_room_is_laid_out_each_time():
    easel = Easel()
    easel.picture(lambda ax: ax.figure.text(-0.1, 0.5, "over the edge"), {})
    assert easel._places[()] == []
