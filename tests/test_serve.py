"""What listening needs of the system."""

from types import SimpleNamespace

import pytest

from jxc_graphql import serve
from jxc_graphql.kit.settings import Settings

NEEDED = 1_000 + serve.BACKLOG + serve.OTHER_FILES


@pytest.mark.parametrize(
    ("soft", "hard", "open_files", "connections"),
    [
        (256, -1, NEEDED, 2_000),
        (256, 100_000, NEEDED, 2_000),
        (50_000, 100_000, 50_000, 2_000),
        (256, NEEDED - 100, NEEDED - 100, 1_800),
        (256, 1_024, 1_024, 512),
    ],
)
def test_has_no_more_connections_than_files_may_be_open(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, open_files: int, connections: int
) -> None:
    given: list[tuple[int, int]] = []
    system = SimpleNamespace(
        RLIMIT_NOFILE=7,
        RLIM_INFINITY=-1,
        getrlimit=lambda _: (soft, hard),
        setrlimit=lambda _, limits: given.append(limits),
    )
    monkeypatch.setattr(serve, "resource", system)
    assert serve.fitted(Settings(connections=2_000, workers=2)).connections == connections
    assert given == [(open_files, hard)]
