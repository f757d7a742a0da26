"""A warehouse to work in, made through operations."""

import msgspec

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.masters.warehouses import operations, queries
from jxc_graphql.masters.warehouses.queries import KnownWarehouse


class Site(msgspec.Struct, frozen=True):
    """A warehouse, and somebody who may do everything with it."""

    call: Call
    warehouse: KnownWarehouse


async def make_site(call: Call) -> Site:
    opened = await operations.create_warehouse(call, code=str(new_id()), name="一号仓")
    warehouse = await queries.warehouse(opened.warehouse_id)
    assert warehouse
    return Site(call, warehouse)
