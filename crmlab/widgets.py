"""Sliders over results: they call a drawing function again; they do not compute anything themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any

from crmlab import plots

if TYPE_CHECKING:
    from ipywidgets import VBox, Widget
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

Control = Sequence[Any]
_NATURAL_SIZE = {"max_width": "100%", "align_self": "flex-start"}  # a stretched picture is blurred
_MOST_STEPS = 6  # between the marks of an axis of numbers
_MOST_NAMES = 6  # that are laid out before one of them is chosen
_EDGE = 2  # pixels that stay empty around a picture


def explore(draw: Callable[..., Any], **controls: Control) -> VBox:
    """Put sliders under a picture that `draw` makes.

    Parameters
    ----------
    draw
        A function ``draw(ax, **values)`` that draws on the Axes. The default of a parameter is where its slider starts.
    **controls
        One control for each parameter: ``(low, high, step)`` numbers for a slider, or a list of values to choose from.

    Returns
    -------
    VBox
        Sliders, the picture, and under it in words what is seen. Works by mouse and by keyboard.

    Raises
    ------
    ValueError
        If a control does not belong to a parameter of `draw`.

    Examples
    --------
    >>> board = explore(lambda ax, months=3: ax.axvline(months), months=(0, 12, 1))
    >>> [child.__class__.__name__ for child in board.children]
    ['IntSlider', 'Image', 'HTML']
    """
    import ipywidgets

    unknown = set(controls) - set(signature(draw).parameters)
    if unknown:
        raise ValueError(f"the drawing function has no parameter {', '.join(sorted(unknown))}")
    inputs: dict[str, Any] = {name: _control(name, control, _start(draw, name)) for name, control in controls.items()}
    easel = Easel()
    easel.lay_out(draw, {name: widget.value for name, widget in inputs.items()}, controls)
    picture, words = ipywidgets.Image(format="png", layout=_NATURAL_SIZE), ipywidgets.HTML()

    def redraw(_: Any = None) -> None:
        image, text = easel.picture(draw, {name: widget.value for name, widget in inputs.items()})
        picture.value, words.value = image, f'<p role="status" style="max-width:46em">{escape(text)}</p>'

    for widget in inputs.values():
        widget.observe(redraw, "value")
    redraw()
    return ipywidgets.VBox([*inputs.values(), picture, words])


def picture_of(draw: Callable[..., Any], **values: Any) -> tuple[bytes, str]:
    """Return what `draw` draws at these values, as PNG bytes, and in words.

    Examples
    --------
    >>> picture_of(lambda ax: ax.set_title("Who stays?"))[1]
    'Who stays?'
    """
    return Easel().picture(draw, values)


class Easel:
    """Draws a picture again and again.

    To find where the axes have room takes about as long as to draw them. So that is done for the first picture of each
    choice among names, and again only when something of a later one reaches the edge.

    Examples
    --------
    >>> easel = Easel()
    >>> [easel.picture(lambda ax, x: ax.set_title(f"{x} years"), {"x": x})[1] for x in (1, 2)]
    ['1 years', '2 years']
    """

    def __init__(self) -> None:
        self._places: dict[tuple[str, ...], list[Any]] = {}

    def picture(self, draw: Callable[..., Any], values: Mapping[str, Any]) -> tuple[bytes, str]:
        """Return what `draw` draws at these values, as PNG bytes, and in words."""
        with plots.quiet_figure() as ax:
            draw(ax, **values)
            figure: Any = ax.figure
            _leave_few_ticks(figure)
            names = tuple(value for value in values.values() if isinstance(value, str))
            canvas = self._in_the_same_places(figure, names) or self._laid_out(figure, names)
            return plots.encoded(canvas, compression=1), plots.alternative_text(figure)

    def lay_out(self, draw: Callable[..., Any], values: Mapping[str, Any], controls: Mapping[str, Control]) -> None:
        """Draw each of a few names once, so that none has to be laid out when it is chosen."""
        for control, options in controls.items():
            names = [option for option in options if isinstance(option, str)]
            for name in names if len(names) <= _MOST_NAMES else []:
                self.picture(draw, {**values, control: name})

    def _in_the_same_places(self, figure: Figure, names: tuple[str, ...]) -> FigureCanvasAgg | None:
        """Draw a figure with its axes where they lay at these names; None where they did not yet, or lack room."""
        places = self._places.get(names, [])
        if len(places) != len(figure.axes):
            return None
        engine = figure.get_layout_engine()
        figure.set_layout_engine("none")
        for ax, place in zip(figure.axes, places, strict=True):
            ax.set_position(place)
        canvas = plots.drawn(figure)
        if not _reaches_the_edge(canvas):
            return canvas
        for ax in figure.axes:
            ax.set_in_layout(True)  # setting a position takes it out
        figure.set_layout_engine(engine)
        return None

    def _laid_out(self, figure: Figure, names: tuple[str, ...]) -> FigureCanvasAgg:
        """Draw a figure and remember where its axes lay, unless it had no room even so."""
        canvas = plots.drawn(figure)
        roomy = not _reaches_the_edge(canvas)
        self._places[names] = [ax.get_position(original=True) for ax in figure.axes] if roomy else []
        return canvas


def _leave_few_ticks(figure: Figure) -> None:
    """Mark numbers at a few places only: each mark takes as long to draw as a whole line."""
    from matplotlib.ticker import MaxNLocator

    for axis in [axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)]:
        locator = axis.get_major_locator()
        if isinstance(locator, MaxNLocator):
            locator.set_params(nbins=_MOST_STEPS)


def _reaches_the_edge(canvas: FigureCanvasAgg) -> bool:
    """Return whether anything is drawn on the outermost pixels."""
    import numpy as np

    pixels = np.asarray(canvas.buffer_rgba())
    sides = (pixels[:_EDGE], pixels[-_EDGE:], pixels[:, :_EDGE], pixels[:, -_EDGE:])
    return any((side != pixels[0, 0]).any() for side in sides)


def _start(draw: Callable[..., Any], name: str) -> Any:
    default = signature(draw).parameters[name].default
    return None if default is Parameter.empty else default


def _control(name: str, control: Control, start: Any) -> Widget:
    """Return the slider or the list for one parameter."""
    import ipywidgets

    shared = {
        "description": name.replace("_", " "),
        "style": {"description_width": "11em"},
        "layout": {"width": "34em", "max_width": "100%"},
        "continuous_update": True,
    }
    if not isinstance(control, tuple):
        options = list(control)
        return ipywidgets.SelectionSlider(options=options, value=options[-1] if start is None else start, **shared)
    low, high, step = control
    kind = ipywidgets.IntSlider if all(isinstance(number, int) for number in control) else ipywidgets.FloatSlider
    return kind(min=low, max=high, step=step, value=low if start is None else start, **shared)
