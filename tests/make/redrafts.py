"""Lines of drafts as an update is told of them."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from jxc_graphql.office.documents.redrafting import LineChange

A = TypeVar("A", bound=msgspec.Struct)


def new_lines(asked: Sequence[A]) -> list[LineChange[A]]:
    """Lines that take the place of all that there were."""
    return [changed_line(type(one), **told(one)) for one in asked]


def changed_line(asked: type[A], **given: Any) -> LineChange[A]:
    """A line of which this is said; `id` where it stays."""
    made: Any = LineChange[asked]  # type: ignore[valid-type]
    change: LineChange[A] = made(**given)
    return change


def told(one: msgspec.Struct) -> dict[str, Any]:
    """What is asked of a line, without what is not."""
    said = {name: getattr(one, name) for name in one.__struct_fields__}
    return {name: value for name, value in said.items() if value is not None}
