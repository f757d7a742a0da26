"""Writes of warehouses; None leaves a thing as it is."""

from jxc_graphql.auth.permissions import Permission
from jxc_graphql.documents.posting import posting
from jxc_graphql.documents.rules import UnknownId
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.text import CodeTaken, search_text, unique
from jxc_graphql.warehouses import events, models, rules
from jxc_graphql.warehouses.places import BUILT_IN

SEARCH_LIMIT = 400


@posting(Permission.MANAGE_WAREHOUSES)
async def create_warehouse(call: Call, *, code: str, name: str, address: str = "") -> events.WarehouseCreated:
    """Opens a warehouse with its stock, quality, damaged and transit places."""
    reject_if(rules.check_warehouse(code, name, address))
    places = {kind: new_id() for kind in BUILT_IN}
    warehouse = models.Warehouse(
        created_at=call.at, **{f"{kind.value.lower()}_place_id": place_id for kind, place_id in places.items()}
    )
    await _save(warehouse, code, name, address)
    await models.Place.bulk_create(
        [
            models.Place(id=place_id, kind=kind, code=kind.value, warehouse_id=warehouse.id)
            for kind, place_id in places.items()
        ]
    )
    return events.WarehouseCreated(warehouse_id=warehouse.id)


@posting(Permission.MANAGE_WAREHOUSES)
async def update_warehouse(
    call: Call,
    *,
    warehouse_id: int,
    code: str | None = None,
    name: str | None = None,
    address: str | None = None,
    is_active: bool | None = None,
) -> events.WarehouseUpdated:
    """Changes what a warehouse is called and where it is; an inactive one takes no new documents."""
    reject_if(rules.check_warehouse(code, name, address))
    warehouse = await models.Warehouse.select_for_update(no_key=True).get_or_none(id=warehouse_id)
    if warehouse is None or not call.sees(warehouse_id):
        raise NotFound(UnknownId(path=("warehouse_id",), kind="Warehouse"))
    warehouse.is_active = warehouse.is_active if is_active is None else is_active
    await _save(warehouse, code, name, address)
    return events.WarehouseUpdated(warehouse_id=warehouse_id)


async def _save(warehouse: models.Warehouse, code: str | None, name: str | None, address: str | None) -> None:
    warehouse.code = _tidy(code, warehouse.code)
    warehouse.name = _tidy(name, warehouse.name)
    warehouse.address = _tidy(address, warehouse.address)
    warehouse.search_text = search_text(warehouse.code, warehouse.name, limit=SEARCH_LIMIT)
    taken = CodeTaken(path=("code",), taken=warehouse.code)
    async with unique(models.Warehouse, taken, own_id=warehouse.id, code=warehouse.code):
        await warehouse.save()


def _tidy(text: str | None, present: str) -> str:
    return present if text is None else text.strip()
