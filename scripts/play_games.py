"""Play many games of twelve quarters by each policy, under the same luck, and print what learning is worth.

    python scripts/play_games.py --games 200

The games begin at seed 1000: the policies were shaped on seeds below.
"""

from __future__ import annotations

import argparse
from time import perf_counter

import pandas as pd

from crmlab.estimation import Z95
from crmlab.game import POLICIES, play_many

FIRST = 1000


def totals(games: range) -> pd.DataFrame:
    """Return what each policy made of each game (million won), and print how long that took."""
    played = {}
    for name, policy in POLICIES.items():
        start = perf_counter()
        played[name] = play_many(policy, games)
        print(f"{name}: {perf_counter() - start:.1f} s for {len(games)} games")
    return pd.DataFrame(played)


def gain(more: pd.Series, less: pd.Series) -> str:
    """Say by how much one policy is ahead of another, with the 95 % interval of the mean."""
    ahead = more - less
    half = Z95 * ahead.std() / len(ahead) ** 0.5
    mean, share = ahead.mean(), (ahead > 0).mean()
    return f"{mean:.1f} ({mean - half:.1f} to {mean + half:.1f}) million won a game, ahead in {share:.0%}"


def main() -> None:
    """Play and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--games", type=int, default=200)
    found = totals(range(FIRST, FIRST + parser.parse_args().games))
    print(found.mean().round(1).to_string())
    print(f"experiments against reads ledgers: {gain(found['experiments'], found['reads ledgers'])}")
    print(f"reads ledgers against plans once: {gain(found['reads ledgers'], found['plans once'])}")


if __name__ == "__main__":
    main()
