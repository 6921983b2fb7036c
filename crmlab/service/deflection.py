"""What a chatbot takes off the desk, what of it is solved, and what a case costs.

A case is deflected when no agent touched it. That is a saving only if it was solved: a customer whom the chatbot
answers, wrongly and without noticing, is deflected too, and writes again. Three numbers belong together: the share
deflected, the share solved, and the share of its failures that the chatbot notices and hands over to a person. The cost
of a case adds the chatbot's own price, the agents' time on cases handed over, and a second contact where nothing was
solved. It is set beside that of agents on cases as hard as each other, because a chatbot is asked what is easy (direct
standardisation, as in `FirstContact`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crmlab import plots
from crmlab.engines import counts_of, need, numbers, refuse_gaps, to_pandas, truths
from crmlab.estimation import Z95, Vector, wilson
from crmlab.labels import word
from crmlab.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = ("first_answer", "handed_over", "handle_minutes", "resolved_at_first_contact", "difficulty", "agent_id")


@dataclass(frozen=True, eq=False, repr=False)
class Deflection(Result):
    """Cases that a chatbot answered first: what became of them, and what they cost.

    Attributes
    ----------
    table
        Rows `deflected` (no agent touched it), `solved` (at first contact, by whomever), `solved by the chatbot`,
        `failed unnoticed` (deflected and not solved), all of `cases` that the chatbot answered first; and `failures
        noticed`, of the cases that the chatbot did not solve. Columns `cases`, `estimate` (a share), and `low` and
        `high`, its 95 % Wilson interval.
    costs
        Rows `chatbot first`, `agent first` (on the chatbot's mix of difficulty) and `saved` (their difference): the
        cost of a case in currency, `estimate`, `standard_error`, `low`, `high` (95 %, normal).

    Examples
    --------
    >>> rows = [("chatbot", False, None, True, None, 70), ("chatbot", False, None, False, None, 10),
    ...         ("chatbot", True, 6.0, True, "A", 20), ("agent", False, 5.0, True, "A", 40),
    ...         ("agent", False, 7.0, False, "A", 10)]
    >>> names = ["first_answer", "handed_over", "handle_minutes", "resolved_at_first_contact", "agent_id", "customers"]
    >>> tickets = pd.DataFrame(rows, columns=names).assign(difficulty=1)
    >>> got = Deflection.from_tickets(tickets, pd.DataFrame({"agent_id": ["A"], "hourly_cost": [30.0]}), chat_cost=0.2)
    >>> got.table["estimate"].round(2).to_list()
    [0.8, 0.9, 0.7, 0.1, 0.67]
    >>> got.costs["estimate"].round(2).to_list()
    [0.8, 2.7, 1.9]
    """

    table: pd.DataFrame
    costs: pd.DataFrame

    @classmethod
    def from_tickets(
        cls, tickets: Any, agents: pd.DataFrame, chat_cost: float = 0.0, again_cost: float = 0.0
    ) -> Deflection:
        """Count what became of the chatbot's cases, and what cases cost.

        Parameters
        ----------
        tickets
            Columns `first_answer` (chatbot or agent), `handed_over`, `handle_minutes` (empty where no agent worked),
            `resolved_at_first_contact`, `difficulty` and `agent_id`; one row a ticket, or counts with a column
            `customers`.
        agents
            Columns `agent_id` and `hourly_cost`.
        chat_cost
            What a case costs that the chatbot answers first, in currency.
        again_cost
            What a second contact costs, wherever the first did not solve the case.

        Raises
        ------
        ValueError
            If a column is missing, a cost is negative, an agent's work has no minutes or no price, or nothing can be
            compared: no chatbot, or no agent at one of its difficulties.
        """
        frame = to_pandas(tickets).reset_index(drop=True)
        need(frame.columns, _COLUMNS, "the table of tickets")
        need(agents.columns, ("agent_id", "hourly_cost"), "the table of agents")
        if min(chat_cost, again_cost) < 0:
            raise ValueError(f"chat_cost is {chat_cost} and again_cost {again_cost}; costs are not negative")
        cases = _cases(frame, agents)
        cases["cost"] = cases["work"] + chat_cost * cases["chatbot"] + again_cost * ~cases["solved"]
        own = cases[cases["chatbot"]]
        if not own["customers"].sum() > 0:
            raise ValueError("first_answer: the chatbot answered no case first")
        return cls(_shares(own), _costs(own, cases[~cases["chatbot"]]))

    def summary(self) -> pd.DataFrame:
        """Return shares and costs, rounded."""
        costs = self.costs[["estimate", "low", "high"]].rename(index=lambda name: f"cost of a case: {name}")
        return pd.concat([self.table.round(3), costs.round(2)])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what became of the chatbot's cases, with intervals."""
        title = word("What does the chatbot take, and what does it solve?")
        return plots.percent_axis(plots.dots(self.table, ax, title, word("share of cases")), "x")


def _cases(frame: pd.DataFrame, agents: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each row of tickets: who, how hard, how it ended and what the agents' work cost."""
    refuse_gaps(
        frame, ("first_answer", "handed_over", "resolved_at_first_contact", "difficulty"), "the table of tickets"
    )
    chatbot, handed = (
        (frame["first_answer"] == "chatbot").astype(bool),
        truths(frame, "handed_over", "the table of tickets"),
    )
    by_agent = ~chatbot | handed
    prices = agents.drop_duplicates("agent_id").set_index("agent_id")["hourly_cost"]
    price = frame["agent_id"].map(prices)
    for name, values in (("handle_minutes", frame["handle_minutes"]), ("hourly_cost", price)):
        gaps = int((by_agent & values.isna()).sum())
        if gaps:
            raise ValueError(f"{name}: {gaps} tickets that an agent dealt with have none; their cost cannot be known")
    spent = numbers(pd.DataFrame({"handle_minutes": frame["handle_minutes"], "hourly_cost": price})[by_agent])
    for name in spent:
        if (spent[name] < 0).any():
            raise ValueError(
                f"{name}: {int((spent[name] < 0).sum())} values are negative; mend or leave out these tickets"
            )
    work = (spent["handle_minutes"] / 60 * spent["hourly_cost"]).reindex(frame.index, fill_value=0.0)
    counts = counts_of(frame, "the table of tickets")
    solved = truths(frame, "resolved_at_first_contact", "the table of tickets")
    known = {"chatbot": chatbot, "handed": handed, "solved": solved, "difficulty": frame["difficulty"]}
    return pd.DataFrame(known | {"work": work, "customers": counts})


def _shares(own: pd.DataFrame) -> pd.DataFrame:
    counts, handed, solved = own["customers"], own["handed"], own["solved"]
    n, failed = counts.sum(), counts[handed | ~solved].sum()
    rows = {
        "deflected": (n, counts[~handed].sum()),
        "solved": (n, counts[solved].sum()),
        "solved by the chatbot": (n, counts[~handed & solved].sum()),
        "failed unnoticed": (n, counts[~handed & ~solved].sum()),
    }
    if failed > 0:
        rows["failures noticed"] = (failed, counts[handed].sum())
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["cases", "hits"])
    low, high = wilson(table["hits"], table["cases"])
    return table[["cases"]].assign(estimate=table["hits"] / table["cases"], low=low, high=high)


def _costs(own: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Return the mean cost of the chatbot's cases, and of agents' cases weighted to the same mix of difficulty."""
    mix = own.groupby("difficulty", observed=True)["customers"].sum()
    mix = mix[mix > 0] / mix.sum()
    means, errors = [], []
    for cases in (own, others):
        there = cases.groupby("difficulty", observed=True)["customers"].sum().reindex(mix.index).fillna(0.0)
        if (there < 2).any():
            levels = ", ".join(map(str, there.index[there < 2]))
            raise ValueError(
                f"difficulty: fewer than two cases at {levels} were answered first by "
                f"{'the chatbot' if cases is own else 'an agent'}; put it together with another"
            )
        cells = [_moments(cases[cases["difficulty"] == level]) for level in mix.index]
        weight = mix.to_numpy(float)
        means.append(float(weight @ [mean for mean, _ in cells]))
        errors.append(float(np.sqrt(weight**2 @ [variance for _, variance in cells])))
    table = pd.DataFrame(
        {
            "estimate": [*means, means[1] - means[0]],
            "standard_error": [*errors, float(np.hypot(*errors))],
        },
        index=pd.Index(["chatbot first", "agent first", "saved"]),
    )
    half = Z95 * table["standard_error"]
    return table.assign(low=table["estimate"] - half, high=table["estimate"] + half)


def _moments(cases: pd.DataFrame) -> tuple[float, float]:
    """Return the mean cost of some cases and the variance of that mean."""
    counts: Vector = cases["customers"].to_numpy(float)
    cost, n = cases["cost"].to_numpy(float), float(counts.sum())
    mean = float(counts @ cost) / n
    return mean, float(counts @ (cost - mean) ** 2) / (n - 1) / n
