"""What is said of a thing in fields of the company's own, with the input that makes or changes it.

An operation is not told of it: the call brings it along (`Call.fields`), and whoever keeps such fields fills them in
when the operation has done its work, in its transaction, so that a form is sent at once and all of it holds or nothing.
He also tells what a document says that is copied (`again`), as a form would say it, and asks for what is required in
what a fact says that there is since (`Fact.makes`), also where nothing is brought along.
"""

from collections.abc import Callable, Coroutine, Sequence
from functools import wraps
from typing import Any

import msgspec

from jxc_graphql.gql.declare import Member, input_type
from jxc_graphql.gql.schema.answers import read_later
from jxc_graphql.gql.schema.scalars import NotADate
from jxc_graphql.gql.words import describe
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.frame import F, P, Unchanged, Work
from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.numbers import NotANumber, OutOfBounds, TooManyDecimals


@input_type
class OwnFieldValueInput:
    """What is filled in."""

    code: str
    """The code of the own field."""
    value: Change[str | None] = UNSET
    """Its value as text (值): a number, a day such as `2026-01-31`, a choice or an id."""


read_later(OwnFieldValueInput, NotANumber, OutOfBounds, TooManyDecimals, NotADate)


@input_type
class WithOwnFieldsInput:
    """What may be said of a thing that has own fields."""

    fields: list[OwnFieldValueInput] | None = None
    """What it says in own fields (自定义字段); those that are not named stay, and it takes SET_OWN_FIELDS."""


FIELDS = Member("fields", list[OwnFieldValueInput] | None, describe.of_attributes(WithOwnFieldsInput)["fields"], None)
FillIn = Callable[[Call, Fact, bool], Coroutine[Any, Any, object]]
"""Fills in what a call brings along for what a fact is about; and whether that makes its next version."""
Again = Callable[[Call, int], Coroutine[Any, Any, Sequence[Any]]]
"""What a caller may fill in so that a copy says what a document says."""

_fill_in: list[FillIn] = []
_again: list[Again] = []


def filled_in_by(fill_in: FillIn, again: Again) -> None:
    """Has somebody above fill in what calls bring along, and tell what a copy is to bring along."""
    _fill_in[:], _again[:] = [fill_in], [again]


async def again(call: Call, document_id: int) -> tuple[Any, ...]:
    """What a copy of a document is to say in fields of the company's own (`Call.fields`)."""
    return tuple(await _again[0](call, document_id)) if _again else ()


def with_fields(function: Work[P, F]) -> Work[P, F]:
    """What an operation does, with what the call brings along filled in behind it, and asked for in what it makes."""

    @wraps(function)
    async def run(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> F:
        is_next = False
        if not call.fields or not _fill_in:
            made = await function(call, *args, **kwargs)
            if made.makes and _fill_in:
                await _fill_in[0](call, made, is_next)
            return made
        try:
            fact: Any = await function(msgspec.structs.replace(call, fields=()), *args, **kwargs)
        except Unchanged as so_already:
            fact, is_next = so_already.fact, True
        await _fill_in[0](call, fact, is_next)
        return fact  # type: ignore[no-any-return]

    return run
