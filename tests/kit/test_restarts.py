"""Ids stay unique, and what was acknowledged stays there, whatever happens to the server and to processes."""

import os
from collections.abc import Callable

import pytest

from tests import databases, keeper
from tests.restarts import ROWS, restarted


def test_a_cluster_restarted_under_load_and_a_process_paused_past_its_span(
    run: databases.Run, tell: Callable[[str], None]
) -> None:
    if keeper.binaries() is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no PostgreSQL server is installed")
    outcome = restarted(run.folder / "restarts", 10 * ROWS)
    tell(f"restarts: {outcome}")
    assert outcome.taken_over
    assert (outcome.twice, outcome.lost) == (0, 0)
    assert set(outcome.failed) <= {"unavailable"}
    assert outcome.made >= 6 * 4 * 10 * ROWS
