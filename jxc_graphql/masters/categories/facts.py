"""What happens to categories."""

from jxc_graphql.kit.journal import Fact


class CategoryCreated(Fact, frozen=True, kw_only=True):
    """A category was created."""

    category_id: int


class CategoryUpdated(Fact, frozen=True, kw_only=True):
    """A category has another code, name or parent."""

    category_id: int


class CategoryDeleted(Fact, frozen=True, kw_only=True):
    """A category to which nothing referred is no more."""

    category_id: int
    code: str
