"""Who lives in the made-up buildings: counts that add up, two or three to a household."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_OCCUPIED_SHARE = 0.6
FEWEST_A_HOUSEHOLD = 2


def households(flats: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """
    Draw how many flats of each building are lived in.

    Parameters
    ----------
    flats
        Flats of each building; 0 where nobody lives.

    Returns
    -------
    households
        Same shape; between `LEAST_OCCUPIED_SHARE` and all of the flats, at least 1 where
        there are any.
    """
    share = LEAST_OCCUPIED_SHARE + (1 - LEAST_OCCUPIED_SHARE) * rng.random(len(flats))
    return np.maximum(np.rint(flats * share), flats > 0).astype(np.int64)


def residents(households: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """
    Spread residents over buildings, two or three to a household.

    Parameters
    ----------
    total
        All residents; between twice and three times the households.

    Raises
    ------
    ValueError
        If so many do not fit.
    """
    least = FEWEST_A_HOUSEHOLD * households
    more = total - int(least.sum())
    if not 0 <= more <= households.sum():
        msg = f"Expected 2 to 3 residents a household, got {total} for {households.sum()}."
        raise ValueError(msg)
    return np.asarray(least + apportioned(households, more))


def apportioned(weights: NDArray[np.float64] | NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """
    Share out a whole number in proportion to weights, largest remainders first.

    Parameters
    ----------
    weights
        Not negative, not all 0.

    Examples
    --------
    >>> apportioned(np.array([1, 1, 2]), 7).tolist()
    [2, 2, 3]
    """
    exact = weights * (total / weights.sum())
    shares = np.floor(exact + 1e-9).astype(np.int64)
    order = np.argsort(shares - exact, kind="stable")
    shares[order[: total - int(shares.sum())]] += 1
    return np.asarray(shares)
