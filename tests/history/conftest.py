"""Databases made by the code of earlier states of the program."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import msgspec
import pytest

from tests import databases
from tests.history import states
from tests.history.states import Made

Databases = Callable[[], AbstractContextManager[str]]


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Makes databases without a table."""
    folder = tmp_path_factory.mktemp("states")

    @contextmanager
    def file() -> Iterator[str]:
        yield f"sqlite:///{tempfile.mkdtemp(dir=folder)}/jxc.sqlite3"

    if request.param == "sqlite":
        return file
    server: databases.Postgres | None = request.getfixturevalue("postgres")
    if server is None:
        states.refuse("no PostgreSQL: set JXC_TEST_POSTGRES or install its server")
    return lambda: server.clone("template0")


@pytest.fixture(scope="session", params=states.RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """The version of a release."""
    return str(request.param)


@pytest.fixture(scope="session")
def filled(
    empty: Databases, release: str, postgres: databases.Postgres | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Made]:
    """A database that a release made and filled; tests work on copies."""
    state = states.RELEASES[release]
    code = states.unpack(state, tmp_path_factory.mktemp(f"v{release}"))
    with empty() as url:
        told = states.run(code, Path(__file__).parent / state.fill, url)
        yield msgspec.convert({"url": url, **msgspec.json.decode(told)}, Made)


@pytest.fixture
def empty_url(empty: Databases) -> Iterator[str]:
    """The URL of a database without a table."""
    with empty() as url:
        yield url


@pytest.fixture
def old_url(filled: Made, postgres: databases.Postgres | None, tmp_path: Path) -> Iterator[str]:
    """The URL of a copy of the database of a release."""
    if filled.url.startswith("sqlite"):
        yield f"sqlite:///{shutil.copy(filled.url.removeprefix('sqlite:///'), tmp_path / 'old.sqlite3')}"
        return
    assert postgres
    with postgres.clone(filled.url.rpartition("/")[2]) as url:
        yield url


@pytest.fixture
def database_of_today(filled: Made, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a new database of the same kind, as it is made today."""
    if filled.url.startswith("sqlite"):
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), tmp_path / 'new.sqlite3')}"
        return
    server: databases.Postgres = request.getfixturevalue("postgres")
    with server.clone() as url:
        yield url
