"""What every test may ask for: a migrated database of each kind, a caller who may do everything, a client."""

import gc
import os
import random
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.settings import Settings
from jxc_graphql.office.auth.operations import create_api_token, system_call
from jxc_graphql.office.documents import operations as documents
from jxc_graphql.wiring import MODEL_MODULES
from tests import databases, models
from tests.make.begun import administrator, begins_with
from tests.make.settings import taken_up

pytest_plugins = ("tests.announced",)

hypothesis.settings.register_profile("jxc", deadline=None, print_blob=True)
hypothesis.settings.load_profile("jxc")


PATIENT = 20_000, 10, 20
"""How rarely the collector looks for garbage: a test leaves little, and looking was an eighth of the time."""
TOLD = "told"
RUN = pytest.StashKey[databases.Run]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Begins a run, or takes part in it as one of its workers."""
    databases.use_memory()
    models.remember()
    if worker := getattr(config, "workerinput", None):
        config.stash[RUN] = databases.Run(Path(worker["run"]))
        return
    stack = ExitStack()
    config.add_cleanup(stack.close)
    config.stash[RUN] = stack.enter_context(databases.run())
    if config.option.hypothesis_seed is None:  # workers are told
        config.option.hypothesis_seed = str(random.getrandbits(32))


def pytest_collection_finish() -> None:
    """Has the collector pass over what is there for the whole run, as servers do; above all the schema."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*PATIENT)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a worker waits for a quarter of its time, for a database or a thread."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["run"] = str(node.config.stash[RUN].folder)


def pytest_report_header(config: pytest.Config) -> str:
    return f"repeat these examples with --hypothesis-seed={config.option.hypothesis_seed}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what tests told, whichever worker ran them."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, text in getattr(report, "user_properties", ()):
                if name == TOLD and report.when == "teardown":
                    terminalreporter.write_line(text)


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Says something at the end of the run."""
    return partial(record_property, TOLD)


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> databases.Run:
    """What all processes of this run of the tests share."""
    return request.config.stash[RUN]


@pytest.fixture(scope="session")
def sqlite_template(run: databases.Run) -> Path:
    return run.sqlite_template()


@pytest.fixture(scope="session")
def postgres(run: databases.Run) -> Iterator[databases.Postgres]:
    with run.postgres() as server:
        if server is None:
            refuse = pytest.fail if os.environ.get("CI") else pytest.skip
            refuse("no PostgreSQL: set JXC_TEST_POSTGRES or install its server")
        yield server


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, run: databases.Run, tmp_path: Path) -> str:
    """The URL of a migrated SQLite file; empty but for what the test begins with."""
    fill = begins_with(request.node)
    template = run.filled(fill).source if fill else request.getfixturevalue("sqlite_template")
    return f"sqlite:///{shutil.copy(template, tmp_path / 'jxc.sqlite3')}"


@pytest.fixture
def installed(sqlite_template: Path, tmp_path: Path) -> Path:
    """The migrated, empty file that commands find in this folder."""
    (tmp_path / "data").mkdir(mode=0o700)
    return Path(shutil.copy(sqlite_template, tmp_path / "data" / "jxc.sqlite3"))


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, run: databases.Run) -> Iterator[str]:
    """The URL of a migrated database that nobody is connected to; empty but for what the test begins with."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    server: databases.Postgres = request.getfixturevalue("postgres")
    fill = begins_with(request.node)
    with server.clone(run.filled(fill, server).source if fill else "") as url:
        yield url


@pytest.fixture
def told(request: pytest.FixtureRequest, run: databases.Run, database_url: str) -> Any:
    """What the function gave that did with the database what the test begins with."""
    fill = begins_with(request.node)
    assert fill
    return run.filled(fill, None if database_url.startswith("sqlite") else request.getfixturevalue("postgres")).told


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
        await taken_up()
        yield database


@pytest.fixture
async def call(database: db.Database) -> Call:
    """The call of a real administrator, who may do everything everywhere."""
    return await administrator()


@pytest.fixture
async def client(call: Call, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application, signed in as the administrator of `call`."""
    from jxc_graphql.app import build_app  # noqa: PLC0415  (rules are tested without building the schema)

    assert call.actor_id is not None
    issued = await create_api_token(system_call(), user_id=call.actor_id, name="test")
    transport = httpx.ASGITransport(build_app(Settings(database_url=database_url, introspection=True)))
    headers = {"authorization": f"Bearer {issued.token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
        yield client


@pytest.fixture
async def token(call: Call, database: db.Database) -> str:
    """Of the administrator of `call`, in a database that nobody is connected to any more."""
    assert call.actor_id is not None
    token = (await create_api_token(system_call(), user_id=call.actor_id, name="test")).token
    await database.close()
    return token


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the clock of this process ahead by so many seconds."""
    now, ahead = clock.now, timedelta()

    def ahead_by(seconds: float) -> None:
        nonlocal ahead
        ahead += timedelta(seconds=seconds)

    monkeypatch.setattr(clock, "now", lambda: now() + ahead)
    return ahead_by


@pytest.fixture
def numbers_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has every document ask for its number, not only the first one of a block: so what they send can be compared."""
    monkeypatch.setitem(documents.BLOCK, "postgres", 1)
