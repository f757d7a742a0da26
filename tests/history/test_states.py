"""What a release made is made today, and taken over today, with everything that it tells."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

import jxc_graphql.migrations
from jxc_graphql import schema, wiring
from jxc_graphql.books.goods import fitness, impossible
from jxc_graphql.insight.verification import queries as verification
from jxc_graphql.kit import db
from jxc_graphql.kit.db import applied
from jxc_graphql.kit.db.catalog import catalog, differences
from jxc_graphql.kit.db.migrate import migrate, pending, write
from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.settings import Settings
from jxc_graphql.kit.spelling import search_text
from tests import shell
from tests.bookkeeping import invariants
from tests.history import states
from tests.history.states import Made
from tests.make.settings import taken_up
from tests.patience import recorded

HISTORY = Path(jxc_graphql.migrations.__file__).parent


@pytest.fixture
def of_release(release: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with the migrations that a release had, as they are today."""
    package = tmp_path / f"of_{release.replace('.', '_')}"
    package.mkdir()
    (package / "__init__.py").touch()
    for name in states.RELEASES[release].migrations:
        shutil.copy(HISTORY / f"{name}.py", package)
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == package.name]:
        monkeypatch.delitem(sys.modules, name)
    return package.name


async def tables(url: str) -> dict[str, frozenset[str]]:
    async with db.open(url, wiring.MODEL_MODULES) as database:
        return {name: lines for name, lines in (await catalog(database.client)).items() if "migrations" not in name}


def test_a_release_is_where_its_tag_is(release: str) -> None:
    assert states.tagged(release) in {None, states.RELEASES[release].commit}


def test_the_migrations_of_a_release_are_frozen(release: str) -> None:
    of_today = {name: HISTORY / f"{name}.py" for name in states.RELEASES[release].migrations}
    assert {name: applied.digest(path.read_bytes()) for name, path in of_today.items()} == (
        states.RELEASES[release].migrations
    )


FOUND_OUT = (impossible.WHAT, verification.IN_TURN.what)
"""What a release did wrong, which verify tells since."""


async def test_history_makes_the_tables_of_a_release(old_url: str, empty_url: str, of_release: str) -> None:
    async with db.open(empty_url, wiring.MODEL_MODULES) as database:
        await migrate(database, of_release)
    assert await tables(empty_url) == await tables(old_url)


async def test_a_new_database_has_what_the_models_declare(
    dialect: str, new_url: str, empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if dialect == "sqlite":
        pytest.skip("it writes some of the same in other words after a table was changed")
    (tmp_path / "of_models").mkdir()
    (tmp_path / "of_models" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    await write("all at once", wiring.MODEL_MODULES, "of_models")
    async with db.open(empty_url, wiring.MODEL_MODULES) as database:
        await migrate(database, "of_models")
    declared = differences(await tables(empty_url), await tables(new_url))
    assert [each for each in declared if " has: " not in each] == []


async def test_a_database_of_a_release_is_taken_over(filled: Made, old_url: str, new_url: str) -> None:
    async with db.open(old_url, wiring.MODEL_MODULES) as database:
        assert await pending(database)
        await migrate(database)
        assert await pending(database) == []
        rows = {table: count for table, count in filled.rows.items() if table not in states.FORGOTTEN}
        kept = {table: await db.fetch(f'SELECT count(*) FROM "{states.MOVED.get(table, table)}"') for table in rows}
        assert {table: count for table, ((count,),) in kept.items() if count < rows[table]} == {}
    assert await tables(old_url) == await tables(new_url)


async def test_the_names_of_a_release_are_found_by_the_rule_of_today(filled: Made, today_url: str) -> None:
    async with wiring.opened(Settings(database_url=today_url)):
        rows = await db.fetch("SELECT code, name, search_text FROM category")
        assert filled.rows["category"] == len(rows) > 0
        assert [text for *texts, text in rows if text != search_text(*texts)] == []


async def test_the_journal_of_a_release_is_read(filled: Made, today_url: str) -> None:
    schema.schema()  # for which every feature is imported
    async with db.open(today_url, wiring.MODEL_MODULES):
        read = len(await recorded())
        answers = await db.fetch("SELECT fact FROM idempotency_key WHERE fact IS NOT NULL")
        for (answer,) in answers:
            name, _, body = answer.partition(" ")
            Fact.decode(name, body)
        assert read == filled.rows["journal"] > 0
        assert len(answers) == filled.rows["idempotency_key"] > 0


def test_every_fact_that_a_release_could_store_is_read(filled: Made) -> None:
    schema.schema()
    for name, bodies in filled.facts.items():
        assert name in Fact.registry, f"{name} stands in journals: name it as stored_as, or among what is taken over"
        for body in bodies:
            Fact.decode(name, body)


async def test_the_books_of_a_release_agree(today_url: str) -> None:
    async with wiring.opened(Settings(database_url=today_url)):
        await wiring.REACTIONS.settle()
        found = [one async for progress in verification.verify() for one in progress.differences]
        assert [one for one in found if one.what not in FOUND_OUT] == []


async def test_days_that_late_documents_of_a_release_made_impossible_are_told(filled: Made, today_url: str) -> None:
    ran = [jxc(today_url, command) for command in ("migrate", "verify", "rebuild")]
    assert [one.returncode for one in ran] == [0, 1, 0]
    async with db.open(today_url, wiring.MODEL_MODULES):
        days = await impossible.differences()
        late = await db.fetch("SELECT number FROM document")
    assert days
    numbers = {number for (number,) in late}
    for one in days:
        assert f"{one.what} {one.key}: expected 0 or more, found {one.actual}\n" in ran[1].stdout
        assert f"{one.key}: {one.actual}. Movements are never changed" in ran[2].stdout
        assert set(one.key.partition(", after ")[2].split(", ")) <= numbers
    assert filled.rows["stock_movement"] > 0


async def test_promises_that_a_release_could_not_keep_are_found_and_kept_anew(old_url: str) -> None:
    async with db.open(old_url, wiring.MODEL_MODULES) as database:
        async with database.client.transaction() as transaction:
            await transaction.execute_script("UPDATE lot SET is_blocked = true")
        await migrate(database)
        await taken_up()
        await fitness.begin_day()
        found = {one.what for one in await verification.differences()}
        wrong = await verification.documents_in_the_wrong()
    assert found >= {"stock_level.available is not negative", "claim.reserved is what its turn gives it"}
    ran = [jxc(old_url, *arguments.split()) for arguments in ("verify", "rebuild --promises", "verify")]
    assert [one.returncode for one in ran] == [1, 0, 1]
    assert f"For {wrong} orders and transfers" in ran[0].stdout
    assert f"For {wrong} orders and transfers" in ran[1].stdout
    assert wrong > 0


async def test_whoever_a_release_let_overtake_gives_back(old_url: str) -> None:
    async with db.open(old_url, wiring.MODEL_MODULES) as database:
        async with database.client.transaction() as transaction:
            await transaction.execute_script(ASK_FOR_MORE)
        await migrate(database)
        await taken_up()
        await fitness.begin_day()
        wrong = await verification.documents_in_the_wrong()
        assert await overtaken() > 0
    ran = [jxc(old_url, *arguments.split()) for arguments in ("verify", "rebuild --promises", "verify")]
    assert [one.returncode for one in ran[:2]] == [1, 0]
    assert all(f"For {wrong} orders and transfers" in one.stdout for one in ran[:2])
    assert verification.IN_TURN.what in ran[0].stdout
    assert verification.IN_TURN.what not in ran[2].stdout
    async with db.open(old_url, wiring.MODEL_MODULES):
        assert await overtaken() == 0


async def overtaken() -> int:
    """How many claims wait while something is kept for another one behind them."""
    return sum(len(rows) for what, rows in await invariants.broken() if what == "nobody overtakes who waited")


def jxc(url: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as folder:
        return shell.jxc(Path(folder), *arguments, JXC_DATABASE_URL=url, **settings)


_IN_FOURS = "UPDATE purchase_order_line SET quantity_in_unit = quantity / 4 WHERE quantity % 4 = 0"


async def test_prices_of_a_release_become_those_of_the_units_that_were_typed(old_url: str) -> None:
    found = []
    async with db.open(old_url, wiring.MODEL_MODULES) as database:
        async with database.client.transaction() as transaction:
            await transaction.execute_script(_IN_FOURS)
            await transaction.execute_script("UPDATE sales_order_line SET quantity_in_unit = quantity * 2")
        for _ in range(2):
            lines = [
                await db.fetch(
                    f"SELECT id, amount, unit_price FROM {table} WHERE quantity <> quantity_in_unit ORDER BY id"
                )
                for table in ("purchase_order_line", "sales_order_line")
            ]
            found.append([(*line, times) for of, times in zip(lines, (4, 0.5), strict=True) for line in of])
            await migrate(database)
    assert len({times for *_, times in found[0]}) == 2
    for (line_id, amount, before, times), (same_id, same_amount, after, _) in zip(*found, strict=True):
        assert (line_id, amount) == (same_id, same_amount)
        assert abs(before * times - after) <= 0.5


def test_the_command_line_takes_a_release_over(old_url: str) -> None:
    ran = [jxc(old_url, "migrate"), jxc(old_url, "verify")]
    assert (ran[0].returncode, ran[0].stdout) == (0, "The database is up to date.\n")
    told = [line for line in ran[1].stdout.splitlines() if not line.startswith((*FOUND_OUT, "For "))]
    assert [line.endswith(" differences.") for line in told] == [True]


OWNED = """
DO $$ DECLARE one text; BEGIN
    FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('ALTER TABLE %I OWNER TO {role}', one);
    END LOOP;
    FOR one IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO {role}', one);
    END LOOP;
END $$;
GRANT USAGE, CREATE ON SCHEMA public TO {role}"""


async def test_a_role_that_may_not_make_a_schema_is_told_what_it_needs(dialect: str, old_url: str) -> None:
    if dialect == "sqlite":
        pytest.skip("SQLite has no roles")
    parts = urlsplit(old_url)
    database = parts.path.removeprefix("/")
    role = f"{database}_keeper"
    admin = await asyncpg.connect(old_url)
    try:
        await admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'narrow'")
        await admin.execute(OWNED.format(role=role))
        url = parts._replace(netloc=f"{role}:narrow@{parts.netloc.rpartition('@')[2]}").geturl()
        for command in ("migrate", "verify"):
            ran = jxc(url, command)
            assert (ran.returncode, ran.stdout) == (1, "")
            assert f'GRANT CREATE ON DATABASE "{database}" TO "{role}"' in ran.stderr
            assert "Traceback" not in ran.stderr
        await admin.execute(f"GRANT CREATE ON DATABASE {database} TO {role}")
        ran = jxc(url, "migrate")
        assert ran.returncode == 0
        assert ["Amounts below the fen are rounded to it" in line for line in ran.stderr.splitlines()] == [True]
    finally:
        await admin.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
        await admin.close()


ASK_FOR_MORE = "UPDATE sales_order_line SET quantity = quantity + 1000000000 WHERE quantity_reserved > 0"
"""So the first of two orders waits for more than there is, while the second keeps what it was given."""
MIGRATE = """
import asyncio, sys
from jxc_graphql.kit import db
from jxc_graphql.kit.db.migrate import migrate
from jxc_graphql.wiring import MODEL_MODULES

async def main():
    async with db.open(sys.argv[1], MODEL_MODULES) as database:
        await migrate(database)

asyncio.run(main())
"""


async def test_a_database_that_was_never_released_is_told_what_it_is(empty_url: str, tmp_path: Path) -> None:
    code = states.unpack(states.UNRELEASED, tmp_path)
    script = tmp_path / "make.py"
    script.write_text(MIGRATE)
    states.run(code, script, empty_url)
    before = await tables(empty_url)
    for command in ("migrate", "verify", "rebuild"):
        ran = jxc(empty_url, command)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert "made by an unreleased version of this program: adjustment is missing;" in ran.stderr
        assert "Traceback" not in ran.stderr
    assert await tables(empty_url) == before
    async with db.open(empty_url, wiring.MODEL_MODULES) as database:
        assert set((await applied.applied(database.client)).values()) == {None}
