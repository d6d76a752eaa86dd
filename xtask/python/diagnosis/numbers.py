"""How an answer is held against numbers that somebody else worked out."""

from __future__ import annotations

import math
from typing import Any

from checks import expect

# Of the value, as far as a double can tell.
RELATIVE = 1e-12


def same(found: Any, wanted: Any, what: str) -> int:
    """Checks a number, or all in a structure that has the same form; gives how many numbers there were."""
    if isinstance(wanted, dict):
        expect(isinstance(found, dict) and set(found) == set(wanted), f"{what}: {found} instead of {wanted}")
        return sum(same(found[key], value, f"{what} {key}") for key, value in wanted.items())
    if isinstance(wanted, (list, tuple)):
        expect(isinstance(found, list) and len(found) == len(wanted), f"{what}: {found} instead of {wanted}")
        pairs = zip(found, wanted, strict=True)
        return sum(same(one, other, f"{what} {index}") for index, (one, other) in enumerate(pairs))
    if isinstance(wanted, float):
        # MLflow's words for what JSON has no number for, which Python reads, too.
        expect(close(float(found), float(wanted)), f"{what}: {found!r} instead of {wanted!r}")
        return 1
    expect(found == wanted, f"{what}: {found!r} instead of {wanted!r}")
    return int(not isinstance(wanted, str))


def close(found: float, wanted: float) -> bool:
    if math.isnan(wanted):
        return math.isnan(found)
    return math.isclose(found, wanted, rel_tol=RELATIVE, abs_tol=0.0) or found == wanted
