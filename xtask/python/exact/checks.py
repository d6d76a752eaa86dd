"""What pandas, numpy and scipy make of the data, and whether a tool's answer is the same."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from scipy import stats  # type: ignore[import-untyped]

from exact.data import INFINITY
from peer.servers import Json

# In parts of the expected number.
TOLERANCE = 1e-12


@dataclass
class Report:
    """How many numbers were compared, how far apart the worst were, and which were too far."""

    compared: int = 0
    worst: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def equal(self, place: str, found: Any, expected: Any) -> None:
        self.compared += 1
        if found != expected:
            self.wrong.append(f"{place}: {found!r} instead of {expected!r}")

    def close(self, place: str, found: Any, expected: float) -> None:
        self.compared += 1
        if not isinstance(found, (int, float)):
            self.wrong.append(f"{place}: {found!r} instead of {expected!r}")
            return
        apart = abs(found - expected) / abs(expected) if expected else abs(found)
        self.worst = max(self.worst, apart)
        if not apart <= TOLERANCE:
            self.wrong.append(f"{place}: {found!r} instead of {expected!r}, {apart:.1e} apart")

    def close_or_absent(self, place: str, found: Any, expected: float) -> None:
        """pandas has NaN for what cannot be said; we leave it out."""
        if math.isnan(expected):
            self.equal(place, found, None)
        else:
            self.close(place, found, expected)


def usable(values: pd.Series[float]) -> pd.Series[bool]:
    return values.notna() & (values.abs() < INFINITY)


def values_of(answer: Json) -> list[tuple[str, int]]:
    return [(place["run_id"], place["rank"]) for place in answer["result"]]


def ranked(
    runs: pd.DataFrame, order: list[tuple[str, bool]], k: int
) -> tuple[list[tuple[str, int]], int, pd.DataFrame]:
    """Ids with ranks, how many tie behind, and the rows: newest first among equals."""
    columns = [f"metrics.{name}" for name, _ in order]
    for column in columns:
        runs = runs[usable(runs[column])]
    ascending = [up for _, up in order]
    runs = runs.sort_values([*columns, "start_time", "run_id"], ascending=[*ascending, False, True])
    equal = runs.groupby(columns, sort=False, dropna=False)
    first = equal["run_id"].transform("size").groupby(equal.ngroup()).first().cumsum().shift(fill_value=0)
    ranks = equal.ngroup().map(first) + 1
    places = list(zip(runs["run_id"], ranks, strict=True))
    shown, behind = places[:k], places[k:]
    tied = sum(1 for _, rank in behind if rank == shown[-1][1])
    return [(str(run), int(rank)) for run, rank in shown], tied, runs[:k]


def summed_up(report: Report, place: str, found: Json, values: pd.Series[float], runs: int) -> None:
    """A metric of a group: `values` are those that are there."""
    odd = {
        "nan": int(values.isna().sum()),
        "infinite": int((values.abs() >= INFINITY).sum()),
        "missing": runs - len(values),
    }
    for name, many in odd.items():
        report.equal(f"{place} {name}", found.get(name, 0), many)
    finite = values[usable(values)]
    report.equal(f"{place} count", found["count"], len(finite))
    # numpy's sum of doubles loses digits where ours does not: with long doubles neither matters.
    exact = np.array(finite, dtype=np.longdouble)
    expected: dict[str, float] = {
        "mean": float(exact.mean()) if len(finite) else math.nan,
        "std": float(exact.std(ddof=1)) if len(finite) > 1 else math.nan,
        "min": finite.min(),
        "max": finite.max(),
        **{name: finite.quantile(q) for name, q in QUANTILES.items()},
    }
    for name, number in expected.items():
        report.close_or_absent(f"{place} {name}", found.get(name), number)
    # pandas itself, where rounding is small beside the spread.
    if len(finite) > 1 and finite.std() > 1e-3 * abs(finite.mean()):
        report.close(f"{place} pandas mean", found["mean"], finite.mean())
        report.close(f"{place} pandas std", found["std"], finite.std())
    if len(finite) > 1:
        error = float(exact.std(ddof=1) / np.sqrt(np.longdouble(len(finite))))
        ends = stats.t.interval(0.95, len(finite) - 1, loc=float(exact.mean()), scale=error)
        for index, end in enumerate(ends):
            report.close(f"{place} ci95[{index}]", found["ci95"][index], float(end))


QUANTILES = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}


def course(report: Report, place: str, found: Json, points: pd.DataFrame) -> None:
    """The summary of a curve whose points (step, value) are in MLflow's order."""
    values, steps = points["value"], points["step"]
    finite = points[usable(values)]
    report.equal(f"{place} points", found["points"], len(points))
    report.equal(f"{place} nan", found["nan"], int(values.isna().sum()))
    report.equal(f"{place} infinite", found["infinite"], int((values.abs() >= INFINITY).sum()))
    if points.empty:
        return
    for name, index in (("first", 0), ("last", -1)):
        at(report, f"{place} {name}", found[name], (int(steps.iloc[index]), float(values.iloc[index])))
    for name, index in (("min", finite["value"].argmin()), ("max", finite["value"].argmax())):
        row = finite.iloc[int(index)]
        at(report, f"{place} {name}", found[name], (int(row["step"]), float(row["value"])))
    report.close_or_absent(f"{place} slope", found.get("slope"), slope(finite))
    report.equal(f"{place} plateau_from", found.get("plateau_from"), plateau(finite))


def at(report: Report, place: str, found: Json, expected: tuple[int, float]) -> None:
    step, value = expected
    report.equal(f"{place} step", found["step"], step)
    report.equal(f"{place} value", found["value"], "NaN" if math.isnan(value) else value)


def slope(points: pd.DataFrame) -> float:
    x, y = (np.array(points[name], dtype=np.longdouble) for name in ("step", "value"))
    if len(np.unique(x)) < 2:
        return math.nan
    x = x - x.mean()
    return float((x * (y - y.mean())).sum() / (x * x).sum())


def plateau(points: pd.DataFrame) -> int | None:
    values = points["value"].to_numpy()
    outside = np.abs(values - values[-1]) > 0.01 * (values.max() - values.min())
    level = len(values) if not outside.any() else int(np.argmax(outside[::-1]))
    if level < 3 or level * 10 < len(values):
        return None
    return int(points["step"].iloc[len(values) - level])


def numbers(report: Report, place: str, found: Iterable[Any], expected: Iterable[float]) -> None:
    """Lists of numbers, NaN as text."""
    for index, (one, other) in enumerate(zip(found, expected, strict=True)):
        if math.isnan(other):
            report.equal(f"{place}[{index}]", one, "NaN")
        else:
            report.close(f"{place}[{index}]", one, other)
