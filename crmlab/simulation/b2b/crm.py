"""Who sells for `b2b`, and who uses its CRM system.

A salesperson has a skill and a habit of promising more than is delivered; neither is in any table. The CRM system was
first given to a pilot group drawn at random, nine months later to all. Adoption after the roll-out follows Bass (1969,
Management Science 15(5)), in the order of intention; intention follows from usefulness and ease as in the technology
acceptance model (Davis 1989, MIS Quarterly 13(3)). Good salespeople log in more. So usage and sales go together
although, unless `crm_effect` is switched on, using the system sells nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, ndtri

from crmlab.simulation.b2b.accounts import END, FIRST_DAYS, MONTHS, REGIONS
from crmlab.simulation.b2b.model import B2B, USING
from crmlab.simulation.days import count_working_days, next_working_day
from crmlab.simulation.parameters import identifiers, stream

TEAMS = ("Seoul 1", "Seoul 2", "Seoul 3", "Seoul 4", "Gyeonggi 1", "Gyeonggi 2", "Gyeonggi 3")
TEAMS += ("Busan 1", "Busan 2", "Daejeon 1")
PILOT_START, ROLLOUT = pd.Timestamp("2023-10-04"), pd.Timestamp("2024-07-01")
PILOT_DAYS = 45  # the pilot is coached: whoever will use the system at all begins within this time
TRAINED_BEFORE = 14  # days
DAYS_A_MONTH = 365.25 / 12
MOST_GAP = 0.8
_CHANCES = ("chance_useful", "chance_intention", "chance_eager")


def draw_users(mechanism: B2B, seed: int) -> pd.DataFrame:
    """Draw the salespeople: skill, promise gap, attitudes to the CRM system, and when they first used it."""
    count = int(mechanism.salespeople)
    draw = stream(seed, "b2b salespeople")
    team = np.array(TEAMS, dtype=object)[np.arange(count) % len(TEAMS)]
    users = pd.DataFrame(
        {
            "user_id": identifiers("U", count),
            "team": team,
            "region": [name.rsplit(" ", 1)[0] for name in team],
            "skill": _standard(draw.standard_normal(count)),
            "gap": np.minimum(mechanism.promise_gap * draw.gamma(2.0, 0.5, count), MOST_GAP),
        }
    )
    lot = stream(seed, "b2b pilot").random(count)
    users["pilot"] = _rank(lot) <= np.round(mechanism.pilot_share * count)
    users = _attitudes(mechanism, users, seed)
    users["first_used_on"] = _first_use(mechanism, users)
    return users


def _standard(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / values.std()


def _rank(values: Any) -> np.ndarray:
    """Return the place of each value, from 1 for the smallest."""
    return np.argsort(np.argsort(values)) + 1


def _attitudes(mechanism: B2B, users: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the users with usefulness, ease and intention in standard deviations, and who is a ghost."""
    draw = stream(seed, "b2b attitudes")
    ease = ndtri(draw.random(len(users)))
    chances = dict(zip(_CHANCES, draw.random((len(_CHANCES), len(users))), strict=True))
    nodes = USING.simulate(mechanism, {"ease": ease, "skill": users["skill"].to_numpy(), **chances})
    users = users.assign(ease=ease, **nodes)
    users["order"] = _rank(users["crm_use"])
    return users.assign(ghost=users["order"] <= np.round(mechanism.ghost_share * len(users)))


def _first_use(mechanism: B2B, users: pd.DataFrame) -> pd.Series:
    """Return the day of first use: the most eager of each group come first; ghosts never come."""
    days = pd.Series(np.nan, index=users.index)
    for pilot in (True, False):
        group = users[(users["pilot"] == pilot) & ~users["ghost"]]
        share = (_rank(-group["order"]) - 0.5) / max(len(group), 1)
        wait = PILOT_DAYS * share if pilot else DAYS_A_MONTH * bass_time(share, mechanism.bass_p, mechanism.bass_q)
        days.loc[group.index] = np.floor(wait)
    used = days.notna()
    first = pd.Series(pd.NaT, index=users.index, dtype="datetime64[ns]")
    first[used] = next_working_day(_access(users)[used] + pd.to_timedelta(days[used], unit="D"))
    return first


def _access(users: pd.DataFrame) -> pd.Series:
    """Return the day from which each user could use the system."""
    return pd.Series(ROLLOUT, index=users.index).mask(users["pilot"], PILOT_START)


def bass_time(share: np.ndarray, p: float, q: float) -> np.ndarray:
    """Return after how many months this share of the adopters has adopted (Bass 1969, inverse of the curve).

    Examples
    --------
    >>> bass_time(np.array([0.0, 0.5]), p=0.04, q=0.45).round(2).tolist()
    [0.0, 5.27]
    """
    return np.log((1 + share * q / p) / (1 - share)) / (p + q)


def assign(mechanism: B2B, firms: pd.DataFrame, users: pd.DataFrame, seed: int) -> np.ndarray:
    """Return the row of the salesperson who works each lead: one of the firm's region, rather a good one."""
    chance = stream(seed, "b2b routing").random(len(firms))
    who = np.zeros(len(firms), dtype=int)
    for region in REGIONS:
        own, leads = np.flatnonzero(users["region"] == region), np.flatnonzero(firms["region"] == region)
        edges = np.cumsum(np.exp(mechanism.routing * users["skill"].to_numpy()[own]))
        at = np.searchsorted(edges / edges[-1], chance[leads], side="right").clip(max=len(own) - 1)
        who[leads] = own[at]
    return who


def user_table(users: pd.DataFrame) -> pd.DataFrame:
    """Return the table `crm_users`; the ratings were given after the training."""
    ratings = {
        name: (4.3 + 1.2 * users[name]).round().clip(1, 7).astype("Int64")
        for name in ("usefulness", "ease", "intention")
    }
    return pd.DataFrame(
        {
            "user_id": users["user_id"],
            "team": users["team"],
            "pilot": users["pilot"].astype("boolean"),
            "trained_on": next_working_day(_access(users) - pd.Timedelta(days=TRAINED_BEFORE)),
            "first_used_on": users["first_used_on"].where(users["first_used_on"] <= END),
            **ratings,
        }
    )


def usage_table(users: pd.DataFrame, won: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the table `crm_usage`: log-ins, records kept, and sales as twelve months' fees of the deals won."""
    noise = stream(seed, "b2b usage").standard_normal((2, len(users), MONTHS))
    days = _days_in_use(users["first_used_on"])
    logins = np.round(days * expit(users["log_ins"].to_numpy()[:, None] - 0.3 + 0.35 * noise[0]))
    diligence = 0.4 + 0.5 * users["intention"].to_numpy()[:, None] + 0.4 * noise[1]
    given = _access(users).to_numpy()[:, None] < FIRST_DAYS[1:].to_numpy()
    kept = np.where(given, np.where(logins > 0, expit(diligence), 0.0), np.nan)
    sold = won.assign(month=won["won_on"].dt.to_period("M")).groupby(["user_id", "month"])["monthly_fee"].sum()
    grid = pd.MultiIndex.from_product([users["user_id"], FIRST_DAYS[:MONTHS].to_period("M")])
    return pd.DataFrame(
        {
            "user_id": grid.get_level_values(0).to_numpy(),
            "month": np.tile(FIRST_DAYS[:MONTHS], len(users)),
            "logins": pd.array(logins.ravel().astype(int), dtype="Int64"),
            "records_kept": kept.ravel().round(2),
            "sales": 12 * sold.reindex(grid, fill_value=0.0).to_numpy(),
        }
    )


def _days_in_use(first_used_on: pd.Series) -> np.ndarray:
    """Return the working days of each month on which each user already used the system."""
    begin = first_used_on.fillna(FIRST_DAYS[-1]).to_numpy().astype("datetime64[D]")[:, None]
    opens, closes = (days.to_numpy().astype("datetime64[D]") for days in (FIRST_DAYS[:-1], FIRST_DAYS[1:]))
    return count_working_days(np.clip(begin, opens, closes), closes)
