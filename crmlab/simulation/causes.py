"""A causal model whose arrows are read from the code that simulates.

A node is a plain function, and its arguments are its causes: other nodes, or what is given. To simulate is to call the
functions in their order; to draw the model is to read their arguments. So the picture cannot differ from the mechanism.
To fix a node instead of calling it is an intervention (Pearl 2009, *Causality*, ch. 3): its causes lose their hold on
it, and everything behind it follows.

Two kinds of arguments are no causes and are not drawn: `mechanism`, the parameters, and whatever begins with `chance_`,
the luck of each person, drawn once and the same in every world.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import getdoc, signature
from typing import Any

import numpy as np
import pandas as pd

Node = Callable[..., np.ndarray]


@dataclass(frozen=True)
class CausalModel:
    """Functions whose argument names are their causes, each standing behind its own causes.

    The first line of a function's docstring says what it is; a line `cause: meaning` says how each cause acts.

    Raises
    ------
    ValueError
        If a function does not say how one of its causes acts.

    Examples
    --------
    >>> def harvest(rain, chance_hail):
    ...     '''What the field yields.
    ...
    ...     rain: the more, the better
    ...     '''
    ...     return 2 * rain - chance_hail
    >>> farm = CausalModel((harvest,))
    >>> farm.simulate(None, {"rain": np.array([1.0, 2.0]), "chance_hail": np.array([0.0, 0.5])})["harvest"].tolist()
    [2.0, 3.5]
    >>> farm.causes().to_dict("records")
    [{'cause': 'rain', 'effect': 'harvest', 'meaning': 'the more, the better'}]
    """

    nodes: tuple[Node, ...]

    def __post_init__(self) -> None:
        for node in self.nodes:
            silent = [cause for cause in _causes(node) if cause not in _meanings(node)]
            if silent:
                raise ValueError(f"{node.__name__} does not say how {', '.join(silent)} acts")

    def simulate(
        self, mechanism: Any, given: Mapping[str, np.ndarray], do: Mapping[str, Any] | None = None
    ) -> dict[str, np.ndarray]:
        """Return the value of every node for every person.

        Parameters
        ----------
        mechanism
            The parameters, handed to every node that asks for them.
        given
            What the model does not explain: one array for each argument that is no node.
        do
            Nodes that are fixed from outside: a number for all, or an array.

        Raises
        ------
        ValueError
            If a cause is neither given nor an earlier node, or `do` names something that is no node.
        """
        fixed, known = dict(do or {}), {"mechanism": mechanism, **given}
        unknown = sorted(set(fixed) - {node.__name__ for node in self.nodes})
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is no node of the model, so it cannot be fixed")
        size = len(next(iter(given.values())))
        for node in self.nodes:
            name = node.__name__
            known[name] = np.full(size, fixed[name]) if name in fixed else node(**_arguments(node, known))
        return {node.__name__: known[node.__name__] for node in self.nodes}

    def causes(self) -> pd.DataFrame:
        """Return one row for each arrow: `cause`, `effect`, `meaning`."""
        rows = [(cause, node.__name__, _meanings(node)[cause]) for node in self.nodes for cause in _causes(node)]
        return pd.DataFrame(rows, columns=["cause", "effect", "meaning"])


def _causes(node: Node) -> list[str]:
    return [name for name in signature(node).parameters if name != "mechanism" and not name.startswith("chance_")]


def _arguments(node: Node, known: Mapping[str, Any]) -> dict[str, Any]:
    names = list(signature(node).parameters)
    missing = [name for name in names if name not in known]
    if missing:
        raise ValueError(f"{node.__name__} needs {', '.join(missing)}, which is neither given nor an earlier node")
    return {name: known[name] for name in names}


def _meanings(node: Node) -> dict[str, str]:
    lines = [line.partition(":") for line in (getdoc(node) or "").splitlines()[1:]]
    return {cause.strip(): meaning.strip() for cause, colon, meaning in lines if colon}
