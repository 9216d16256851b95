"""Where the real maps and tables lie, and how a test does without them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def real_data(relative: str) -> Path:
    """
    Give the path of a real data file; skip the test where it is absent.

    The folder is `PREVENTION_REAL_DATA`, or `shared/data` beside the project.
    """
    folder = Path(os.environ.get("PREVENTION_REAL_DATA", ROOT.parent / "shared" / "data"))
    path = folder / relative
    if not path.exists():
        pytest.skip(f"real data absent: {relative} (set PREVENTION_REAL_DATA)")
    return path
