"""What this process has counted since it began: to count is to add one, whether anybody looks or not."""

import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)
"""Seconds up to which durations are counted together."""


class Durations:
    """How often something took how long."""

    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """Counts one."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds


class CountedOperation(NamedTuple):
    """Operations that are counted together: the name that is shown, the kind, and what came of it."""

    operation: str
    kind: str
    outcome: str


class ProcessFigures:
    """Everything that is counted."""

    def __init__(self) -> None:
        self.statements = 0
        self.operations: Counter[CountedOperation] = Counter()
        self.durations: defaultdict[tuple[str, str], Durations] = defaultdict(Durations)
        """Of queries and mutations, by name and kind."""
        self.responses: Counter[int] = Counter()
        """By status of HTTP."""
        self.waits: defaultdict[str, Durations] = defaultdict(Durations)
        """For a reader, the one writer to SQLite, a connection out of the pool: of those that had to wait."""
        self.connections = self.subscribers = 0
        """There just now."""
        self.evictions: Counter[str] = Counter()
        """By why: `room` for others, or `behind` what a stream keeps."""
        self.facts_handled = self.reactions_failed = 0
        self.lag_seconds = 0.0
        """How old the oldest fact is that nobody has reacted to."""
        self.job_runs: Counter[tuple[str, str]] = Counter()
        """By the kind of job: DONE, FAILED (and tried again), GIVEN_UP, CANCELLED."""
        self.reads: Counter[tuple[str, str]] = Counter()
        """Queries where there are replicas: of a replica or of the primary, and why of that."""
        self.replica_statements: Counter[str] = Counter()
        """Those of `statements` that were sent to each replica."""
        self.replicas: dict[str, tuple[bool, float]] = {}
        """Of each replica, whether it may be asked, and how many seconds it is behind."""

    def note_job(self, kind: str, outcome: str) -> None:
        """Counts a run of a job that has ended."""
        self.job_runs[kind, outcome] += 1

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Counts how long somebody waits for something."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.waits[what].add(time.monotonic() - began)


figures = ProcessFigures()
