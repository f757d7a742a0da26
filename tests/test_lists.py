"""What lists are asked for reads hardly more rows than it shows, however large the tables are."""

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest

from jxc_graphql import schema
from jxc_graphql.gql.plan import days, ways
from jxc_graphql.gql.schema.scalars import global_id, read_global_id
from jxc_graphql.gql.schema.types import ObjectType, Table, ToMany
from jxc_graphql.kit import db
from tests.bench import filled, lists
from tests.bench.probe import ADMIN, Probe, outcome

SKUS = 3_000
TRIED = {
    "purchaseOrders", "purchaseOrderLines", "documents", "stockMovements", "stockLevels", "costLayers", "skus",
    "products", "suppliers", "lots", "serialNumbers", "stockAlerts", "stocktakeLines",
}  # fmt: skip
"""Lists of every kind; `python -m tests.bench lists` tries all of them on larger tables."""


async def test_reads_hardly_more_rows_than_it_shows(database: db.Database, database_url: str) -> None:
    await filled.fill(database_url, SKUS, lists.tables())
    found = await lists.outcomes(database_url, of="|".join(TRIED))
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


@pytest.mark.parametrize("others", ["", "warehouseId"])
@pytest.mark.parametrize("few", [5, 1_000])
async def test_rows_of_a_few_days_are_merged_day_by_day(
    database: db.Database, database_url: str, monkeypatch: pytest.MonkeyPatch, others: str, few: int
) -> None:
    monkeypatch.setattr(ways, "FEW", 10)  # else there are few of them in this table
    for name in ("FEW_DAYS", "FEW_ASKED"):
        monkeypatch.setattr(days, name, few)  # twelve are asked for
    await filled.fill(database_url, SKUS, {"stock_movement", "sku", "warehouse", "place", "lot"})
    executor = schema.executor(introspection=False)
    holds, told = "business_date > '2026-02-28' AND business_date <= '2026-03-12'", ""
    if others:
        ((one,),) = await db.fetch(f"SELECT warehouse_id FROM stock_movement WHERE {holds} LIMIT 1")
        holds, told = f"{holds} AND warehouse_id = {one}", f'warehouseId: {{ eq: "{global_id("Warehouse", one)}" }}, '
    where = f'where: {{ {told}businessDate: {{ gt: "2026-02-28", lte: "2026-03-12" }} }}'
    for way in ("DESC", "ASC"):
        wanted = [
            row_id for (row_id,) in await db.fetch(f"SELECT id FROM stock_movement WHERE {holds} ORDER BY id {way}")
        ]
        found: list[int] = []
        place = ""
        while len(found) < len(wanted):
            listed = f"stockMovements({where}, orderBy: [{{ field: ID, direction: {way} }}], first: 9{place})"
            text = f"{{ {listed} {{ nodes {{ id }} pageInfo {{ endCursor hasNextPage }} }} }}"
            page = json.loads((await executor.run(executor.prepare(text), {}, ADMIN)).encode("r"))
            shown = [read_global_id(one["id"])[1] for one in page["data"]["stockMovements"]["nodes"]]
            assert shown
            found += shown
            place = f', after: "{page["data"]["stockMovements"]["pageInfo"]["endCursor"]}"'
            assert page["data"]["stockMovements"]["pageInfo"]["hasNextPage"] is (len(found) < len(wanted))
        assert found == wanted
        assert len(wanted) > 9
        if few > 12:
            text = f"{{ stockMovements({where}, orderBy: [{{ field: ID, direction: {way} }}]) {{ nodes {{ id }} }} }}"
            asked = await outcome(executor, Probe("of twelve days", text), database_url)
            assert asked.is_good, str(asked)


async def test_what_lies_between_two_ends_is_found_by_both(database: db.Database, database_url: str) -> None:
    await filled.fill(database_url, SKUS, {"stock_movement", "sku", "warehouse", "place", "lot"})
    executor = schema.executor(introspection=False)
    for key, column in (("postedAt", "posted_at"), ("value", "value")):
        rows = await db.fetch(f"SELECT {column} FROM stock_movement ORDER BY {column} LIMIT 101 OFFSET {SKUS * 10}")
        leaf = schema.schema().types.objects["StockMovement"].listed.filters[key].column.leaf
        begin, end = (leaf.text(one) if leaf.text else one for (one,) in (rows[0], rows[-1]))
        where = f'{key}: {{ gte: "{begin}", lt: "{end}" }}'
        text = f"{{ stockMovements(where: {{ {where} }}) {{ nodes {{ id }} }} }}"
        found = await outcome(executor, Probe(f"between two of {key}", text), database_url)
        assert (found.returned, found.is_good) == (20, True), str(found)


@pytest.mark.parametrize("others", ["", "warehouseId"])
async def test_movements_of_a_span_of_moments_are_found_wherever_they_lie(
    database: db.Database, database_url: str, others: str
) -> None:
    await filled.fill(database_url, SKUS, {"stock_movement", "sku", "warehouse", "place", "lot"})
    executor = schema.executor(introspection=False)
    rows = await db.fetch(
        f"SELECT posted_at, warehouse_id FROM stock_movement ORDER BY posted_at LIMIT {SKUS * 2} OFFSET {SKUS * 8}"
    )
    leaf = schema.schema().types.objects["StockMovement"].listed.filters["postedAt"].column.leaf
    assert leaf.text
    begin, end, warehouse = leaf.text(rows[0][0]), leaf.text(rows[-1][0]), rows[0][1]
    told = f'{others}: {{ eq: "{global_id("Warehouse", warehouse)}" }}, ' if others else ""
    where = f'{told}postedAt: {{ gte: "{begin}", lte: "{end}" }}'
    text = f"{{ stockMovements(where: {{ {where} }}) {{ nodes {{ id }} pageInfo {{ endCursor }} }} }}"
    found = await outcome(executor, Probe("of a span of moments", text), database_url)
    assert (found.returned, found.read < 6_000) == (20, True), str(found)
    both_pages: list[int] = []
    place = ""
    for _ in range(2):
        text = f"{{ stockMovements(where: {{ {where} }}{place}) {{ nodes {{ id }} pageInfo {{ endCursor }} }} }}"
        page = json.loads((await executor.run(executor.prepare(text), {}, ADMIN)).encode("r"))["data"]["stockMovements"]
        place = f', after: "{page["pageInfo"]["endCursor"]}"'
        both_pages += [read_global_id(one["id"])[1] for one in page["nodes"]]
    of_it = f"AND warehouse_id = {warehouse}" if others else ""
    wanted = await db.fetch(
        f"SELECT id FROM stock_movement WHERE posted_at >= ? AND posted_at <= ? {of_it} ORDER BY id DESC LIMIT 40",
        (rows[0][0], rows[-1][0]),
    )
    assert both_pages == [row_id for (row_id,) in wanted]


@pytest.mark.parametrize("large", [1_000, 10**9])
async def test_of_a_large_table_what_is_rare_is_sorted(
    database: db.Database, database_url: str, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr(ways, "FEW", 10)  # else there are few of them in this table
    monkeypatch.setattr(ways, "LARGE", large)
    await filled.fill(database_url, SKUS, {"stock_movement", "sku", "warehouse", "place", "lot"})
    await db.look_at_sizes()
    executor, read = schema.executor(introspection=False), []
    rows = await db.fetch(f"SELECT id, value FROM stock_movement ORDER BY value LIMIT 60 OFFSET {SKUS * 10}")
    leaf = schema.schema().types.objects["StockMovement"].listed.filters["value"].column.leaf
    assert leaf.text
    for most in (10, 60):  # of which the second page begins behind the first
        where = f'value: {{ gte: "{leaf.text(rows[0][1])}", lte: "{leaf.text(rows[most - 1][1])}" }}'
        shown: list[int] = []
        place = ""
        while len(shown) < most:
            listed = f"stockMovements(where: {{ {where} }}, orderBy: [{{ field: ID, direction: DESC }}]{place})"
            text = f"{{ {listed} {{ nodes {{ id }} pageInfo {{ endCursor }} }} }}"
            page = json.loads((await executor.run(executor.prepare(text), {}, ADMIN)).encode("r"))
            one = page["data"]["stockMovements"]
            assert one["nodes"]
            shown += [read_global_id(node["id"])[1] for node in one["nodes"]]
            place = f', after: "{one["pageInfo"]["endCursor"]}"'
        assert shown == sorted((row_id for row_id, _ in rows[:most]), reverse=True)
        read.append((await outcome(executor, Probe("of some values", text), database_url)).read)
    assert large > 10_000 or max(read) < 4_000, read


def test_every_list_has_an_index_in_the_order_that_it_is_shown_in() -> None:
    for field, entity in lists.lists():
        assert isinstance(field.source, ToMany)
        assert entity.table is not None
        assert entity.table.orders(field.source.order[0][0]), field.name


def test_of_what_has_no_indexes_there_is_little() -> None:
    few = {one.table.name for one in schema.schema().types.objects.values() if one.table is not None and one.table.few}
    assert few == {
        "approval_deputy", "approval_policy", "branch", "numbering_rule", "warehouse", "user", "role", "period",
        "payment_term", "customer_level", "account_chart", "currency", "own_field",
        "print_template", "schedule", "tax_code",
    }  # fmt: skip
    assert all(filled.SMALL[name] < lists.LARGE for name in few)


@pytest.mark.usefixtures("database")
async def test_postgres_compares_all_texts_as_lists_are_sorted() -> None:
    if db.dialect() == "postgres":  # by whose indexes they are sorted only then
        rows = await db.fetch(
            "SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
            "JOIN pg_collation o ON o.oid = a.attcollation WHERE c.relnamespace = current_schema()::regnamespace "
            "AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND o.collname <> 'C'"
        )
        assert {name for (name,) in rows if not name.startswith("tortoise_migrations.")} == set()


async def test_an_index_that_is_missing_is_noticed(
    database: db.Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "LARGE", 5_000)
    await filled.fill(database_url, 300, {"stock_movement", "sku", "warehouse", "place", "lot", "stock_level"})
    await db.transactional(db.fetch)("DROP INDEX idx_stock_movem_value_84759b")
    found = await lists.outcomes(database_url, lambda probe: " by VALUE" in probe.name, of="stockMovements")
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
                page = json.loads((await executor.run(executor.prepare(text), {}, ADMIN)).encode("r"))
                shown = [read_global_id(one["id"])[1] for one in page["data"]["stockAlerts"]["nodes"]]
                assert shown
                found = [*found, *shown] if size == "first" else [*shown, *found]
                place = f', {beyond}: "{page["data"]["stockAlerts"]["pageInfo"][cursor]}"'
            assert found == [row_id for (row_id,) in rows], (way, size)


async def test_a_span_is_found_at_the_far_end_and_comes_in_its_order(database: db.Database, database_url: str) -> None:
    """Whatever else the list is sorted by, of which a database may think that it leads there sooner."""
    await filled.fill(database_url, SKUS, lists.tables())
    executor = schema.executor(introspection=False)
    for name, key in (("products", "createdAt"), ("documents", "createdAt"), ("stockLevels", "onHand")):
        kind = schema.schema().types.query.fields[name].type.of
        assert isinstance(kind, ObjectType)
        assert kind.node
        assert kind.node.table
        column = kind.node.listed.filters[key].column
        assert column.leaf.text
        for way, operator in (("ASC", "lte"), ("DESC", "gte")):
            rows = await db.fetch(
                f"SELECT {column.name} FROM {kind.node.table.name} ORDER BY {column.name} {way} "
                f"LIMIT 1 OFFSET {SKUS // 100}"
            )
            where = f'{key}: {{ {operator}: "{column.leaf.text(rows[0][0])}" }}'
            text = f"{{ {name}(where: {{ {where} }}) {{ nodes {{ {key} }} }} }}"
            found = await outcome(executor, Probe(f"{name} {where}", text), database_url)
            assert (found.returned, found.read <= 200) == (20, True), str(found)
            page = json.loads((await executor.run(executor.prepare(text), {}, ADMIN)).encode("r"))
            shown = [one[key] for one in page["data"][name]["nodes"]]
            assert shown == sorted(shown, key=Decimal if key == "onHand" else None, reverse=name == "documents")
