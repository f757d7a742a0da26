"""Writes of categories; each requires MANAGE_CATALOG and returns its fact."""

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, changed, save, save_coded, to_change
from jxc_graphql.kit.errors import NotFound, UnknownId, reject_if
from jxc_graphql.kit.versions import check_version
from jxc_graphql.masters.categories import facts, models, rules
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents import references
from jxc_graphql.office.documents.posting import posting


@posting(Permission.MANAGE_CATALOG)
async def create_category(
    call: Call,
    *,
    code: str,
    name: str,
    parent_id: int | None = None,
) -> facts.CategoryCreated:
    """Creates a category, at the top of the tree or below another one."""
    reject_if(rules.check_category(code, name))
    if parent_id is not None and not await models.Category.exists(id=parent_id):
        raise NotFound(UnknownId(path=("parent_id",), kind="Category"))
    category = models.Category(parent_id=parent_id)
    await save_coded(category, call, changed(category, code=code, name=name))
    return facts.CategoryCreated(category_id=category.id)


@posting(Permission.MANAGE_CATALOG)
async def update_category(
    call: Call,
    *,
    category_id: int,
    code: Change[str] = UNSET,
    name: Change[str] = UNSET,
    expected_version: int | None = None,
) -> facts.CategoryUpdated:
    """Changes code and name of a category."""
    reject_if(rules.check_category(code, name))
    category, fact = await _category(category_id), facts.CategoryUpdated(category_id=category_id)
    await save_coded(category, call, to_change(category, fact, expected_version, code=code, name=name))
    return fact


@posting(Permission.MANAGE_CATALOG)
async def move_category(
    call: Call, *, category_id: int, parent_id: int | None, expected_version: int | None = None
) -> facts.CategoryUpdated:
    """Moves a category below another one, or to the top; raises `Rejected` when it would lie below itself."""
    tree = dict(await models.Category.select_for_update(no_key=True).order_by("id").values_list("id", "parent_id"))
    for path, known in (("category_id", category_id), ("parent_id", parent_id)):
        if known is not None and known not in tree:
            raise NotFound(UnknownId(path=(path,), kind="Category"))
    reject_if(rules.check_parent(category_id, parent_id, tree))
    category = await _category(category_id)
    check_version(category, expected_version)
    await save(category, call, {"parent_id": parent_id})
    return facts.CategoryUpdated(category_id=category_id)


@posting(Permission.MANAGE_CATALOG)
async def delete_category(
    call: Call, *, category_id: int, expected_version: int | None = None
) -> facts.CategoryDeleted:
    """Deletes a category that nothing refers to (删除分类): no product, and no category below it."""
    category = await references.delete(
        call, models.Category, category_id, ("category_id",), expected_version=expected_version
    )
    return facts.CategoryDeleted(category_id=category_id, code=category.code)


async def _category(category_id: int) -> models.Category:
    category = await models.Category.select_for_update(no_key=True).get_or_none(id=category_id)
    if category is None:
        raise NotFound(UnknownId(path=("category_id",), kind="Category"))
    return category
