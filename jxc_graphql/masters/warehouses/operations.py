"""Writes of branches, warehouses and bins; each requires MANAGE_WAREHOUSES; None leaves a thing as it is."""

from collections.abc import Sequence

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Rejected, reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.spelling import search_text
from jxc_graphql.kit.text import CodeTaken, unique
from jxc_graphql.masters.warehouses import facts, models, queries, rules
from jxc_graphql.masters.warehouses.places import BUILT_IN, PlaceKind
from jxc_graphql.masters.warehouses.rules import WantedBin
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.office.documents.rules import OutOfScope, UnknownId


@posting(Permission.MANAGE_WAREHOUSES)
async def create_branch(call: Call, *, code: str, name: str) -> facts.BranchCreated:
    """Opens a branch, without warehouses."""
    reject_if(rules.check_branch(code, name))
    branch = models.Branch(created_at=call.at)
    await _save(branch, code, name)
    return facts.BranchCreated(branch_id=branch.id)


@posting(Permission.MANAGE_WAREHOUSES)
async def update_branch(
    call: Call,
    *,
    branch_id: int,
    code: str | None = None,
    name: str | None = None,
    is_active: bool | None = None,
) -> facts.BranchUpdated:
    """Changes what a branch is called; it can be closed when none of its warehouses is active, by who sees them all."""
    reject_if(rules.check_branch(code, name))
    branch = await _branch(branch_id)
    if is_active is False:
        reject_if([OutOfScope(path=("is_active",))] if Dimension.WAREHOUSE in call.scopes else ())
        reject_if(rules.check_closing(await queries.active_warehouses(branch_id)))
    branch.is_active = branch.is_active if is_active is None else is_active
    await _save(branch, code, name)
    return facts.BranchUpdated(branch_id=branch_id)


@posting(Permission.MANAGE_WAREHOUSES)
async def create_warehouse(
    call: Call, *, code: str, name: str, address: str = "", branch_id: int | None = None
) -> facts.WarehouseCreated:
    """Opens a warehouse with its stock, quality, damaged, transit and lent places, of a branch or of none."""
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
    await _save(warehouse, code, name)
    await models.Place.bulk_create(
        models.Place(
            id=place_id,
            kind=kind,
            warehouse_id=warehouse.id,
            code=kind.value,
            name=kind.value,
            search_text=search_text(kind.value),
        )
        for kind, place_id in places.items()
    )
    return facts.WarehouseCreated(warehouse_id=warehouse.id)


@posting(Permission.MANAGE_WAREHOUSES)
async def update_warehouse(
    call: Call,
    *,
    warehouse_id: int,
    code: str | None = None,
    name: str | None = None,
    address: str | None = None,
    branch_id: int | None = None,
    clear_branch: bool = False,
    is_active: bool | None = None,
) -> facts.WarehouseUpdated:
    """Changes what a warehouse is called, where it is and to whom it belongs; an inactive one takes no new documents.

    `clear_branch` takes it from its branch. Raises `NotFound`, or `Rejected` when its branch is closed and it is not.
    """
    reject_if(rules.check_warehouse(code, name, address, branch_id, clear_branch=clear_branch))
    warehouse = await _warehouse(call, warehouse_id)
    warehouse.address = warehouse.address if address is None else address.strip()
    warehouse.is_active = warehouse.is_active if is_active is None else is_active
    warehouse.branch_id = None if clear_branch else warehouse.branch_id if branch_id is None else branch_id
    if warehouse.branch_id is not None and (branch_id is not None or is_active):
        branch = await _branch(warehouse.branch_id)
        if warehouse.is_active and not branch.is_active:
            path = "is_active" if branch_id is None else "branch_id"
            raise Rejected(rules.BranchInactive(path=(path,), branch=branch.code))
    await _save(warehouse, code, name)
    return facts.WarehouseUpdated(warehouse_id=warehouse_id)


@posting(Permission.MANAGE_WAREHOUSES)
async def create_bins(call: Call, *, warehouse_id: int, bins: Sequence[WantedBin]) -> facts.BinsCreated:
    """Adds many bins to a warehouse at once; raises `NotFound`, or `Rejected` with everything wrong with any bin."""
    await _warehouse(call, warehouse_id)
    taken = await queries.codes_taken(warehouse_id, [one.code.strip() for one in bins[: rules.MAX_BINS]])
    reject_if(rules.check_bins(bins, taken))
    made = [_bin(warehouse_id, one) for one in bins]
    await models.Place.bulk_create(made)
    return facts.BinsCreated(warehouse_id=warehouse_id, place_ids=tuple(place.id for place in made))


@posting(Permission.MANAGE_WAREHOUSES)
async def update_bin(
    call: Call, *, place_id: int, code: str | None = None, name: str | None = None, is_active: bool | None = None
) -> facts.BinUpdated:
    """Renames a bin, closes it for goods or opens it again; goods that are there can still be taken out."""
    reject_if(rules.check_bin(code, name))
    place = await models.Place.select_for_update(no_key=True).get_or_none(id=place_id)
    if place is None or (place.warehouse_id is not None and not call.sees(Dimension.WAREHOUSE, place.warehouse_id)):
        raise NotFound(UnknownId(path=("place_id",), kind="Place"))
    if place.warehouse_id is None or not place.is_bin:
        raise Rejected(rules.PlaceIsNoBin(path=("place_id",), place=place.code))
    await _warehouse(call, place.warehouse_id)
    place.is_active = place.is_active if is_active is None else is_active
    await _save(place, code, name, warehouse_id=place.warehouse_id)
    return facts.BinUpdated(place_id=place_id)


def _bin(warehouse_id: int, wanted: WantedBin) -> models.Place:
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


async def _save(
    thing: models.Branch | models.Warehouse | models.Place, code: str | None, name: str | None, **among: int
) -> None:
    """Saves what has a code, unique among its kind or, for a place, in its warehouse."""
    thing.code = thing.code if code is None else code.strip()
    thing.name = thing.name if name is None else name.strip()
    thing.search_text = search_text(thing.code, thing.name)
    taken = CodeTaken(path=("code",), taken=thing.code)
    async with unique(type(thing), taken, own_id=thing.id, code=thing.code, **among):
        await thing.save()
