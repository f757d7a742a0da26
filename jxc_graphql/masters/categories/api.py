"""What clients see of categories, and how they keep them."""

from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    Versioned,
    connection,
    entity,
    input_type,
    mutation,
    payload,
    told,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.masters.categories import facts, models, operations
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.actions import delete_action


@entity(models.Category, requires=Permission.SEE_CATALOG, search="search_text", texts=("code", "name"))
class Category(Node, Versioned):
    """A category of goods (分类), part of a tree."""

    code: str
    """Code (编码), unique."""
    name: str
    """Name (名称)."""
    parent: "Category | None"
    """The category above (上级分类); null at the top."""


class Query:
    categories: Connection[Category] = connection(order_by="code")
    """Categories (分类)."""


@payload
class CreateCategoryPayload:
    """The new category."""

    category: Category | None
    """The category."""


@input_type
class CreateCategoryInput:
    """A new category."""

    code: str
    """Code (编码), unique, up to 40 characters."""
    name: str
    """Name (名称), up to 100 characters."""
    parent_id: Id[Category] | None = None
    """The category above (上级分类); without it at the top."""


@mutation(CreateCategoryPayload)
async def create_category(call: Call, input: CreateCategoryInput) -> facts.CategoryCreated:
    """Create a category (新建分类)."""
    return await operations.create_category(call, code=input.code, name=input.name, parent_id=input.parent_id)


@payload
class UpdateCategoryPayload:
    """The category after the change."""

    category: Category | None
    """The category."""


@input_type
class UpdateCategoryInput:
    """What changes of a category; what is left out stays."""

    id: Id[Category]
    """The category."""
    code: Change[str] = UNSET
    """Code (编码), unique, up to 40 characters."""
    name: Change[str] = UNSET
    """Name (名称), up to 100 characters."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(UpdateCategoryPayload)
async def update_category(call: Call, input: UpdateCategoryInput) -> facts.CategoryUpdated:
    """Change code and name of a category (修改分类)."""
    return await operations.update_category(call, **told(input, id="category_id"))


@payload
class MoveCategoryPayload:
    """The category at its new place."""

    category: Category | None
    """The category."""


@input_type
class MoveCategoryInput:
    """A category and its new place."""

    id: Id[Category]
    """The category."""
    parent_id: Id[Category] | None = None
    """The category above from now on (上级分类); without it at the top."""
    expected_version: int | None = None
    """The version that the change is made for; another one is refused."""


@mutation(MoveCategoryPayload)
async def move_category(call: Call, input: MoveCategoryInput) -> facts.CategoryUpdated:
    """Move a category, with all below it, to another place in the tree (移动分类)."""
    return await operations.move_category(
        call, category_id=input.id, parent_id=input.parent_id, expected_version=input.expected_version
    )


delete_category = delete_action(operations.delete_category, Category)
