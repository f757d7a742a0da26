from typing import Any

import msgspec
import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Forbidden, NotFound, Rejected
from jxc_graphql.warehouses import operations, queries
from tests.warehouses.conftest import Site, rows_written


async def refusal(awaitable: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    """Codes and paths of why something was refused; nothing of it is in the database."""
    before = await rows_written()
    with pytest.raises(Rejected) as refused:
        await awaitable
    assert await rows_written() == before
    return [(reason.code, reason.path) for reason in refused.value.reasons]


async def test_a_warehouse_comes_with_its_places(site: Site) -> None:
    rows = await db.fetch("SELECT kind, id FROM place WHERE warehouse_id = ?", (site.warehouse.id,))
    assert dict(rows) == {
        "STOCK": site.warehouse.stock_place_id,
        "QUALITY": site.warehouse.quality_place_id,
        "DAMAGED": site.warehouse.damaged_place_id,
        "TRANSIT": site.warehouse.transit_place_id,
    }


async def test_a_warehouse_is_found_by_pinyin_and_its_code_has_no_blanks(call: Call) -> None:
    made = await operations.create_warehouse(call, code=" WH-SH ", name="上海仓")
    ((text,),) = await db.fetch(
        "SELECT search_text FROM warehouse WHERE id = ? AND code = 'WH-SH'", (made.warehouse_id,)
    )
    assert "shanghaicang" in text


async def test_a_warehouse_code_is_unique(site: Site) -> None:
    again = operations.create_warehouse(site.call, code=site.warehouse.code, name="二号仓")
    assert await refusal(again) == [("CODE_TAKEN", ("code",))]


async def test_a_nameless_warehouse_is_refused(call: Call) -> None:
    assert await refusal(operations.create_warehouse(call, code=" ", name="", address="x" * 401)) == [
        ("TEXT_REQUIRED", ("code",)),
        ("TEXT_REQUIRED", ("name",)),
        ("TEXT_TOO_LONG", ("address",)),
    ]


async def test_a_closed_warehouse_takes_no_new_documents(site: Site) -> None:
    await operations.update_warehouse(site.call, warehouse_id=site.warehouse.id, name="旧仓", is_active=False)
    changed = await queries.warehouse(site.warehouse.id)
    assert changed == msgspec.structs.replace(site.warehouse, name="旧仓", is_active=False)
    used = queries.usable_warehouse(site.call, site.warehouse.id)
    assert await refusal(used) == [("WAREHOUSE_INACTIVE", ("warehouse_id",))]


async def test_a_caller_touches_only_warehouses_in_scope(site: Site) -> None:
    elsewhere = msgspec.structs.replace(site.call, scope=frozenset({1}))
    used = queries.usable_warehouse(elsewhere, site.warehouse.id)
    assert await refusal(used) == [("OUT_OF_SCOPE", ("warehouse_id",))]
    with pytest.raises(NotFound):
        await operations.update_warehouse(elsewhere, warehouse_id=site.warehouse.id, name="x")


async def test_each_operation_needs_its_permission(site: Site) -> None:
    nobody = msgspec.structs.replace(site.call, permissions=frozenset())
    with pytest.raises(Forbidden):
        await operations.create_warehouse(nobody, code="X", name="X")
    with pytest.raises(Forbidden):
        await operations.update_warehouse(nobody, warehouse_id=site.warehouse.id)
