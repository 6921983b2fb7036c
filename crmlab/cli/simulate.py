"""`crmlab simulate`: a company whose truth is known."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from crmlab.cli.words import add_command, add_force, say, wrote

_EXAMPLES = """examples:
  crmlab simulate retail --customers 500 --seed 7 --out shop
  crmlab simulate retail --customers 10_000_000 --format parquet --out large_shop

With --format parquet a shop of any size is written part by part. Where it was interrupted, the same command goes on.
"""


def add_to(commands: Any) -> None:
    """Add the command to the others."""
    parser = add_command(commands, "simulate", _simulate, "simulate a company whose truth is known", _EXAMPLES)
    parser.add_argument("name", help="subscription, retail or b2b")
    parser.add_argument("--customers", type=int, metavar="N", help="how many customers")
    parser.add_argument("--seed", type=int, help="the same seed gives the same company")
    parser.add_argument(
        "--format", choices=("csv", "parquet"), default="csv", help="parquet, of retail only: in parts (default: csv)"
    )
    parser.add_argument("--out", metavar="DIR", required=True, help="the folder to write")
    add_force(parser)


def _simulate(told: argparse.Namespace) -> int:
    seed = {} if told.seed is None else {"seed": told.seed}
    if told.format == "parquet":
        return _simulate_parts(told, seed)
    from crmlab.data import save
    from crmlab.simulation import simulate_company

    company = simulate_company(told.name, customers=told.customers, **seed)
    save(company, told.out, overwrite=told.force)
    return wrote(company, told.out)


def _simulate_parts(told: argparse.Namespace, seed: dict[str, int]) -> int:
    from crmlab.simulation.parts import write_parts

    if told.name != "retail" or told.customers is None:
        raise ValueError("--format parquet writes retail in parts, and needs --customers; leave it out for one folder")
    folder = Path(told.out).as_posix()
    try:
        parts = write_parts(told.out, told.customers, overwrite=told.force, progress=sys.stderr.isatty(), **seed)
    except KeyboardInterrupt:
        return say(f"Stopped; the finished parts are kept in {folder}/, and the same command goes on.", 130)
    print(f"Wrote {told.customers:,} customers in {parts:,} part{'s' * (parts > 1)} to {folder}/.")
    print(f'Next: pandas.read_parquet("{folder}/orders"), or any engine that reads Parquet.')
    return 0
