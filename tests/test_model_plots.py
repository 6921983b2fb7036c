"""The causal map reads from left to right, touches no box on its way, and says in words what it shows."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from crmlab.company import Truth
from crmlab.model_plots import causal_map, grouped_axis
from crmlab.plots import alternative_text
from crmlab.simulation.relationship import MODEL


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


NET = [(f"cause {i}", f"effect {j}") for i in range(3) for j in range(4)]


def table(*arrows):
    return pd.DataFrame([(*arrow, "") for arrow in arrows], columns=["cause", "effect", "meaning"])


def boxes(ax):
    """Return the place of each box by its label."""
    patches = [patch for patch in ax.patches if isinstance(patch, FancyBboxPatch)]
    return {text.get_text().replace("\n", " "): patch for text, patch in zip(ax.texts, patches, strict=True)}


def lines(ax):
    """Return the points of each arrow, dense enough to see what it touches."""
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    along = np.linspace(0, 1, 20)
    return [np.concatenate([piece(along) for piece, _ in arrow._path_original.iter_bezier()]) for arrow in arrows]


def test_every_cause_stands_left_of_its_effect():
    ax = causal_map(MODEL.causes())
    x = {name: box.get_x() for name, box in boxes(ax).items()}
    for row in MODEL.causes().itertuples():
        assert x[row.cause] < x[row.effect.replace("_", " ")]


@pytest.mark.parametrize(
    "causes",
    [
        MODEL.causes(),
        table(("a", "b"), ("b", "c"), ("c", "d"), ("a", "d"), ("b", "d"), ("a", "c")),
        table(
            *((f"cause {i}", f"effect {j}") for i in range(3) for j in range(4)),
            ("effect 1", "end"),
            ("cause 2", "end"),
        ),
    ],
    ids=["relationship", "ladder", "net"],
)
def test_no_box_lies_on_another_and_no_arrow_runs_through_one(causes):
    ax = causal_map(causes)
    found = [(box.get_x(), box.get_y(), box.get_width(), box.get_height()) for box in boxes(ax).values()]
    for i, (x, y, wide, high) in enumerate(found):
        assert not any(abs(x - other[0]) < wide and abs(y - other[1]) < high for other in found[:i])
        for line in lines(ax):
            inside = (abs(line[:, 0] - x - wide / 2) < wide / 2 - 0.01) & (abs(line[:, 1] - y - high / 2) < high / 2)
            assert not inside.any()


def test_there_is_one_arrow_for_each_row_and_it_never_turns_back():
    ax = causal_map(MODEL.causes())
    assert len(lines(ax)) == len(MODEL.causes())
    assert all(first[0] <= second[0] + 1e-9 for line in lines(ax) for first, second in pairwise(line))


def test_what_has_no_cause_and_where_it_ends_can_be_told_without_colour():
    found = boxes(causal_map(MODEL.causes()))
    assert {name for name, box in found.items() if box.get_linestyle() == "--"} == {"channel", "process"}
    thick = {name for name, box in found.items() if box.get_linewidth() > 2}
    assert thick == {"churn", "referral", "answer", "consent", "cost to serve"}


def test_the_map_says_in_words_what_it_shows():
    said = alternative_text(causal_map(MODEL.causes()).figure)
    assert "process to attitude (where things work" in said
    assert "satisfaction to cost to serve (" in said


def test_a_circle_is_refused():
    with pytest.raises(ValueError, match="a cause of itself"):
        causal_map(table(("a", "b"), ("b", "a")))


def test_the_truth_draws_its_own_map():
    truth = Truth(pd.DataFrame(columns=["value"]), {"causes": MODEL.causes()})
    ax = plt.figure().subplots()
    assert truth.plot(ax) is ax
    with pytest.raises(AttributeError, match="no table 'causes'"):
        Truth(pd.DataFrame(columns=["value"])).plot()


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-6e7, 2e7, ["-60 M", "0", "20 M"]),
        (0, 2.5e9, ["0", "2,500 M"]),
        (-2_500_000, 9_000_000, ["-2,500,000", "0", "9,000,000"]),
        (0, 0.1 + 0.2, ["0", "0.3"]),
    ],
)
@pytest.mark.parametrize("axis", ["x", "y"])
def test_large_amounts_are_written_in_full_or_in_millions(low, high, said, axis):
    ax = grouped_axis(plt.figure().add_subplot(), axis)
    getattr(ax, f"set_{axis}lim")(low, high)
    getattr(ax, f"set_{axis}ticks")([low, 0, high] if low else [0, high])
    ax.figure.canvas.draw()
    assert [label.get_text() for label in getattr(ax, f"get_{axis}ticklabels")()] == said
