"""What the database itself refuses, read from and tried on the live schema of both databases."""

# ruff: noqa: SLF001  (`_meta` is where Tortoise describes a model)

from collections.abc import Iterator
from typing import Any

import pytest
from tortoise import Tortoise
from tortoise.exceptions import IntegrityError
from tortoise.fields import RESTRICT
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import LIMIT, FixedField
from jxc_graphql.masters.warehouses.places import VirtualPlace

pytestmark = pytest.mark.usefixtures("database")

NOW = "'2026-01-01 00:00:00+00:00'"
GOODS = [
    f"INSERT INTO category (id, code, name, version, search_text, updated_at) VALUES (1, 'C', 'C', 1, '', {NOW})",
    f"""INSERT INTO product (id, code, name, brand, description, valuation, is_active, version, search_text, created_at,
        updated_at, category_id) VALUES (1, 'P', 'P', '', '', 'FIFO', true, 1, '', {NOW}, {NOW}, 1)""",
    f"""INSERT INTO sku (id, code, name, unit, tracking, is_active, version, search_text, created_at, updated_at,
        product_id, category_id) VALUES (1, 'S', 'S', 'piece', 'NONE', true, 1, '', {NOW}, {NOW}, 1, 1)""",
    f"""INSERT INTO lot (id, sku_id, number, produced_on, expires_on, is_blocked, note, version, search_text,
        created_at, updated_at)
        VALUES (1, 1, 'L', '2026-01-01', '2026-01-01', false, '', 1, '', {NOW}, {NOW})""",
    f"""INSERT INTO warehouse (id, code, name, address, is_active, stock_place_id, quality_place_id, damaged_place_id,
        transit_place_id, lent_place_id, consigned_place_id, version, search_text, created_at, updated_at)
        VALUES (1, 'W', 'W', '', true, 11, 12, 13, 14, 15, 16, 1, '', {NOW}, {NOW})""",
    f"""INSERT INTO place (id, kind, warehouse_id, code, name, version, search_text, is_active, is_bin, updated_at)
        VALUES (11, 'STOCK', 1, 'STOCK', '', 1, '', true, false, {NOW}),
        (12, 'QUALITY', 1, 'QUALITY', '', 1, '', true, false, {NOW}),
        (21, 'STOCK', 1, 'A-1', '', 1, '', true, true, {NOW})""",
    "INSERT INTO place_level (id, sku_id, place_id, quantity) VALUES (1, 1, 11, 100), (2, 1, 1, -100)",
    f"""INSERT INTO stock_level (id, sku_id, warehouse_id, on_hand, sellable, quality, damaged, unfit, reserved,
        waiting, available, incoming, in_transit, lent, consigned, value, in_transit_value, lent_value, unit_cost,
        valuation, changed_at) VALUES (1, 1, 1, 100, 100, 0, 0, 0, 20, 0, 80, 0, 0, 0, 0, 500, 0, 0, 5, 'FIFO',
        {NOW})""",
    f"""INSERT INTO claim (owner_id, stock_level_id, document_id, kind, priority, promised_on, approved_at,
        lasts_through, wanted, reserved) VALUES (7, 1, 6, 'SALES_ORDER', 0, '9999-12-31', {NOW},
        '9999-12-31', 20, 20)""",
    f"""INSERT INTO stock_movement (id, sku_id, warehouse_id, from_place_id, to_place_id, quantity, value,
        business_date, origin_on, posted_at, document_id, line_id, consignment_id)
        VALUES (1, 1, 1, 1, 11, 100, 500, '2026-01-01', '2026-01-01', {NOW}, 1, 1, 0)""",
    """INSERT INTO cost_layer (id, stock_level_id, consignment_id, origin_on, line_id, quantity, value)
        VALUES (1, 1, 0, '2026-01-01', 1, 100, 500)""",
    f"""INSERT INTO stock_revaluation (id, sku_id, warehouse_id, value, in_transit_value, lent_value, sold_value,
        business_date, posted_at, document_id, line_id) VALUES (1, 1, 1, 5, 0, 0, 0, '2026-01-01', {NOW}, 1, 1)""",
    f"INSERT INTO serial_number (id, sku_id, number, place_id, created_at) VALUES (1, 1, 'N', 11, {NOW})",
    "INSERT INTO serial_movement (id, serial_id, movement_id) VALUES (1, 1, 1)",
    f"""INSERT INTO journal (id, xid, at, name, subject_id, is_echo, address, request_id, body)
        VALUES (9, 0, {NOW}, 'x', 1, false, '', '', '{{}}')""",
    f"""INSERT INTO stock_alert (id, kind, sku_id, warehouse_id, stock_level_id, status, severity, available, "limit",
        suggested_quantity, note, raised_at) VALUES (1, 'LOW', 1, 1, 1, 'OPEN', 'LOW', 1, 1, 1, '', {NOW})""",
    f"""INSERT INTO stock_alert (id, kind, lot_id, sku_id, warehouse_id, stock_level_id, status, severity, available,
        "limit", suggested_quantity, note, raised_at)
        VALUES (10, 'EXPIRING', 1, 1, 1, 1, 'OPEN', 'EXPIRED', 1, 0, 0, '', {NOW})""",
    """INSERT INTO stock_limit (id, sku_id, warehouse_id, "limit", clear_above, target, starts_on, ends_on) VALUES
        (1, 1, 1, 1, 1, 2, NULL, NULL), (2, 1, 1, 1, 1, 2, '2026-01-01', '2026-01-31'),
        (3, 1, 1, 1, 1, 2, NULL, '2025-01-01')""",
    f"""INSERT INTO "user" (id, username, name, locale, is_active, created_at, version, updated_at, search_text)
        VALUES (1, 'u', 'U', 'en', true, {NOW}, 1, {NOW}, '')""",
    f"""INSERT INTO period (id, ends_on, status, closed_at, closed_by_id, note)
        VALUES (1, '2025-12-31', 'CLOSED', {NOW}, 1, '')""",
]
MOVEMENT = """INSERT INTO stock_movement (id, sku_id, warehouse_id, from_place_id, to_place_id, quantity, value,
    business_date, origin_on, posted_at, document_id, line_id, consignment_id, reverses_id)
    SELECT {}, business_date, origin_on, posted_at, 1, 1, 0, {} FROM stock_movement WHERE id = 1"""
PLACE = """INSERT INTO place (id, kind, warehouse_id, code, name, version, search_text, is_active, is_bin, updated_at)
    VALUES (99, {}, '', 1, '', {}, CURRENT_TIMESTAMP)"""
ALERT = """INSERT INTO stock_alert (id, kind, lot_id, sku_id, warehouse_id, stock_level_id, status, severity, available,
    "limit", suggested_quantity, note, raised_at)
    SELECT 2, {}, 1, 1, 1, '{}', severity, 1, 1, 1, '', raised_at FROM stock_alert WHERE id = 1"""
STOCK_LIMIT = """INSERT INTO stock_limit (id, sku_id, warehouse_id, "limit", clear_above, target, starts_on, ends_on)
    SELECT 4, 1, 1, 1, 1, 2, {}, {} FROM stock_limit WHERE id = 2"""
PERIOD = """INSERT INTO period
    (id, starts_on, ends_on, status, closed_at, closed_by_id, reopened_at, reopened_by_id, note)
    SELECT 2, {}, ends_on, '{}', closed_at, 1, {}, {}, '' FROM period WHERE id = 1"""

LOT = """INSERT INTO lot (id, sku_id, number, produced_on, expires_on, is_blocked, note, version, search_text,
    created_at, updated_at)
    SELECT 2, 1, '{}', {}, is_blocked, note, version, search_text, created_at, updated_at FROM lot"""

ALLOWED = [
    LOT.format("M", "NULL, expires_on"),
    LOT.format("M", "produced_on, NULL"),
    "UPDATE sku SET tracking = 'LOT', shelf_life_days = 36500",
    "UPDATE stock_level SET reserved = 100, available = 0",
    "UPDATE stock_level SET on_hand = 0, sellable = 0, reserved = 0, available = 0, value = 0",
    "INSERT INTO place_level (id, sku_id, place_id, lot_id, quantity) VALUES (3, 1, 11, 1, 1)",
    "UPDATE cost_layer SET value = NULL",
    "UPDATE place_level SET quantity = -1 WHERE place_id = 1",
    MOVEMENT.format("2, 1, 1, 11, 1, 5, 5", "1"),
    ALERT.format("kind, NULL", "RESOLVED"),
    ALERT.format("'OVER', NULL", "OPEN"),
    ALERT.format("'EXPIRING', 1", "RESOLVED"),
    STOCK_LIMIT.format("ends_on", "ends_on"),
    PERIOD.format("ends_on", "REOPENED", "closed_at", 1),
    PLACE.format("'DAMAGED', 1, 'A-2'", "false, true"),
]
REFUSED = [
    ("with_lots_only", "UPDATE sku SET shelf_life_days = 1"),
    ("with_lots_only", "UPDATE sku SET tracking = 'LOT', shelf_life_days = 0"),
    ("is_not_negative", "UPDATE stock_level SET on_hand = 99"),
    ("is_not_negative", "UPDATE stock_level SET reserved = -1, available = 101"),
    ("is_not_negative", "UPDATE stock_level SET incoming = -1"),
    ("tells_what_is_available", "UPDATE stock_level SET reserved = 101, available = 0"),
    ("tells_what_is_available", "UPDATE stock_level SET available = 81"),
    ("has_value_with_goods_only", "UPDATE stock_level SET value = -1"),
    ("has_value_with_goods_only", "UPDATE stock_level SET on_hand = 0, sellable = 0, reserved = 0, available = 0"),
    ("incoming", f"UPDATE stock_level SET incoming = {LIMIT + 1}"),
    ("quantity", f"UPDATE place_level SET quantity = {-LIMIT - 1} WHERE place_id = 1"),
    ("virtual_places_only", "UPDATE place_level SET quantity = -1 WHERE place_id = 11"),
    ("keeps_what_is_wanted", "UPDATE claim SET reserved = wanted + 1"),
    ("(?i)unique", "INSERT INTO place_level (id, sku_id, place_id, quantity) VALUES (3, 1, 11, 1)"),
    ("moves_something", MOVEMENT.format("2, 1, 1, 1, 11, 0, 0", "NULL")),
    ("moves_something", MOVEMENT.format("2, 1, 1, 11, 11, 5, 5", "NULL")),
    ("(?i)foreign key", MOVEMENT.format("2, 1, 1, 1, 99, 5, 5", "NULL")),
    ("(?i)unique", PLACE.format("'STOCK', 1, 'A-1'", "true, true")),
    ("(?i)unique", PLACE.format("'STOCK', 1, 'STOCK'", "true, false")),
    ("bin_in_a_warehouse_only", PLACE.format("'STOCK', NULL, 'A-2'", "true, true")),
    ("bin_in_a_warehouse_only", PLACE.format("'TRANSIT', 1, 'A-2'", "true, true")),
    ("inactive_as_a_bin_only", PLACE.format("'TRANSIT', 1, 'TRANSIT'", "false, false")),
    ("coded_by_its_kind", PLACE.format("'TRANSIT', 1, 'A-2'", "true, false")),
    ("(?i)unique", ALERT.format("kind, NULL", "OPEN")),
    ("(?i)unique", ALERT.format("kind, NULL", "ACKNOWLEDGED")),
    ("(?i)unique", ALERT.format("'EXPIRING', 1", "OPEN")),
    ("has_a_lot_if_it_expires", ALERT.format("'EXPIRING', NULL", "OPEN")),
    ("has_a_lot_if_it_expires", ALERT.format("'OVER', 1", "OPEN")),
    ("is_snoozed_until_a_day", ALERT.format("'OVER', NULL", "SNOOZED")),
    ("(?i)unique", STOCK_LIMIT.format("NULL", "NULL")),
    ("(?i)unique", STOCK_LIMIT.format("NULL", "ends_on")),
    ("(?i)unique", STOCK_LIMIT.format("starts_on", "NULL")),
    ("does_not_end_before_it_starts", STOCK_LIMIT.format("ends_on", "starts_on")),
    ("is_between_two", "INSERT INTO transfer_time VALUES (1, 1, 1, 1)"),
    ("(?i)unique", PERIOD.format("ends_on", "CLOSED", "NULL", "NULL")),
    ("has_days", "UPDATE period SET starts_on = '2026-01-01'"),
    ("who_reopened_it", PERIOD.format("NULL", "REOPENED", "NULL", "NULL")),
    ("who_reopened_it", PERIOD.format("NULL", "REOPENED", "closed_at", "NULL")),
    ("who_reopened_it", "UPDATE period SET reopened_at = closed_at, reopened_by_id = 1"),
    ("(?i)unique", LOT.format("L", "NULL, NULL")),
    ("does_not_expire_before", "UPDATE lot SET expires_on = '2025-12-31'"),
    ("append-only", "UPDATE stock_movement SET quantity = 1"),
    ("append-only", "DELETE FROM stock_movement"),
    ("append-only", "UPDATE stock_revaluation SET value = 1"),
    ("append-only", "DELETE FROM stock_revaluation"),
    ("append-only", "DELETE FROM serial_movement"),
    ("has_value_with_goods_only", "UPDATE cost_layer SET quantity = 0"),
    ("has_value_with_goods_only", "UPDATE cost_layer SET quantity = -1, value = NULL"),
    ("(?i)unique", "INSERT INTO serial_number SELECT 2, number, created_at, place_id, sku_id FROM serial_number"),
    ("append-only", "UPDATE journal SET body = ''"),
    ("append-only", "DELETE FROM journal"),
    ("(?i)foreign key", "DELETE FROM sku"),
    ("(?i)foreign key", "DELETE FROM warehouse"),
]
REFUSED_BY_SQLITE = [
    ("typeof", "UPDATE stock_level SET incoming = 1.5"),
    ("incoming", "UPDATE stock_level SET incoming = 'NaN'"),
    ("incoming", "UPDATE stock_level SET incoming = 9223372036854775807 + 1"),
]


@pytest.fixture
async def goods(database: db.Database) -> None:
    for statement in GOODS:
        await db.transactional(db.execute)(statement)


@pytest.mark.usefixtures("goods")
@pytest.mark.parametrize("statement", ALLOWED)
async def test_takes(statement: str) -> None:
    assert await db.transactional(db.execute)(statement) == 1


@pytest.mark.usefixtures("goods")
async def test_refuses() -> None:
    for why, statement in [*REFUSED, *(REFUSED_BY_SQLITE if db.dialect() == "sqlite" else ())]:
        with pytest.raises(IntegrityError, match=why):
            await db.transactional(db.execute)(statement)


async def test_bounds_every_fixed_point_column() -> None:
    columns = {(table, column) for table, column, field in fields() if isinstance(field, FixedField)}
    assert len(columns) > 30
    if db.dialect() == "sqlite":
        tables = dict(await db.fetch("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        for table, column in columns:
            assert f'CHECK ("{column}" BETWEEN {-LIMIT} AND {LIMIT})' in tables[table]
            assert f"CHECK (typeof(\"{column}\") IN ('integer', 'null'))" in tables[table]
    else:
        checks = await db.fetch("""
            SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'""")
        bounded = {(table.strip('"'), text) for table, text in checks}
        for table, column in columns:
            name = f'"{column}"' if column == "limit" else column
            assert (table, f"CHECK ((({name} >= '{-LIMIT}'::bigint) AND ({name} <= '{LIMIT}'::bigint)))") in bounded


async def test_has_every_constraint_that_a_model_declares() -> None:
    declared = {constraint.name for model in models() for constraint in model._meta.constraints or ()}
    assert len(declared) > 8
    if db.dialect() == "sqlite":
        schema = " ".join(sql for (sql,) in await db.fetch("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
        assert [name for name in declared if f'"{name}"' not in schema] == []
    else:
        live = await db.fetch("SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class")
        assert declared <= {name for (name,) in live}


async def test_restricts_every_foreign_key() -> None:
    keys = {(table, column) for table, column, field in fields() if is_reference(field)}
    assert len(keys) > 40
    assert all(field.reference.on_delete == RESTRICT for _, _, field in fields() if is_reference(field))
    if db.dialect() == "sqlite":
        live = await db.fetch("""
            SELECT t.name, k."from", k.on_delete FROM sqlite_master AS t, pragma_foreign_key_list(t.name) AS k
            WHERE t.type = 'table'""")
        assert {*live} == {(table, column, "RESTRICT") for table, column in keys}
    else:
        live = await db.fetch("""
            SELECT trim('"' FROM k.conrelid::regclass::text), a.attname, k.confdeltype::text FROM pg_constraint AS k
            JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] WHERE k.contype = 'f'""")
        assert {*live} == {(table, column, "r") for table, column in keys}


async def test_indexes_columns_only() -> None:
    if db.dialect() == "sqlite":
        of_texts = await db.fetch("""
            SELECT i.name FROM sqlite_master AS i, pragma_index_xinfo(i.name) AS c
            WHERE i.type = 'index' AND c.cid = -2""")
        of_lots = {"place_level_is_one", "stocktake_line_is_one"}  # coalesce(lot_id, 0)
        of_trade = {f"{side}_{span}_is_one" for side in ("supplier", "customer") for span in ("day", "month")}
        of_codes = {"sku_code_in_either_case", "barcode_code_in_either_case"}  # lower(code)
        assert {name for (name,) in of_texts} == of_lots | of_trade | of_codes | {"account_day_is_one"}
    for model in models():
        wanted = {columns(model, index) for index in (*model._meta.indexes, *model._meta.unique_together)}
        assert wanted <= await indexed(model._meta.db_table)


async def test_holds_the_places_that_no_warehouse_has() -> None:
    places = await db.fetch("SELECT id, kind FROM place WHERE warehouse_id IS NULL ORDER BY id")
    assert places == [(place.value, place.name) for place in VirtualPlace]


def models() -> list[type[Model]]:
    apps = Tortoise.apps
    assert apps is not None
    return [*apps["models"].values()]


def fields() -> Iterator[tuple[str, str, Any]]:
    for model in models():
        for name, column in model._meta.fields_db_projection.items():
            yield model._meta.db_table, column, model._meta.fields_map[name]


def is_reference(field: Any) -> bool:
    return isinstance(getattr(field, "reference", None), ForeignKeyFieldInstance)


def columns(model: type[Model], index: Any) -> tuple[str, ...]:
    names = getattr(index, "fields", index)
    return tuple(model._meta.fields_map[name].source_field or name for name in names)


async def indexed(table: str) -> set[tuple[str, ...]]:
    if db.dialect() == "sqlite":
        rows = await db.fetch(
            """SELECT i.name, c.name FROM pragma_index_list(?) AS i, pragma_index_info(i.name) AS c
            ORDER BY i.name, c.seqno""",
            [table],
        )
    else:
        rows = await db.fetch(
            """SELECT i.indexrelid::text, a.attname FROM pg_index AS i
            JOIN pg_attribute AS a ON a.attrelid = i.indexrelid
            WHERE i.indrelid = format('%I', CAST(? AS text))::regclass ORDER BY 1, a.attnum""",
            [table],
        )
    found: dict[str, list[str]] = {}
    for index, column in rows:
        found.setdefault(index, []).append(column)
    return {tuple(names) for names in found.values()}
