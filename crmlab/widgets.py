"""Sliders over results: they call a drawing function again; they do not compute anything themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any

from crmlab import plots

if TYPE_CHECKING:
    from ipywidgets import VBox, Widget
    from matplotlib.axes import Axes

Control = Sequence[Any]
_NATURAL_SIZE = {"max_width": "100%", "align_self": "flex-start"}  # a stretched picture is blurred


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
    inputs = {name: _control(name, control, _start(draw, name)) for name, control in controls.items()}
    picture, words = ipywidgets.Image(format="png", layout=_NATURAL_SIZE), ipywidgets.HTML()

    def redraw(_: Any = None) -> None:
        image, text = picture_of(draw, **{name: widget.value for name, widget in inputs.items()})  # type: ignore[attr-defined]
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
    with plots.quiet_figure() as ax:
        draw(ax, **values)
        image, metadata = plots.png(_figure(ax))
    return image, metadata["alt"]


def _figure(ax: Axes) -> Any:
    return ax.figure


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
