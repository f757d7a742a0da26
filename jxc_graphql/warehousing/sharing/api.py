"""What clients see of sharing: who has goods, who lacks them, and how to ask for them."""

from typing import Annotated

from jxc_graphql.gql.declare import (
    Connection,
    Id,
    Node,
    connection,
    entity,
    input_type,
    mutation,
    payload,
    query,
    value,
)
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.kit.pages import Page, Slice
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.categories.api import Category
from jxc_graphql.masters.warehouses.api import Branch, Warehouse
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.warehousing.sharing import facts, models, operations, queries, rules
from jxc_graphql.warehousing.sharing.queries import SharingChoice
from jxc_graphql.warehousing.transfers.api import Transfer


@entity(models.TransferTime, requires=Permission.SEE_CATALOG)
class TransferTime(Node):
    """Transfer time (调拨天数): how long goods travel from a warehouse to another, and back unless that is said too."""

    from_warehouse: Warehouse
    """From where; null when it is out of the caller's scope."""
    to_warehouse: Warehouse
    """To where; null when it is out of the caller's scope."""
    days: int
    """How many days."""


class Query:
    transfer_times: Connection[TransferTime] = connection()
    """Transfer times (调拨天数) between warehouses."""


@value(requires=Permission.SEE_STOCK)
class SharedWarehouse:
    """A warehouse (仓库) as all branches know it, also out of the caller's scope."""

    warehouse_id: Id[Warehouse]
    """Its id, for `requestTransfer`."""
    code: str
    """Code (编码)."""
    name: str
    """Name (名称)."""
    branch: Branch | None
    """The branch (门店) that it belongs to; null where it belongs to none."""


@value(requires=Permission.SEE_STOCK, row_of=("warehouse.warehouse_id",))
class SkuAvailability:
    """What a warehouse has of a SKU (可调库存)."""

    warehouse: SharedWarehouse
    """The warehouse."""
    available: Quantity
    """How much is available (可用), in the base unit."""
    surplus: Quantity | None
    """How much of it is too much there (富余): above the upper limit, else the target; null where no limit holds."""
    days: int | None
    """How many days it takes from there (调拨天数); null where that is not known."""


@value(requires=Permission.SEE_STOCK, row_of=("sku_id", "warehouse.warehouse_id"))
class StockSurplus:
    """A warehouse has more of a SKU than it should (富余)."""

    sku: Sku
    """Of what."""
    warehouse: SharedWarehouse
    """Where."""
    available: Quantity
    """How much is available (可用)."""
    limit: Quantity
    """What would be enough: the upper limit (上限), else the target."""
    quantity: Quantity
    """How much there is above that."""


@value(requires=Permission.SEE_STOCK, row_of=("sku_id", "warehouse.warehouse_id"))
class StockShortage:
    """A warehouse has no more of a SKU than its limit, and not enough is on its way (短缺)."""

    sku: Sku
    """Of what."""
    warehouse: SharedWarehouse
    """Where."""
    available: Quantity
    """How much is available (可用)."""
    waiting: Quantity
    """What orders and transfers wait for there (欠货): they are served first out of what comes."""
    incoming: Quantity
    """What approved purchase orders still bring (在途采购)."""
    in_transit: Quantity
    """What other warehouses have sent (在途) and may be sold."""
    limit: Quantity
    """The limit (下限)."""
    target: Quantity
    """What to fill it up to (补货目标)."""
    quantity: Quantity
    """How much is missing, for those who wait and up to the target, beside what is on its way."""


@value(requires=Permission.SEE_STOCK, row_of=("sku_id", "from_warehouse.warehouse_id", "to_warehouse.warehouse_id"))
class StockMatch:
    """What one warehouse could send to another that lacks it (调拨建议)."""

    sku: Sku
    """Of what."""
    from_warehouse: SharedWarehouse
    """Who has too much of it."""
    to_warehouse: SharedWarehouse
    """Who lacks it."""
    days: int | None
    """How many days it takes (调拨天数); null where that is not known."""
    shortage_quantity: Quantity
    """How much is missing there in all."""
    surplus_quantity: Quantity
    """How much is too much here in all."""
    quantity: Quantity
    """How much to send (建议调拨量)."""


Warehouses = Annotated[list[Id[Warehouse]] | None, "Only these warehouses; of matches, who lacks something."]
Skus = Annotated[list[Id[Sku]] | None, "Only these SKUs."]
OfCategory = Annotated[Id[Category] | None, "Only goods of this category and those below it."]


@query(Connection[SkuAvailability] | None)
async def sku_availability(
    call: Call,
    *,
    sku_id: Annotated[Id[Sku], "What is looked for."],
    for_warehouse_id: Annotated[Id[Warehouse], "Who needs it; its own stock is left out."],
    page: Slice,
) -> Page[queries.SkuAvailability]:
    """Which warehouses have some of a SKU available (查看各门店库存), the nearest first."""
    return await queries.sku_availability(call, sku_id, for_warehouse_id, page)


@query(Connection[StockSurplus] | None, adds_up={"stock_level": 20})
async def stock_surpluses(
    call: Call, *, warehouses: Warehouses = None, skus: Skus = None, category_id: OfCategory = None, page: Slice
) -> Page[rules.Surplus]:
    """Where there is more of a SKU than enough (富余清单), the largest surplus first."""
    choice = SharingChoice(warehouse_ids=warehouses, sku_ids=skus, category_id=category_id)
    return await queries.surpluses(call, choice, page)


@query(Connection[StockShortage] | None, adds_up={"stock_level": 20})
async def stock_shortages(
    call: Call, *, warehouses: Warehouses = None, skus: Skus = None, category_id: OfCategory = None, page: Slice
) -> Page[rules.Shortage]:
    """Where there is no more of a SKU than the limit, or none (短缺清单), the largest shortage first."""
    choice = SharingChoice(warehouse_ids=warehouses, sku_ids=skus, category_id=category_id)
    return await queries.shortages(call, choice, page)


@query(Connection[StockMatch] | None, adds_up={"stock_level": 40})
async def stock_matches(
    call: Call, *, warehouses: Warehouses = None, skus: Skus = None, category_id: OfCategory = None, page: Slice
) -> Page[rules.Match]:
    """What could be sent to the caller's warehouses that lack it (调拨建议), from the nearest surplus.

    Of the 200 largest shortages, each with five surpluses at most.
    """
    choice = SharingChoice(warehouse_ids=warehouses, sku_ids=skus, category_id=category_id)
    return await queries.matches(call, choice, page)


@input_type
class TransferTimeInput:
    """How far a warehouse is from another."""

    from_warehouse_id: Id[Warehouse]
    """From where."""
    to_warehouse_id: Id[Warehouse]
    """To where; the way back takes as long unless it is said too."""
    days: Change[int | None] = UNSET
    """How many days, up to 365; not known any more once that is cleared."""


@input_type
class SetTransferTimesInput:
    """Transfer times to set, at most 1,000; all or none."""

    times: list[TransferTimeInput]
    """The times; each two warehouses once in each direction. One of the two is in the caller's scope."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""


@payload
class SetTransferTimesPayload:
    """The times that are known now, in the order of the input."""

    transfer_times: list[TransferTime]
    """The times."""


@mutation(SetTransferTimesPayload)
async def set_transfer_times(call: Call, input: SetTransferTimesInput) -> facts.TransferTimesSet:
    """Says how many days goods travel between warehouses (设置调拨天数)."""
    return await operations.set_transfer_times(call, times=[rules.WantedTime(**vars(one)) for one in input.times])


@input_type
class RequestTransferInput:
    """What is needed, and who shall give it."""

    sku_id: Id[Sku]
    """What."""
    from_warehouse_id: Id[Warehouse]
    """Who shall give it; any warehouse in sight of `skuAvailability`."""
    to_warehouse_id: Id[Warehouse]
    """Who needs it; in the caller's scope."""
    quantity: Quantity
    """How much, in the base unit."""
    note: str = ""
    """Remark (备注), at most 500 characters."""
    idempotency_key: str | None = None
    """A key of your own: sent again with it, the request is done once (幂等键)."""
    dry_run: bool = False
    """Whether it is only tried (试算): nothing is kept."""


@payload
class RequestTransferPayload:
    """The transfer that was asked for."""

    transfer: Transfer | None
    """The transfer."""


@mutation(RequestTransferPayload)
async def request_transfer(call: Call, input: RequestTransferInput) -> facts.StockRequested:
    """Asks another branch for goods (请求调拨): hands in a transfer, which the source approves or sends back."""
    asked = {name: value for name, value in vars(input).items() if name not in {"idempotency_key", "dry_run"}}
    return await operations.request_transfer(call, **asked)
