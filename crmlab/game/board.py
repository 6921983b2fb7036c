"""The board: five amounts, a button, a picture and a table; every control has a label and works by keyboard."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from crmlab.game.game import Game
from crmlab.game.market import LEVERS, SPENDS
from crmlab.labels import word
from crmlab.widgets import picture_of

if TYPE_CHECKING:
    import pandas as pd
    from ipywidgets import VBox

COUNTS = ("leads", "referred", "won", "lost", "customers")
SHOWN = (*SPENDS, *COUNTS, "satisfaction", "profit")
_WIDE = {"width": "26em", "max_width": "100%"}
_STYLE = {"description_width": "14em"}
_PICTURE = {"max_width": "100%", "align_self": "flex-start"}  # a stretched picture is blurred


def play(game: Game) -> VBox:
    """Return a board on which a game is played.

    Parameters
    ----------
    game
        A game, new or begun.

    Returns
    -------
    VBox
        An amount (million won) for each lever and for learning, what the experiment is on, the button that plays the
        quarter, what happened in words, the picture and the ledger. After the last quarter it shows the comparison.

    Examples
    --------
    >>> board = play(Game(seed=1))
    >>> [child.__class__.__name__ for child in board.children][5:]
    ['Dropdown', 'Button', 'HTML', 'Image', 'HTML']
    """
    import ipywidgets

    shared = {"style": _STYLE, "layout": _WIDE}
    amounts = _amounts(float(game.state["budget"]), shared)
    options = [(word(name), name) for name in LEVERS]
    lever = ipywidgets.Dropdown(options=options, value="retain", description=word("experiment on"), **shared)
    button = ipywidgets.Button(description=word("Play the quarter"), button_style="primary", layout=_WIDE)
    words, picture, ledger = ipywidgets.HTML(), ipywidgets.Image(format="png", layout=_PICTURE), ipywidgets.HTML()

    def show(said: str) -> None:
        drawn = game.compare() if game.finished else game
        picture.value, seen = picture_of(lambda ax: drawn.plot(ax))
        words.value = f'<p role="status" style="max-width:46em">{escape(said)} {escape(seen)}</p>'
        ledger.value = _tables(game, drawn)
        button.disabled = game.finished

    def on_click(_: Any) -> None:
        try:
            game.play({name: box.value for name, box in amounts.items()} | {"lever": lever.value})
        except ValueError as problem:
            words.value = f'<p role="alert" style="max-width:46em">{escape(str(problem))}</p>'
        else:
            show(_said(game))

    button.on_click(on_click)
    show(_said(game))
    return ipywidgets.VBox([*amounts.values(), lever, button, words, picture, ledger])


def _amounts(budget: float, shared: dict[str, Any]) -> dict[str, Any]:
    """Return a box for each spend, at first an equal share for each lever and nothing for learning."""
    import ipywidgets

    start = dict.fromkeys(LEVERS, budget / len(LEVERS)) | {"learn": 0.0}
    told = {name: word(f"{name} (million won)") for name in SPENDS}
    bounds: dict[str, Any] = {"min": 0, "max": budget, "step": 1}
    return {
        name: ipywidgets.BoundedFloatText(value=start[name], description=told[name], **bounds, **shared)
        for name in SPENDS
    }


def _said(game: Game) -> str:
    """Say in a sentence or two where the game stands."""
    now = game.state
    told = word("game over" if game.finished else "quarter to play")
    return told.format(**{name: f"{now[name]:,.0f}" for name in ("quarter", "budget", "customers", "profit")})


def _tables(game: Game, drawn: Any) -> str:
    """Return the ledger, the experiments (the last first) and, at the end, the comparison above them as HTML."""
    parts = {"money lost by lever": drawn.summary()} if game.finished else {}
    ledger = game.table[list(SHOWN)].rename_axis(index=None)
    parts["ledger"] = ledger.astype(dict.fromkeys(COUNTS, int)).round(1)
    if len(game.trials):
        found = game.trials.sort_values("quarter", ascending=False, kind="stable").set_index("quarter")
        parts["experiments"] = found.rename_axis(index=None).round(3)
    return "".join(f"<p><b>{escape(word(name))}</b></p>{_named(table).to_html()}" for name, table in parts.items())


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the reader's words in its margins and for the levers in it."""
    said = table.rename(index=word, columns=word)
    return said.map(lambda cell: word(cell) if isinstance(cell, str) else cell)
