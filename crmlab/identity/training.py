"""Fellegi–Sunter parameters without a single known match, by splink.

How often strangers agree (u) is counted on random pairs, nearly all of which are two people. The few matches among them
make u a little too large and weights a little too careful. How often records of one person agree (m) is estimated by
expectation maximisation (Dempster, Laird and Rubin 1977): among pairs that share, say, the date of birth, those that
also agree on names are likely one person, and from them one learns how often e-mail and telephone agree, and from these
again who is one person. What a session blocks on it cannot estimate, so there is a session for each of birth date,
e-mail and telephone; a comparison takes the median of its estimates. A session must leave two comparisons or more:
with one alone, shares of matches and m cannot be told apart.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from crmlab.identity import comparisons

ITERATIONS = 500
TOLERANCE = 1e-6
FEWEST_PAIRS = 20  # pairs that a session needs
SESSIONS = (("birth_date",), ("email",), ("phone",), ("postcode",))
ROW = "row"


@dataclass(frozen=True, eq=False)
class Trained:
    """What splink returned.

    Attributes
    ----------
    parameters
        One row a level: `comparison`, `level`, `m`, `u`, `weight` (bits).
    sessions
        One row a session of expectation maximisation: `blocked on`, `pairs`, `iterations`, `converged`.
    pairs
        One row a pair: `left` and `right` (positions of the records) and the weight in bits of each comparison.
    """

    parameters: pd.DataFrame
    sessions: pd.DataFrame
    pairs: pd.DataFrame


def train(records: pd.DataFrame, names: dict[str, tuple[str, ...]], seed: int, sample_pairs: int) -> Trained:
    """Estimate m and u, and weigh all pairs that blocking brings up.

    Parameters
    ----------
    records
        Cleaned records; every field of `names` has values.
    names
        Comparisons with their fields.
    seed
        Of the random pairs.
    sample_pairs
        How many random pairs are looked at, about.

    Raises
    ------
    ValueError
        If a comparison can be estimated by no session.
    """
    fields = [field for shared in names.values() for field in shared]
    blocks = _sessions(records, fields, names)
    rules = comparisons.blocking_rules(fields)
    with _quiet(), _linker(records[fields], names, rules) as (linker, connection):
        linker.training.estimate_u_using_random_sampling(
            max_pairs=float(sample_pairs), seed=seed, min_count_per_level=None, num_chunks=1
        )
        connection.execute("SET threads = 1")  # several would add up in another order each time
        rows = [_session(linker, block, pairs) for block, pairs in blocks.items()]
        _bound(linker, max(blocks.values()), min(sample_pairs, len(records) * (len(records) - 1) // 2))
        parameters = _parameters(linker)
        connection.execute("RESET threads")
        pairs = linker.inference.predict().as_pandas_dataframe()
    return Trained(parameters, pd.DataFrame(rows), _weights(pairs, names))


def pairs_within(records: pd.DataFrame, block: Sequence[str]) -> int:
    """Return how many pairs of records agree on all fields of a block.

    Examples
    --------
    >>> pairs_within(pd.DataFrame({"email": ["a@b.kr", "a@b.kr", "a@b.kr", None, None]}), ["email"])
    3
    """
    known = records[list(block)].dropna()
    sizes = known.groupby(list(block)).size().to_numpy(np.int64)
    return int((sizes * (sizes - 1) // 2).sum())


def _sessions(
    records: pd.DataFrame, fields: list[str], names: dict[str, tuple[str, ...]]
) -> dict[tuple[str, ...], int]:
    """Return the sessions that can be held, with their pairs; raise where they leave a comparison out."""
    reached = set(fields) & set(comparisons.REACH)
    found = {block: pairs_within(records, block) for block in SESSIONS if set(block) <= set(fields)}
    if reached:
        found.pop(("postcode",), None)
    held = {block: pairs for block, pairs in found.items() if pairs >= FEWEST_PAIRS}
    trained = {name for block in held for name, shared in names.items() if not set(block) & set(shared)}
    for name in names:
        if name not in trained:
            counts = ", ".join(f"{block[0]} {pairs}" for block, pairs in found.items() if block[0] not in names[name])
            raise ValueError(
                f"{name}: what its agreement is worth is learnt from records that agree elsewhere, and too few do "
                f"(pairs that agree on {counts or 'nothing'}; {FEWEST_PAIRS} are needed); link by rules: exact_links"
            )
    return held


@contextmanager
def _linker(
    records: pd.DataFrame, names: dict[str, tuple[str, ...]], rules: list[tuple[str, ...]]
) -> Iterator[tuple[Any, Any]]:
    """Yield splink's linker and its own database, in memory; what does not fit goes to a temporary folder."""
    import duckdb
    import pyarrow as pa
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    columns: dict[str, Any] = {str(name): pa.array(records[name].tolist(), pa.string()) for name in records}
    table = pa.table({ROW: pa.array(range(len(records)), pa.int64()), **columns})
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name=ROW,
        comparisons=comparisons.build(names),
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
        max_iterations=ITERATIONS,
        em_convergence=TOLERANCE,
        probability_two_random_records_match=1 / (len(records) + 1),
    )
    with TemporaryDirectory(ignore_cleanup_errors=True) as place:
        config: dict[str, Any] = {"temp_directory": place, "autoinstall_known_extensions": "false"}
        with duckdb.connect(config=config) as connection:
            connection.execute("SET enable_progress_bar = false")
            api = DuckDBAPI(connection)
            yield Linker(api.register(table), settings, log_level=None), connection


def _session(linker: Any, block: tuple[str, ...], pairs: int) -> dict[str, Any]:
    from splink import block_on

    session = linker.training.estimate_parameters_using_expectation_maximisation(
        block_on(*block), estimate_without_term_frequencies=True
    )
    iterations = len(session._core_model_settings_history) - 1
    return {
        "blocked on": " and ".join(block),
        "pairs": pairs,
        "iterations": iterations,
        "converged": iterations < ITERATIONS,
    }


def _bound(linker: Any, pairs: int, random_pairs: int) -> None:
    """Let no m or u be less than half a pair in those it was learnt from: what was never seen there may yet happen.

    Where a level was never seen, splink would put in numbers of its own.
    """
    for comparison in linker._settings_obj.comparisons:
        for level in comparison.comparison_levels:
            if not level.is_null_level:
                m = level.m_probability if level._has_estimated_m_values else 0.0
                u = level.u_probability if level._has_estimated_u_values else 0.0
                level.m_probability = max(m, 1 / (2 * pairs))
                level.u_probability = max(u, 1 / (2 * random_pairs))


def _parameters(linker: Any) -> pd.DataFrame:
    rows = [
        {"comparison": comparison.output_column_name, "level": level.label_for_charts}
        | {"m": level.m_probability, "u": level.u_probability}
        for comparison in linker._settings_obj.comparisons
        for level in comparison.comparison_levels
        if not level.is_null_level
    ]
    table = pd.DataFrame(rows)
    return table.assign(weight=np.log2(table["m"] / table["u"]))


def _weights(pairs: pd.DataFrame, names: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    left, right = pairs[f"{ROW}_l"].to_numpy(np.int64), pairs[f"{ROW}_r"].to_numpy(np.int64)
    found = pd.DataFrame({"left": np.minimum(left, right), "right": np.maximum(left, right)})
    for name in names:
        adjusted = pairs.get(f"mw_tf_adj_{name}", 0.0)
        found[name] = (pairs[f"mw_{name}"] + adjusted).to_numpy(float)
    return found.sort_values(["left", "right"], ignore_index=True)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep splink's log to itself, and the reader's random numbers where they were: splink names its tables by them."""
    logger, state = logging.getLogger("splink"), random.getstate()
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
        random.setstate(state)
