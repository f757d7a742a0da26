"""Writes of stock that no other document makes: warehouses, and the balance the books start with."""

from collections.abc import Sequence
from datetime import date

import msgspec

from jxc_graphql.auth.permissions import Permission
from jxc_graphql.catalog import queries as catalog
from jxc_graphql.documents.models import DocumentStatus
from jxc_graphql.documents.operations import next_number
from jxc_graphql.documents.posting import posting
from jxc_graphql.documents.rules import UnknownId
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, reject_if
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money
from jxc_graphql.kit.text import CodeTaken, search_text, unique
from jxc_graphql.periods import queries as periods
from jxc_graphql.stock import events, ledger, models, queries, rules
from jxc_graphql.stock.rules import OpeningLine

__all__ = ["OpeningLine", "create_warehouse", "post_opening_balance", "update_warehouse"]

SEARCH_LIMIT = 400


@posting(Permission.MANAGE_WAREHOUSES)
async def create_warehouse(call: Call, *, code: str, name: str, address: str = "") -> events.WarehouseCreated:
    """Opens a warehouse with its stock, quality and damaged places."""
    reject_if(rules.check_warehouse(code, name, address))
    places = {kind: new_id() for kind in (models.PlaceKind.STOCK, models.PlaceKind.QUALITY, models.PlaceKind.DAMAGED)}
    warehouse = models.Warehouse(
        stock_place_id=places[models.PlaceKind.STOCK],
        quality_place_id=places[models.PlaceKind.QUALITY],
        damaged_place_id=places[models.PlaceKind.DAMAGED],
        created_at=call.at,
    )
    await _save(warehouse, code, name, address)
    await models.Place.bulk_create(
        [models.Place(id=place_id, kind=kind, warehouse_id=warehouse.id) for kind, place_id in places.items()]
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


@posting(Permission.POST_OPENING_BALANCE)
async def post_opening_balance(
    call: Call, *, warehouse_id: int, business_date: date, lines: Sequence[OpeningLine], note: str = ""
) -> events.OpeningBalancePosted:
    """Brings goods that were there before the books into the stock place of a warehouse, at a unit cost per line.

    Raises `NotFound` or `Rejected`: what `queries.usable_warehouse`, `periods.posting_date` and `rules.check_opening`
    find, StockOutOfBounds.
    """
    of_that_day = msgspec.structs.replace(call, business_date=business_date)
    _, problems = await periods.posting_date(of_that_day, late=Permission.POST_OPENING_BALANCE)
    warehouse = await queries.usable_warehouse(call, warehouse_id)
    known = await catalog.skus({line.sku_id for line in lines})
    reject_if([*problems, *rules.check_opening(lines, known, note)])
    document_id = new_id()
    moves = [
        ledger.Move(
            sku_id=line.sku_id,
            warehouse_id=warehouse_id,
            from_place_id=ledger.VirtualPlace.OPENING,
            to_place_id=warehouse.stock_place_id,
            quantity=line.quantity,
            value=line.value,
            line_id=new_id(),
            path=("lines", index, "quantity"),
        )
        for index, line in enumerate(lines)
    ]
    posted = await ledger.post(moves, document_id=document_id, business_date=business_date, at=call.at)
    await models.OpeningBalance.create(
        id=document_id,
        number=await next_number("OB", business_date),
        status=DocumentStatus.POSTED,
        business_date=business_date,
        created_at=call.at,
        created_by_id=call.actor_id,
        note=note,
        warehouse_id=warehouse_id,
        total=Money.total(posted.values),
    )
    await models.OpeningBalanceLine.bulk_create(
        models.OpeningBalanceLine(
            id=move.line_id,
            opening_balance_id=document_id,
            line_no=line_no,
            sku_id=line.sku_id,
            quantity=line.quantity,
            unit_cost=line.unit_cost,
            value=line.value,
        )
        for line_no, (line, move) in enumerate(zip(lines, moves, strict=True), start=1)
    )
    return events.OpeningBalancePosted(
        opening_balance_id=document_id, warehouse_id=warehouse_id, stock_level_ids=posted.stock_level_ids
    )


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
