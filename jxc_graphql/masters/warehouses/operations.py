"""Writes of branches, warehouses and bins; each requires MANAGE_WAREHOUSES; None leaves a thing as it is."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, changed, save_coded, to_change
from jxc_graphql.kit.errors import NotFound, Rejected, UnknownId, reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.spelling import search_text
from jxc_graphql.masters.warehouses import facts, models, queries, rules
from jxc_graphql.masters.warehouses.places import BUILT_IN, PlaceKind
from jxc_graphql.masters.warehouses.rules import WantedBin
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.auth.rights import raise_version
from jxc_graphql.office.documents import references
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import OutOfScope


@posting(Permission.MANAGE_WAREHOUSES)
async def create_branch(call: Call, *, code: str, name: str) -> facts.BranchCreated:
    """Opens a branch, without warehouses."""
    reject_if(rules.check_branch(code, name))
    branch = models.Branch(created_at=call.at)
    await save_coded(branch, call, changed(branch, code=code, name=name))
    return facts.BranchCreated(branch_id=branch.id)


@posting(Permission.MANAGE_WAREHOUSES)
async def update_branch(
    call: Call,
    *,
    branch_id: int,
    code: Change[str] = UNSET,
    name: Change[str] = UNSET,
    is_active: Change[bool] = UNSET,
    expected_version: int | None = None,
) -> facts.BranchUpdated:
    """Changes what a branch is called; it can be closed when none of its warehouses is active, by who sees them all."""
    reject_if(rules.check_branch(code, name))
    branch, fact = await _branch(branch_id), facts.BranchUpdated(branch_id=branch_id)
    changes = to_change(branch, fact, expected_version, code=code, name=name, is_active=is_active)
    if changes.get("is_active") is False:
        reject_if([OutOfScope(path=("is_active",))] if call.within(Dimension.WAREHOUSE) is not None else ())
        reject_if(rules.check_closing(await queries.active_warehouses(branch_id)))
    await save_coded(branch, call, changes)
    return fact


@posting(Permission.MANAGE_WAREHOUSES)
async def create_warehouse(
    call: Call, *, code: str, name: str, address: str = "", branch_id: int | None = None
) -> facts.WarehouseCreated:
    """Opens a warehouse with all its built-in places, of a branch or of none."""
    reject_if(rules.check_warehouse(code, name, address))
    if branch_id is not None and not (branch := await _branch(branch_id)).is_active:
        raise Rejected(rules.BranchInactive(path=("branch_id",), branch=branch.code))
    places = {kind: new_id() for kind in BUILT_IN}
    warehouse = models.Warehouse(
        address=address.strip(),
        branch_id=branch_id,
        created_at=call.at,
        **{f"{kind.value.lower()}_place_id": place_id for kind, place_id in places.items()},
    )
    await save_coded(warehouse, call, changed(warehouse, code=code, name=name))
    await _divide_anew({"branch_id"} if branch_id else ())
    await models.Place.bulk_create(
        models.Place(
            id=place_id,
            kind=kind,
            warehouse_id=warehouse.id,
            code=kind.value,
            name=kind.value,
            search_text=search_text(kind.value),
            updated_at=call.at,
        )
        for kind, place_id in places.items()
    )
    return facts.WarehouseCreated(warehouse_id=warehouse.id)


@posting(Permission.MANAGE_WAREHOUSES)
async def update_warehouse(
    call: Call,
    *,
    warehouse_id: int,
    code: Change[str] = UNSET,
    name: Change[str] = UNSET,
    address: Change[str | None] = UNSET,
    branch_id: Change[int | None] = UNSET,
    is_active: Change[bool] = UNSET,
    expected_version: int | None = None,
) -> facts.WarehouseUpdated:
    """Changes what a warehouse is called, where it is and to whom it belongs; an inactive one takes no new documents.

    With None as branch it belongs to none. Raises `NotFound`, or `Rejected` when only its branch is closed.
    """
    reject_if(rules.check_warehouse(code, name, address))
    warehouse, fact = await _warehouse(call, warehouse_id), facts.WarehouseUpdated(warehouse_id=warehouse_id)
    asked = {"code": code, "name": name, "address": address, "branch_id": branch_id, "is_active": is_active}
    changes = to_change(warehouse, fact, expected_version, **asked)
    await _check_branch({"branch_id": warehouse.branch_id, "is_active": warehouse.is_active}, changes)
    await save_coded(warehouse, call, changes)
    await _divide_anew(changes)
    return fact


@posting(Permission.MANAGE_WAREHOUSES)
async def create_bins(call: Call, *, warehouse_id: int, bins: Sequence[WantedBin]) -> facts.BinsCreated:
    """Adds many bins to a warehouse at once; raises `NotFound`, or `Rejected` with everything wrong with any bin."""
    await _warehouse(call, warehouse_id)
    taken = await queries.codes_taken(warehouse_id, [one.code.strip() for one in bins[: rules.MAX_BINS]])
    reject_if(rules.check_bins(bins, taken))
    made = [_bin(call, warehouse_id, one) for one in bins]
    await models.Place.bulk_create(made)
    return facts.BinsCreated(warehouse_id=warehouse_id, place_ids=tuple(place.id for place in made))


@posting(Permission.MANAGE_WAREHOUSES)
async def update_bin(
    call: Call,
    *,
    place_id: int,
    code: Change[str] = UNSET,
    name: Change[str] = UNSET,
    is_active: Change[bool] = UNSET,
    expected_version: int | None = None,
) -> facts.BinUpdated:
    """Renames a bin, closes it for goods or opens it again; goods that are there can still be taken out."""
    reject_if(rules.check_bin(code, name))
    place = await _bin_of(call, place_id)
    assert place.warehouse_id is not None
    fact = facts.BinUpdated(place_id=place_id)
    changes = to_change(place, fact, expected_version, code=code, name=name, is_active=is_active)
    await save_coded(place, call, changes, warehouse_id=place.warehouse_id)
    return fact


@posting(Permission.MANAGE_WAREHOUSES)
async def delete_branch(call: Call, *, branch_id: int, expected_version: int | None = None) -> facts.BranchDeleted:
    """Deletes a branch that nothing refers to (删除门店): no warehouse is of it, and no user's scope names it."""
    path, dimension = ("branch_id",), Dimension.BRANCH
    branch = await references.delete(
        call, models.Branch, branch_id, path, dimension=dimension, expected_version=expected_version
    )
    return facts.BranchDeleted(branch_id=branch_id, code=branch.code)


@posting(Permission.MANAGE_WAREHOUSES)
async def delete_warehouse(
    call: Call, *, warehouse_id: int, expected_version: int | None = None
) -> facts.WarehouseDeleted:
    """Deletes a warehouse that nothing refers to (删除仓库), with its places and bins; no user's scope names it."""
    warehouse = await references.delete(
        call,
        models.Warehouse,
        warehouse_id,
        ("warehouse_id",),
        owned={models.Place: "warehouse_id"},
        dimension=Dimension.WAREHOUSE,
        expected_version=expected_version,
    )
    return facts.WarehouseDeleted(warehouse_id=warehouse_id, code=warehouse.code)


@posting(Permission.MANAGE_WAREHOUSES)
async def delete_bin(call: Call, *, place_id: int, expected_version: int | None = None) -> facts.BinDeleted:
    """Deletes a bin that nothing refers to (删除库位): nothing ever was in it."""
    place = await _bin_of(call, place_id)
    await references.delete(call, models.Place, place_id, ("place_id",), expected_version=expected_version)
    return facts.BinDeleted(place_id=place_id, code=place.code)


async def _bin_of(call: Call, place_id: int) -> models.Place:
    """The bin, locked, and its warehouse with it."""
    place = await models.Place.select_for_update(no_key=True).get_or_none(id=place_id)
    if place is None or (place.warehouse_id is not None and not call.sees(Dimension.WAREHOUSE, place.warehouse_id)):
        raise NotFound(UnknownId(path=("place_id",), kind="Place"))
    if place.warehouse_id is None or not place.is_bin:
        raise Rejected(rules.PlaceIsNoBin(path=("place_id",), place=place.code))
    await _warehouse(call, place.warehouse_id)
    return place


def _bin(call: Call, warehouse_id: int, wanted: WantedBin) -> models.Place:
    code = wanted.code.strip()
    name = code if wanted.name is None else wanted.name.strip()
    return models.Place(
        id=new_id(),
        kind=PlaceKind(wanted.kind.value),
        warehouse_id=warehouse_id,
        code=code,
        name=name,
        is_bin=True,
        search_text=search_text(code, name),
        updated_at=call.at,
    )


async def _branch(branch_id: int) -> models.Branch:
    """The branch, locked: whether it is active does not change while a warehouse of it does."""
    branch = await models.Branch.select_for_update(no_key=True).get_or_none(id=branch_id)
    if branch is None:
        raise NotFound(UnknownId(path=("branch_id",), kind="Branch"))
    return branch


async def _warehouse(call: Call, warehouse_id: int) -> models.Warehouse:
    """The warehouse, locked: its places get their codes one request after the other."""
    warehouse = await models.Warehouse.select_for_update(no_key=True).get_or_none(id=warehouse_id)
    if warehouse is None or not call.sees(Dimension.WAREHOUSE, warehouse_id):
        raise NotFound(UnknownId(path=("warehouse_id",), kind="Warehouse"))
    return warehouse


async def _divide_anew(changes: Container[str]) -> None:
    """Has everybody's rights be looked up again where a warehouse came to another branch."""
    if "branch_id" in changes:
        await raise_version()


async def _check_branch(before: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Raises when a warehouse that is open would belong to a branch that is unknown or closed."""
    after = {**before, **changes}
    if after["branch_id"] is None or not ("branch_id" in changes or changes.get("is_active")):
        return
    branch = await _branch(after["branch_id"])
    if after["is_active"] and not branch.is_active:
        path = "branch_id" if "branch_id" in changes else "is_active"
        raise Rejected(rules.BranchInactive(path=(path,), branch=branch.code))
