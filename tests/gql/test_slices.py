"""Lists that are reckoned are read by page like all others, from either end."""

import itertools
from types import ModuleType
from typing import Any

import msgspec
import pytest

from jxc_graphql.gql.declare import Connection, DeclarationError, query, value
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.run.result import Result
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.pages import Page, Slice

COUNT = 4
NUMBERS = " UNION ALL ".join(f"SELECT {number} AS number" for number in range(COUNT))
PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"


@value(row_of=("number",))
class Figure:
    """A number."""

    number: int
    """Which."""


@value
class Figures:
    """Numbers, and how many kinds of them there are."""

    kinds: int
    """How many."""
    listed: Connection[Figure]
    """The numbers."""


class Digit(msgspec.Struct):
    number: int


class Digits(msgspec.Struct):
    kinds: int

    async def listed(self, page: Slice) -> Page[Digit]:
        return page.of([Digit(number) for number in range(COUNT)])


@query(Connection[Figure] | None)
async def figures(call: Call, *, page: Slice) -> Page[Digit]:
    """Numbers that a statement finds."""
    rows, total = await page.read(f"SELECT number, COUNT(*) OVER () FROM ({NUMBERS}) AS found ORDER BY number", ())
    return page.page([Digit(number) for (number,) in rows], total)


@query(Figures | None)
async def digits(call: Call) -> Digits:
    """Numbers that are there anyway."""
    return Digits(1)


def module(*found: Any) -> ModuleType:
    made = ModuleType(__name__)
    for one in found:
        setattr(made, one.__name__, one)
    return made


EXECUTOR = Executor(Schema([module(Figure, Figures, figures, digits)]))


async def run(text: str) -> Result:
    prepared = EXECUTOR.prepare(text)
    ours = await EXECUTOR.run(prepared, {}, Call())
    copied = await EXECUTOR.run_by_core(prepared, {}, Call())
    assert ours.encode("r") == copied.encode("r")
    return ours


def fields(arguments: str, asked: str) -> str:
    told = f"({arguments})" if arguments else ""
    return f"{{ figures{told} {{ {asked} }} digits {{ listed{told} {{ {asked} }} }} }}"


async def pages(arguments: str, asked: str = f"totalCount nodes {{ id number }} {PAGE}") -> list[dict[str, Any]]:
    """The same page of both lists."""
    result = await run(fields(arguments, asked))
    assert result.data
    assert not result.errors
    return [result.data["figures"], result.data["digits"]["listed"]]


@pytest.mark.usefixtures("database")
async def test_a_page_is_what_the_specification_says_of_it() -> None:
    (edges, _) = await pages("first: 100", "edges { cursor node { number } }")
    cursors = [one["cursor"] for one in edges["edges"]]
    assert [one["node"]["number"] for one in edges["edges"]] == list(range(COUNT))
    ways = [(name, size) for name in ("first", "last") for size in (0, 1, 3, COUNT + 1)]
    for (way, size), after, before in itertools.product(ways, [None, 0, 2], [None, 3, 0]):
        told = [f"{way}: {size}", *(f'after: "{cursors[one]}"' for one in [after] if one is not None)]
        told += [f'before: "{cursors[one]}"' for one in [before] if one is not None]
        expected = list(range(COUNT))[0 if after is None else after + 1 : before]
        expected = expected[:size] if way == "first" else expected[max(len(expected) - size, 0) :]
        for found in await pages(" ".join(told)):
            place = told, found
            assert [one["number"] for one in found["nodes"]] == expected, place
            assert found["totalCount"] == COUNT, place
            info = found["pageInfo"]
            if expected:
                assert info["hasNextPage"] == (expected[-1] < COUNT - 1), place
                assert info["hasPreviousPage"] == (expected[0] > 0), place
                assert (info["startCursor"], info["endCursor"]) == (cursors[expected[0]], cursors[expected[-1]]), place


@pytest.mark.usefixtures("database")
async def test_what_is_wrong_with_it_is_told_as_of_all_lists() -> None:
    (edges, _) = await pages("", "edges { cursor }")
    cursor = edges["edges"][0]["cursor"]
    for arguments, code in (
        ("first: 101", "INVALID_PAGE_SIZE"),
        ("first: -1", "INVALID_PAGE_SIZE"),
        ("first: 1 last: 1", "INVALID_PAGE_SIZE"),
        ('after: "x"', "INVALID_CURSOR"),
        (f'before: "{cursor[:-2]}"', "INVALID_CURSOR"),
        ('after: "WzEsMl0"', "INVALID_CURSOR"),
    ):
        result = await run(fields(arguments, "totalCount"))
        assert [one["extensions"]["code"] for one in result.errors or ()] == [code] * 2
        assert [one["path"] for one in result.errors or ()] == [["figures"], ["digits", "listed"]]


@pytest.mark.usefixtures("database")
async def test_a_row_has_its_id_on_whatever_page_it_stands() -> None:
    whole = await pages("")
    parts = [await pages(arguments) for arguments in ("first: 2", "last: 2")]
    for place, one in enumerate(whole):
        ids = [row["id"] for row in one["nodes"]]
        assert ids == [row["id"] for part in parts for row in part[place]["nodes"]]
        assert len(set(ids)) == COUNT
    assert not {row["id"] for row in whole[0]["nodes"]} & {row["id"] for row in whole[1]["nodes"]}


def test_a_connection_of_values_takes_a_slice() -> None:
    @query(Connection[Figure] | None)
    async def unsliced(call: Call) -> Any:
        """Nothing says which page."""

    with pytest.raises(DeclarationError) as caught:
        Schema([module(Figure, unsliced)])
    assert str(caught.value).startswith("Query.unsliced: a connection is of a `page: Slice`")
