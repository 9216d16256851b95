"""Where the real maps and tables lie, and how a test does without them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def real_data(relative: str) -> Path:
    """
    Give the path of a real data file; skip the test where it is absent.

    The folder is `PREVENTION_REAL_DATA`, where an absent file is a failure; or else
    `shared/data` beside the project.
    """
    named = os.environ.get("PREVENTION_REAL_DATA")
    path = Path(named or ROOT.parent / "shared" / "data") / relative
    if named and not path.exists():
        pytest.fail(f"real data absent: {path}")
    if not path.exists():
        pytest.skip(f"real data absent: {relative} (set PREVENTION_REAL_DATA)")
    return path
