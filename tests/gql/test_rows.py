"""Rows of reports have ids: of the question and of the row, and by them nothing is found."""

import base64
from types import ModuleType
from typing import Annotated, Any

import msgspec
import pytest

from jxc_graphql.gql.declare import DeclarationError, query, value
from jxc_graphql.gql.plan.reading import any_id
from jxc_graphql.gql.plan.rows import is_row_id, row_id
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.gql.schema.scalars import Unreadable
from jxc_graphql.kit.call import Call


@value(row_of=("low",))
class Bracket:
    """Some of a pile."""

    low: int
    """From."""
    high: int
    """To."""


@value(row_of=("pile.code",))
class Heap:
    """What lies on a pile."""

    amount: int
    """How much."""
    brackets: list[Bracket]
    """By size."""


@value
class Heaps:
    """All piles."""

    first: list[Heap]
    """Some of them."""
    second: list[Heap]
    """The others."""
    brackets: list[Bracket]
    """By size."""


@value
class Bare:
    """A value that nobody can tell from another."""

    amount: int
    """How much."""


class Pile(msgspec.Struct):
    code: str


class Slab(msgspec.Struct):
    low: int
    high: int


class Stacked(msgspec.Struct):
    pile: Pile | None
    amount: int
    brackets: list[Slab]


class AllStacked(msgspec.Struct):
    first: list[Stacked]
    second: list[Stacked]
    brackets: list[Slab]


SLABS = [Slab(0, 4), Slab(5, 9)]


@query(Heaps)
async def heaps(
    call: Call,
    days: Annotated[int, "Of so many days."] = 90,
    named: Annotated[str | None, "Only these."] = None,
    first: Annotated[int, "So many."] = 20,
) -> AllStacked:
    """What lies where."""
    piles = [Stacked(Pile("a"), days, SLABS), Stacked(Pile("b"), days, SLABS), Stacked(None, days, SLABS)]
    return AllStacked(piles, piles, SLABS)


def module(*found: Any) -> ModuleType:
    made = ModuleType(__name__)
    for one in found:
        setattr(made, one.__name__, one)
    return made


EXECUTOR = Executor(Schema([module(Bracket, Heap, Heaps, heaps)]))
HEAPS = "first { id amount brackets { id } } second { id brackets { id } } brackets { id }"


async def ids(text: str, **variables: Any) -> list[str]:
    result = await EXECUTOR.run(EXECUTOR.prepare(text), variables, Call())
    assert result.data, result
    return list(_ids(result.data))


def _ids(found: Any) -> Any:
    for name, one in found.items() if isinstance(found, dict) else enumerate(found):
        if name == "id":
            yield one
        elif isinstance(one, dict | list):
            yield from _ids(one)


@pytest.mark.usefixtures("database")
async def test_a_row_has_an_id_of_its_own_in_its_question_and_no_other_has_it() -> None:
    found = await ids(f"{{ heaps {{ {HEAPS} }} }}")
    assert len(found) == 3 + 3 * 2 + 3 + 3 * 2 + 2
    assert len(set(found)) == len(found)
    assert found == await ids(f"{{ again: heaps {{ {HEAPS} }} }}")
    other = await ids(f"{{ heaps(days: 30) {{ {HEAPS} }} }}")
    assert not set(found) & set(other)
    assert not set(found) & set(await ids(f'{{ heaps(named: "a") {{ {HEAPS} }} }}'))


@pytest.mark.usefixtures("database")
async def test_it_does_not_matter_how_a_question_is_put_nor_which_page_is_asked_for() -> None:
    found = await ids(f"{{ heaps {{ {HEAPS} }} }}")
    assert found == await ids(f"{{ heaps(days: 90, named: null, first: 3) {{ {HEAPS} }} }}")
    text = f"query ($days: Int!, $named: String) {{ heaps(days: $days, named: $named) {{ {HEAPS} }} }}"
    assert found == await ids(text, days=90)


def test_what_stands_in_a_list_says_what_tells_it_from_others() -> None:
    @query(list[Bare])
    async def bare(call: Call) -> list[Any]:
        """Some of them."""
        return []

    with pytest.raises(DeclarationError) as caught:
        Schema([module(Bare, bare)])
    assert str(caught.value) == "Query.bare: Bare has no id in a list. Write @value(row_of=…)."


def test_an_id_says_of_what_kind_of_row_it_is_and_is_no_global_id() -> None:
    kind = EXECUTOR.types.objects["Bracket"]
    one = row_id(kind, "heaps{}", SLABS[0])
    assert one.startswith("Bracket.")
    assert is_row_id(one)
    assert not is_row_id(base64.b64encode(b"Bracket:1").decode())
    with pytest.raises(Unreadable) as caught:
        any_id(one)
    assert caught.value.reason.code == "WRONG_KIND_OF_ID"
