"""Make the folders in `datasets/` again, byte for byte, from the simulators."""

from __future__ import annotations

import sys
from pathlib import Path

from tqdm import tqdm

from crmlab.data import save
from crmlab.simulation import COMPANIES, simulate_company

DATASETS = Path(__file__).resolve().parent.parent / "datasets"


def main(folder: Path = DATASETS) -> None:
    """Simulate each company with its default seed and size, and save it below `folder`."""
    for name in tqdm(COMPANIES, desc="companies", unit="company"):
        save(simulate_company(name), folder / name, overwrite=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
