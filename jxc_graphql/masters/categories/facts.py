"""What happens to categories."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact


class CategoryCreated(Fact, frozen=True, kw_only=True):
    """A category was created."""

    subject: ClassVar[str] = "category_id"
    category_id: int


class CategoryUpdated(Fact, frozen=True, kw_only=True):
    """A category has another code, name or parent."""

    subject: ClassVar[str] = "category_id"
    category_id: int
