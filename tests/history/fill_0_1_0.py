# mypy: ignore-errors
# ruff: noqa: ANN001, ANN201, PLR0911, SLF001
"""Run in the code of 0.1.0: fills a database with what its users could have entered, by its own operations.

Prints the rows of each table, and of every fact that it can store the least and the most that one can say.
"""

import asyncio
import contextlib
import enum
import random
import sys
import types
import typing
from collections.abc import Iterator
from datetime import UTC, date, datetime

import msgspec
from jxc_graphql.auth.operations import create_user, ensure_roles, system_call
from jxc_graphql.auth.queries import call_of_user
from tests.books.assembling import Assembling
from tests.books.correcting import Correcting
from tests.books.counting import Counting
from tests.books.keeping import Keeping
from tests.books.moving import Moving

from jxc_graphql import schema, wiring
from jxc_graphql.exchange import northwind, operations
from jxc_graphql.kit import db
from jxc_graphql.kit.db.migrate import migrate
from jxc_graphql.kit.journal import Fact
from tests.books import clerk, company, invariants

URL = sys.argv[1]
STEPS = 200


class Dice(clerk.Dice, frozen=True):
    def pick(self, options):
        return self.data.choice(options)

    def one_in(self, times):
        return self.data.randint(1, times) == times


class Office:
    company = None

    @contextlib.contextmanager
    def copy(self) -> Iterator[str]:
        yield URL


class Everybody(Moving, Counting, Correcting, Assembling, Keeping):
    office = Office()
    record = clerk.Record()


async def found() -> None:
    async with db.open(URL, wiring.MODEL_MODULES) as database:
        await migrate(database)
        await ensure_roles(system_call())
        Office.company = await company.make_company()


async def load_sample() -> None:
    loader = await create_user(system_call(), username="loader", name="Loader", roles=["ADMIN"])
    await operations.load(await call_of_user(loader.user_id), lambda *_: None, northwind.SAMPLE)


async def rows() -> dict[str, int]:
    tables = await invariants.tables()
    return {table: (await db.fetch(f'SELECT count(*) FROM "{table}"'))[0][0] for table in tables}


def work() -> dict[str, int]:
    """Everything at random, as the test of the books does it; then the sample data, then the periods."""
    dice = Dice(random.Random(7))
    asyncio.run(found())
    everybody = Everybody()
    turns = [name for name in everybody._turns if "period" not in name]
    for _ in range(STEPS):
        name, before = dice.pick(turns), everybody.taken
        while name and everybody.taken == before:
            everybody.run(getattr(everybody, name)(dice))
            name = clerk.STEPS[name].otherwise
    everybody.run(load_sample())
    everybody.run(wiring.REACTIONS.settle())
    for _ in range(3):
        everybody.run(everybody.close_period(dice))
        everybody.run(everybody.reopen_period(dice))
    everybody.run(wiring.REACTIONS.settle())
    counted = everybody.run(rows())
    everybody._closing.close()
    return counted


def example(kind, *, full: bool):
    """A value of an annotated type."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:
        return example(inner[0], full=full) if full else None
    if origin in {tuple, list, frozenset}:
        return origin([example(inner[0], full=full)] if full else [])
    if origin is dict:
        return {example(inner[0], full=full): example(inner[1], full=full)} if full else {}
    if issubclass(kind, enum.Enum):
        return list(kind)[-1 if full else 0]
    if issubclass(kind, msgspec.Struct):
        return filled(kind, full=full)
    if kind in {date, datetime}:
        return datetime(2026, 2, 28, 12, tzinfo=UTC) if kind is datetime else date(2026, 2, 28)
    return kind(7) if issubclass(kind, int) and kind is not bool else kind()


def filled(kind, *, full: bool):
    hints = typing.get_type_hints(kind)
    return kind(**{name: example(hints[name], full=full) for name in kind.__struct_fields__})


def told(kind) -> list[str]:
    return [filled(kind, full=full).encode() for full in (False, True)]


if __name__ == "__main__":
    schema.sdl()  # for which every feature is imported
    facts = {name: told(kind) for name, kind in Fact.registry.items()}
    print(msgspec.json.encode({"rows": work(), "facts": facts}).decode())
