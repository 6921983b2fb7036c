"""Sliders over results: they call a drawing function again; they do not compute anything themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, Self

from crmlab import plots

if TYPE_CHECKING:
    from ipywidgets import VBox, Widget
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

Control = Sequence[Any]
_NATURAL_SIZE = {"max_width": "100%", "align_self": "flex-start"}  # a stretched picture is blurred
_MOST_STEPS = 5  # between the marks of an axis of numbers
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
        self._places: dict[tuple[str, ...], list[Place]] = {}

    def picture(self, draw: Callable[..., Any], values: Mapping[str, Any]) -> tuple[bytes, str]:
        """Return what `draw` draws at these values, as PNG bytes, and in words."""
        names = tuple(value for value in values.values() if isinstance(value, str))
        places = self._places.get(names, [])
        canvas = _in_places(_figure(draw, values), places) if places else None
        if canvas is None:
            canvas = plots.drawn(_figure(draw, values))
            self._places[names] = [] if _reaches_the_edge(canvas) else [Place.of(ax) for ax in canvas.figure.axes]
        return plots.encoded(canvas, compression=1), plots.alternative_text(canvas.figure)

    def lay_out(self, draw: Callable[..., Any], values: Mapping[str, Any], controls: Mapping[str, Control]) -> None:
        """Draw each of a few names once, so that none has to be laid out when it is chosen."""
        for control, options in controls.items():
            names = [option for option in options if isinstance(option, str)]
            for name in names if len(names) <= _MOST_NAMES else []:
                self.picture(draw, {**values, control: name})


@dataclass(frozen=True)
class Place:
    """Where an Axes lay, and where the label under it stood."""

    axes: Bbox
    label: tuple[float, float]

    @classmethod
    def of(cls, ax: Axes) -> Self:
        """Return the place of an Axes that was drawn."""
        return cls(ax.get_position(original=True), ax.xaxis.label.get_position())

    def give(self, ax: Axes) -> None:
        """Put an Axes there; the label is looked for anew where names stand above it, which may need two lines."""
        ax.set_position(self.axes)
        if _numbered(ax.xaxis):
            ax.xaxis.set_label_coords(*self.label, transform=ax.xaxis.label.get_transform())


def _figure(draw: Callable[..., Any], values: Mapping[str, Any]) -> Figure:
    """Return the figure on which `draw` drew, its numbers marked at a few places."""
    with plots.quiet_figure() as ax:
        draw(ax, **values)
        figure: Any = ax.figure
        _leave_few_ticks(figure)
        return figure


def _in_places(figure: Figure, places: Sequence[Place]) -> FigureCanvasAgg | None:
    """Draw a figure with its axes in these places; None where it has other axes, or they lack room."""
    if len(places) != len(figure.axes):
        return None
    figure.set_layout_engine("none")
    for ax, place in zip(figure.axes, places, strict=True):
        place.give(ax)
    canvas = plots.drawn(figure)
    return None if _reaches_the_edge(canvas) else canvas


def _leave_few_ticks(figure: Figure) -> None:
    """Mark numbers at a few places only: each mark takes as long to draw as a whole line."""
    for axis in [axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)]:
        if _numbered(axis):
            locator: Any = axis.get_major_locator()
            locator.set_params(nbins=_MOST_STEPS, steps=[1, 2, 2.5, 5, 10])


def _numbered(axis: Axis) -> bool:
    """Return whether an axis bears numbers, not names or days."""
    from matplotlib.ticker import MaxNLocator

    return isinstance(axis.get_major_locator(), MaxNLocator)


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
