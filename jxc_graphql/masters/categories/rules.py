"""What is right for categories: texts that fit, and a tree."""

from collections.abc import Iterator, Mapping

from jxc_graphql.kit.changes import Change
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.text import check_text

CODE_LIMIT = 40
NAME_LIMIT = 100


class CategoryCycle(Reason, frozen=True, kw_only=True):
    """A category cannot lie below itself."""


def check_category(code: Change[str], name: Change[str]) -> Iterator[Reason]:
    """What is wrong with a category's texts."""
    yield from check_text(("code",), code, limit=CODE_LIMIT, required=True)
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)


def check_parent(category_id: int, parent_id: int | None, parents: Mapping[int, int | None]) -> Iterator[Reason]:
    """Whether a category would lie below itself; `parents` is the whole tree."""
    above = parent_id
    while above is not None and above != category_id:
        above = parents.get(above)
    if above is not None:
        yield CategoryCycle(path=("parent_id",))
