"""A warehouse to work in, made through operations."""

from typing import Any

import msgspec
import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.ids import new_id
from jxc_graphql.masters.warehouses import operations, queries
from jxc_graphql.masters.warehouses.queries import KnownWarehouse

TABLES = ("branch", "warehouse", "place", "journal", "idempotency_key")


class Site(msgspec.Struct, frozen=True):
    """A warehouse, and somebody who may do everything with it."""

    call: Call
    warehouse: KnownWarehouse


async def rows_written() -> dict[str, Any]:
    """Every row of every table, to tell that a refusal wrote nothing."""
    return {table: await db.fetch(f"SELECT * FROM {table} ORDER BY 1") for table in TABLES}


async def refusal(awaitable: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    """Codes and paths of why something was refused; nothing of it is in the database."""
    before = await rows_written()
    with pytest.raises(Rejected) as refused:
        await awaitable
    assert await rows_written() == before
    return [(reason.code, reason.path) for reason in refused.value.reasons]


@pytest.fixture
async def site(call: Call) -> Site:
    opened = await operations.create_warehouse(call, code=str(new_id()), name="一号仓")
    warehouse = await queries.warehouse(opened.warehouse_id)
    assert warehouse
    return Site(call, warehouse)
