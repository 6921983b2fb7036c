"""Pictures: alternative text, palette, fonts, labels that do not collide."""

import warnings

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from crmlab import plots


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")
    mpl.rcdefaults()


def test_descriptions_of_several_axes_add_up():
    figure, (left, right) = plt.subplots(1, 2)
    plots.describe(left, "Left  is\n low.")
    plots.describe(right, "Right is high.")
    assert plots.alternative_text(figure) == "Left is low. Right is high."


def test_a_figure_without_description_is_told_by_its_title():
    figure, ax = plt.subplots()
    ax.set_title("Who stays?", loc="left")
    assert plots.alternative_text(figure) == "Who stays?"


def test_png_carries_the_alternative_text():
    figure, ax = plt.subplots()
    plots.describe(ax, "A flat line.")
    image, metadata = plots.png(figure)
    assert image.startswith(b"\x89PNG")
    assert metadata == {"alt": "A flat line."}


# What is left of linear red, green and blue without the middle cones, and what a colour weighs in grey.
SEEN = {
    "Viénot, Brettel & Mollon (1999)": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
    "Machado, Oliveira & Fernandes (2009)": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1, 1.089])
JUST_NOTICED = 2.3  # a difference in CIELAB that people see half of the time (Mahy et al. 1994)


def lab(colour, matrix=None):
    """Return a colour in CIELAB, as seen through the matrix of a kind of colour blindness."""
    linear = np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)])
    ratio = TO_XYZ @ (np.eye(3) if matrix is None else np.array(matrix)).dot(linear).clip(0, 1) / WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def smallest_step(colours, matrix=None, parts=3):
    """Return the smallest distance between two colours; with one part, in lightness alone."""
    seen = [lab(colour, matrix)[:parts] for colour in colours]
    return min(np.linalg.norm(a - b) for i, a in enumerate(seen) for b in seen[i + 1 :])


@pytest.mark.parametrize("matrix", SEEN.values(), ids=SEEN)
def test_a_colour_blind_reader_can_tell_all_colours_apart(matrix):
    assert smallest_step(plots.PALETTE, matrix) > 15
    assert smallest_step(["#C00000", "#6B7A00"], matrix) < 15  # a red and a green of one lightness


def test_no_two_colours_are_the_same_grey():
    assert smallest_step(plots.PALETTE, parts=1) > JUST_NOTICED
    assert smallest_step(plots.PALETTE[:2], parts=1) > 3 * JUST_NOTICED
    assert smallest_step(["#E69F00", "#56B4E9"], parts=1) < JUST_NOTICED


def test_white_and_black_have_their_known_lightness():
    assert lab("white") == pytest.approx([100, 0, 0], abs=0.05)
    assert lab("black") == pytest.approx([0, 0, 0], abs=1e-9)


def test_lines_have_a_second_sign_beside_colour():
    assert len(set(map(str, plots.DASHES))) == len(plots.PALETTE) == len(set(plots.MARKERS))


def test_korean_words_are_drawn_without_a_missing_glyph():
    plots.use_theme("ko")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure, ax = plt.subplots()
        plots.finish(ax, "고객은 얼마나 머무르는가?", "시작 이후 개월 수 −1", "잔존 고객 비율 %")
        figure.canvas.draw()


def test_importing_changes_no_setting():
    assert mpl.rcParams["axes.spines.top"] is True


def test_end_labels_of_close_lines_do_not_overlap():
    table = pd.DataFrame({"a": [0.0, 0.500], "b": [0.0, 0.501], "c": [0.0, 1.0]}, index=[0, 1])
    ax = plots.lines(table, None, "Title?", "x", "y")
    heights = sorted(text.xy[1] for text in ax.texts)
    assert np.diff(heights).min() >= 0.05


def test_the_name_of_a_line_that_ends_at_zero_stands_above_the_x_axis():
    table = pd.DataFrame(
        {"group": "gone", "time": [0, 1], "estimate": [1.0, 0.0], "low": [1.0, 0.0], "high": [1.0, 0.0]}
    )
    ax = plots.steps(table, None, "Title?", "x", "y")
    ax.figure.canvas.draw()
    assert ax.texts[0].get_window_extent().y0 > ax.bbox.y0


def test_whole_periods_get_whole_ticks():
    table = pd.DataFrame({"a": np.arange(17.0)}, index=np.arange(1.0, 18.0))
    ax = plots.lines(table, None, "Title?", "month", "y")
    assert all(tick % 1 == 0 for tick in ax.get_xticks())


def test_a_band_that_ends_early_is_told_where_it_ends():
    table = pd.DataFrame({"a": [1.0, 2.0], "low": [0.5, np.nan], "high": [1.5, np.nan]}, index=[0, 1])
    ax = plots.lines(table, None, "Title?", "x", "y")
    assert "the band ends at 0.5 to 1.5" in plots.alternative_text(ax.figure)


def test_dots_keep_the_order_of_the_table():
    table = pd.DataFrame({"estimate": [1.0, 2.0], "low": [0.5, 1.5], "high": [1.5, 2.5]}, index=["first", "second"])
    ax = plots.dots(table, None, "Which?", "share")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["first", "second"]
    assert ax.get_yticks()[0] > ax.get_yticks()[1]


def test_an_end_label_pushed_above_the_axes_is_still_drawn():
    table = pd.DataFrame({name: [0.0, 1.0] for name in "abcd"}, index=[0, 1])
    ax = plots.lines(table, None, "Title?", "x", "y")
    ax.figure.canvas.draw()
    assert max(text.xy[1] for text in ax.texts) > ax.get_ylim()[1]
    assert all(text._check_xy(ax.figure.canvas.get_renderer()) for text in ax.texts)
