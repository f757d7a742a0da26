"""No mutation answers with a code that the schema does not announce, in whatever test it is asked."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from jxc_graphql import schema
from jxc_graphql.gql.run.roots import Payload
from jxc_graphql.gql.schema.build import codes_of
from jxc_graphql.gql.schema.types import Field, FromRoot

MANY = 1_000
"""Tests, some of which need the schema."""


@cache
def announced(mutation: Field) -> frozenset[str]:
    return frozenset(codes_of(mutation))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Follows the code of all mutations before a test puts something else in the place of a part of it.

    Where code leads is remembered: what one test put there would be announced in the tests after it. Facts of tests are
    values of an enum of the schema, so none may ask for it before all of them are read.
    """
    if schema.schema.cache_info().currsize:
        raise pytest.UsageError("a module of tests asks for the schema while it is read")
    if len(session.items) > MANY:
        mutation = schema.schema().types.mutation
        assert mutation
        for one in mutation.fields.values():
            announced(one)


@pytest.fixture(autouse=True)
def every_code_is_announced(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fails a test in which a mutation of ours answered with another one; gives what was found."""
    found: list[str] = []
    begin, load = Payload.__init__, Payload.load

    def remember(self: Any, planner: Any, field: Field, *others: Any) -> None:
        begin(self, planner, field, *others)
        self.of_mutation = field

    async def check(self: Any, run: Any, fact: Any, reasons: Any) -> Any:
        source = self.of_mutation.source
        if reasons and isinstance(source, FromRoot) and source.function.__module__.startswith("jxc_graphql."):
            codes = announced(self.of_mutation)
            found.extend(f"{self.of_mutation.name}: {one.code}" for one in reasons if one.code not in codes)
        return await load(self, run, fact, reasons)

    monkeypatch.setattr(Payload, "__init__", remember)
    monkeypatch.setattr(Payload, "load", check)
    yield found
    assert not found, "these were answered, and the schema does not announce them"
