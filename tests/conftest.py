"""What every test may ask for: a migrated database of each kind, a caller who may do everything, a client."""

import os
import random
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import hypothesis.core
import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth.operations import create_api_token, create_user, system_call
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.wiring import MODEL_MODULES
from tests import databases

hypothesis.settings.register_profile("jxc", deadline=None, print_blob=True)
hypothesis.settings.load_profile("jxc")


def pytest_configure() -> None:
    databases.use_memory()
    if hypothesis.core.global_force_seed is None:
        setattr(hypothesis.core, "global_force_seed", random.getrandbits(32))  # noqa: B010  (declared as None)


def pytest_report_header() -> str:
    return f"repeat these examples with --hypothesis-seed={hypothesis.core.global_force_seed}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return databases.sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[databases.Postgres | None]:
    with databases.postgres_server() as url:
        server = databases.Postgres(url) if url else None
        yield server
        if server:
            server.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty database that nobody is connected to."""
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), tmp_path / 'jxc.sqlite3')}"
        return
    server: databases.Postgres | None = request.getfixturevalue("postgres")
    if server is None:
        why = "no PostgreSQL: set JXC_TEST_POSTGRES or install its server"
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse(why)
    with server.clone() as url:
        yield url


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server: databases.Postgres = request.getfixturevalue("postgres")
    with server.clone("template0") as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[db.Database]:
    """A migrated, empty database, connected."""
    async with db.open(database_url, MODEL_MODULES) as database:
        yield database


@pytest.fixture
async def call(database: db.Database) -> Call:
    """The call of a real administrator, who may do everything everywhere."""
    admin = await create_user(system_call(), username="admin", name="Administrator", roles=["ADMIN"])
    return Call(actor_id=admin.user_id, permissions=frozenset(Permission), request_id="test")


@pytest.fixture
async def client(call: Call, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application, signed in as the administrator of `call`."""
    from jxc_graphql.app import build_app  # noqa: PLC0415  (rules are tested without building the schema)

    assert call.actor_id is not None
    issued = await create_api_token(system_call(), user_id=call.actor_id, name="test")
    transport = httpx.ASGITransport(build_app(Settings(database_url=database_url, introspection=True)))
    headers = {"authorization": f"Bearer {issued.token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://jxc.test", headers=headers) as client:
        yield client
