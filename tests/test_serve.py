"""What listening needs of the system, and what whoever starts a server is told."""

from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from jxc_graphql import serve
from jxc_graphql.kit.settings import Settings
from tests.patience import SECONDS
from tests.served import running
from tests.shell import jxc

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


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("is_anybody_there", [False, True])
def test_says_where_it_is_and_what_to_do_first(tmp_path: Path, *, is_anybody_there: bool) -> None:
    if is_anybody_there:
        assert jxc(tmp_path, "user", "create", "ann").returncode == 0
    with running(tmp_path, "serve", "--port", "0") as server:
        url, *_ = server.says(1 if is_anybody_there else 2)
        answer = httpx.post(url.removeprefix("url: "), json={"query": "{ __typename }"}, timeout=SECONDS).json()
        assert answer["data"] == {"__typename": "Query"}
        _, said, _ = server.stop()
    _, *first_step = said.splitlines()
    assert ["jxc user create" in line for line in first_step] == [True] * (not is_anybody_there)
