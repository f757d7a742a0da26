"""Databases made by the code of earlier states of the program."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from tests import databases
from tests.history import states
from tests.history.states import Made


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session", params=states.RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """The version of a release."""
    return str(request.param)


@pytest.fixture(scope="session")
def filled(request: pytest.FixtureRequest, run: databases.Run, dialect: str, release: str) -> Made:
    """A database that a release made and filled; tests work on copies."""
    name, state = f"v{release.replace('.', '_')}", states.RELEASES[release]

    def make(told: Path) -> None:
        code = states.unpack(state, run.folder / f"{name}_{dialect}")
        if dialect == "sqlite":
            url = f"sqlite:///{run.folder / name}.sqlite3"
        else:
            url = request.getfixturevalue("postgres").kept(name)
        said = msgspec.json.decode(states.run(code, Path(__file__).parent / state.fill, url))
        told.write_bytes(msgspec.json.encode({"url": url, **said}))

    return msgspec.json.decode(run.once(f"{name}.{dialect}", make).read_bytes(), type=Made)


@pytest.fixture(scope="session")
def taken_over(request: pytest.FixtureRequest, run: databases.Run, filled: Made, dialect: str) -> str:
    """What copies are made of: that database, migrated by the code of today."""
    name = f"{template_of(filled.url).rpartition('/')[2].partition('.')[0]}_today"

    def make(place: Path) -> None:
        if dialect == "sqlite":
            url = f"sqlite:///{shutil.copy(template_of(filled.url), run.folder / f'{name}.sqlite3')}"
        else:
            url = request.getfixturevalue("postgres").kept("today", template_of(filled.url))
        asyncio.run(databases.take_over(url))
        place.write_text(template_of(url))

    return run.once(f"{name}.{dialect}", make).read_text()


def template_of(url: str) -> str:
    """The path of a file, or the name of a database of the server."""
    return url.removeprefix("sqlite:///") if url.startswith("sqlite") else url.rpartition("/")[2]


@contextmanager
def copied(request: pytest.FixtureRequest, path: Path, template: str) -> Iterator[str]:
    """The URL of a copy of a template, which is a file or a database of the server."""
    if template.startswith("/"):
        yield f"sqlite:///{shutil.copy(template, path)}"
        return
    server: databases.Postgres = request.getfixturevalue("postgres")
    with server.clone(template) as url:
        yield url


@pytest.fixture
def old_url(request: pytest.FixtureRequest, filled: Made, tmp_path: Path) -> Iterator[str]:
    """The URL of a copy of the database of a release."""
    with copied(request, tmp_path / "old.sqlite3", template_of(filled.url)) as url:
        yield url


@pytest.fixture
def today_url(request: pytest.FixtureRequest, taken_over: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a copy of the database of a release that was taken over."""
    with copied(request, tmp_path / "today.sqlite3", taken_over) as url:
        yield url


@pytest.fixture
def new_url(request: pytest.FixtureRequest, dialect: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a database as it is made today."""
    template = str(request.getfixturevalue("sqlite_template")) if dialect == "sqlite" else ""
    with copied(request, tmp_path / "new.sqlite3", template) as url:
        yield url


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, dialect: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without a table."""
    if dialect == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    with copied(request, tmp_path, "template0") as url:
        yield url
