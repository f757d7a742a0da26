"""How far a recall looks, and what of the rows that it found it tells."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

MAX_DEPTH = 5
"""Assemblies that a trace follows, each way."""
MAX_ROWS = 1_000
"""Rows that a trace tells of each kind."""

T = TypeVar("T")


def nearest(steps: Iterable[tuple[int, int]]) -> dict[int, int]:
    """For each lot that was reached the shortest way to it, out of (lot, depth) of every way; nearest first."""
    found: dict[int, int] = {}
    for lot_id, depth in sorted(steps, key=lambda step: step[1]):
        found.setdefault(lot_id, depth)
    return found


def within_reach(lots: dict[int, int]) -> tuple[dict[int, int], bool]:
    """Those of the lots that a trace tells, and whether those are all."""
    told = [(lot_id, depth) for lot_id, depth in lots.items() if depth <= MAX_DEPTH][:MAX_ROWS]
    return dict(told), len(told) == len(lots)


def page_of(rows: Sequence[T], size: int) -> tuple[list[T], bool]:
    """The first rows, and whether there are more; one more than a page was asked for."""
    return list(rows[:size]), len(rows) > size
