"""What lists are asked for reads hardly more rows than it shows, however large the tables are."""

import json
from collections.abc import Iterator

import pytest

from jxc_graphql import schema
from jxc_graphql.gql.plan import ways
from jxc_graphql.gql.schema.scalars import read_global_id
from jxc_graphql.gql.schema.types import ObjectType, Table, ToMany
from jxc_graphql.kit import db
from tests.bench import filled, lists
from tests.bench.lists import Probe

SKUS = 3_000
TRIED = {
    "purchaseOrders", "purchaseOrderLines", "documents", "stockMovements", "stockLevels", "costLayers", "skus",
    "products", "suppliers", "lots", "serialNumbers", "stockAlerts", "stocktakeLines",
}  # fmt: skip
"""Lists of every kind; `python -m tests.bench lists` tries all of them on larger tables."""


def is_tried(probe: Probe) -> bool:
    """Whether it is one of these lists that is asked."""
    return probe.name.partition(" ")[0] in TRIED


async def test_reads_hardly_more_rows_than_it_shows(database: db.Database, database_url: str) -> None:
    await filled.fill(database_url, SKUS, lists.tables())
    found = await lists.outcomes(database_url, is_tried)
    assert len(found) > 300
    assert not [str(one) for one in found if not one.is_good]


def listed() -> Iterator[tuple[ObjectType, Table]]:
    """Whatever has lists that can be filtered and sorted, but what there are few of."""
    for entity in schema.schema().types.objects.values():
        if entity.table is not None and entity.listed.filters and not entity.table.few:
            yield entity, entity.table


@pytest.mark.usefixtures("database")
async def test_an_index_leads_to_whatever_a_list_is_filtered_and_sorted_by() -> None:
    """By the indexes that are there, not by those that models declare."""
    await db.look_at_sizes()
    bare = []
    for entity, table in listed():
        led = {table.key, *db.size(table.name).found_by}
        filters = {one.column for one in entity.listed.filters.values()}
        bare += [f"{entity.name} by {one.name}" for one in filters if one.name not in led and not entity.spells(one)]
        for _, column, edge in entity.listed.orders.values():
            if edge is None:
                bare += [f"{entity.name} in the order of {column.name}"] if column.name not in led else []
                continue
            target = edge.target.table
            assert target is not None
            indexes = {target.key, *db.size(target.name).found_by}
            is_led = edge.column.name in led and (target.few or column.name in indexes)
            bare += [] if is_led else [f"{entity.name} in the order of {edge.field.name}"]
    assert bare == []
    assert len(list(listed())) > 40


async def test_the_newest_of_a_few_days_are_found_day_by_day(
    database: db.Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "FEW", 10)  # else there are few of them in this table
    await filled.fill(database_url, SKUS, {"stock_movement", "sku", "warehouse", "place", "lot"})
    days = 'businessDate: { gt: "2026-02-28", lte: "2026-03-12" }'
    for order, key in (("", "id DESC"), (", orderBy: [{ field: ID }]", "id")):
        text = f"{{ stockMovements(where: {{ {days} }}{order}) {{ nodes {{ id }} }} }}"
        executor = schema.executor(introspection=False)
        answer = json.loads((await executor.run(executor.prepare(text), {}, lists.ADMIN)).encode("r"))
        shown = [read_global_id(one["id"])[1] for one in answer["data"]["stockMovements"]["nodes"]]
        rows = await db.fetch(
            "SELECT id FROM stock_movement WHERE business_date > '2026-02-28' AND business_date <= '2026-03-12' "
            f"ORDER BY {key} LIMIT 20"
        )
        assert shown == [row_id for (row_id,) in rows]
        found = await lists.outcome(executor, Probe("of twelve days", text), database_url)
        assert (found.returned, found.is_good) == (20, True), str(found)


async def test_what_lies_between_two_ends_is_found_by_both(database: db.Database, database_url: str) -> None:
    await filled.fill(database_url, SKUS, {"stock_movement", "sku", "warehouse", "place", "lot"})
    executor = schema.executor(introspection=False)
    for key, column in (("postedAt", "posted_at"), ("value", "value")):
        rows = await db.fetch(f"SELECT {column} FROM stock_movement ORDER BY {column} LIMIT 101 OFFSET {SKUS * 10}")
        leaf = schema.schema().types.objects["StockMovement"].listed.filters[key].column.leaf
        begin, end = (leaf.text(one) if leaf.text else one for (one,) in (rows[0], rows[-1]))
        where = f'{key}: {{ gte: "{begin}", lt: "{end}" }}'
        text = f"{{ stockMovements(where: {{ {where} }}) {{ nodes {{ id }} }} }}"
        found = await lists.outcome(executor, Probe(f"between two of {key}", text), database_url)
        assert (found.returned, found.is_good) == (20, True), str(found)


def test_every_list_has_an_index_in_the_order_that_it_is_shown_in() -> None:
    for field, entity in lists.lists():
        assert isinstance(field.source, ToMany)
        assert entity.table is not None
        assert entity.table.orders(field.source.order[0][0]), field.name


def test_of_what_has_no_indexes_there_is_little() -> None:
    few = {one.table.name for one in schema.schema().types.objects.values() if one.table is not None and one.table.few}
    assert few == {"branch", "warehouse", "user", "role", "period"}
    assert all(filled.SMALL[name] < lists.LARGE for name in few)


async def test_an_index_that_is_missing_is_noticed(
    database: db.Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "LARGE", 5_000)
    await filled.fill(database_url, 300, {"stock_movement", "sku", "warehouse", "place", "lot", "stock_level"})
    await db.transactional(db.fetch)("DROP INDEX idx_stock_movem_value_84759b")
    found = await lists.outcomes(database_url, lambda probe: probe.name.startswith("stockMovements by VALUE"))
    assert [(one.returned, one.is_good) for one in found] == [(20, False), (20, False)]


@pytest.mark.parametrize("asked", ["", 'where: { available: { gte: "0" } }, '])
@pytest.mark.parametrize("few", [2, 1_000])
async def test_pages_go_on_over_rows_that_lead_to_nothing(
    database: db.Database, database_url: str, monkeypatch: pytest.MonkeyPatch, few: int, asked: str
) -> None:
    monkeypatch.setattr(ways, "FEW", few)
    await filled.fill(database_url, 10, {"stock_alert", "sku", "warehouse", "lot", "stock_level"})
    executor, by_code_points = schema.executor(introspection=False), {"sqlite": "", "postgres": 'COLLATE "C"'}
    for way, nulls in (("ASC", "LAST"), ("DESC", "FIRST")):
        rows = await db.fetch(
            f"SELECT one.id FROM stock_alert one LEFT JOIN lot ON lot.id = one.lot_id ORDER BY lot.number "
            f"{by_code_points[db.dialect()]} {way} NULLS {nulls}, lot.id {way} NULLS {nulls}, one.id {way}"
        )
        assert len(rows) == 10
        for size, beyond, cursor in (("first", "after", "endCursor"), ("last", "before", "startCursor")):
            found: list[int] = []
            place = ""
            while len(found) < len(rows):
                told = f"{asked}orderBy: [{{ field: LOT_NUMBER, direction: {way} }}], {size}: 3{place}"
                text = f"{{ stockAlerts({told}) {{ nodes {{ id }} pageInfo {{ {cursor} }} }} }}"
                page = json.loads((await executor.run(executor.prepare(text), {}, lists.ADMIN)).encode("r"))
                shown = [read_global_id(one["id"])[1] for one in page["data"]["stockAlerts"]["nodes"]]
                assert shown
                found = [*found, *shown] if size == "first" else [*shown, *found]
                place = f', {beyond}: "{page["data"]["stockAlerts"]["pageInfo"][cursor]}"'
            assert found == [row_id for (row_id,) in rows], (way, size)
