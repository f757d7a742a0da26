"""Recipes, what can be made by them now, and whether assemblies agree with the book of goods."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Sequence

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.warehouses.places import VirtualPlace
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents.comparisons import Comparison, of_document, of_lines
from jxc_graphql.warehousing.assembly.rules import MAX_DEPTH, Component, Recipe, whole_kits

_BELOW = f"""
    WITH RECURSIVE below (component_id, sku_id, depth) AS (
        SELECT asked.id, asked.id, 0 FROM {{asked}} AS asked
        UNION SELECT below.component_id, kit_component.sku_id, below.depth + 1
        FROM below JOIN kit ON kit.sku_id = below.sku_id JOIN kit_component ON kit_component.kit_id = kit.id
        WHERE below.depth <= {MAX_DEPTH:d})
    SELECT component_id, MAX(depth), MAX(CASE WHEN sku_id = ? THEN 1 ELSE 0 END) FROM below GROUP BY component_id"""
_ABOVE = f"""
    WITH RECURSIVE above (sku_id, depth) AS (
        SELECT id, 0 FROM sku WHERE id = ?
        UNION SELECT kit.sku_id, above.depth + 1
        FROM above JOIN kit_component ON kit_component.sku_id = above.sku_id JOIN kit ON kit.id = kit_component.kit_id
        WHERE above.depth <= {MAX_DEPTH:d})
    SELECT MAX(depth) FROM above"""


class Availability(msgspec.Struct, frozen=True, kw_only=True):
    """How many whole kits a warehouse can make of what is available there, and what it has least of."""

    warehouse_id: int
    quantity: Quantity
    scarcest_sku_id: int | None


async def recipe(sku_id: int) -> Recipe | None:
    """What a SKU is made of; None where it is no kit."""
    rows = await db.fetch(
        "SELECT kit.id, kit.version, kit.batch_quantity, component.sku_id, component.quantity "
        "FROM kit JOIN kit_component AS component ON component.kit_id = kit.id WHERE kit.sku_id = ? ORDER BY position",
        (sku_id,),
    )
    if not rows:
        return None
    kit_id, version, batch_quantity = rows[0][:3]
    components = tuple(Component(sku_id=one, quantity=Quantity(quantity)) for *_, one, quantity in rows)
    return Recipe(kit_id=kit_id, version=version, batch_quantity=Quantity(batch_quantity), components=components)


async def depths_below(sku_id: int, component_ids: Collection[int]) -> dict[int, tuple[int, bool]]:
    """For each component, how many kits lie in one another in it, and whether the SKU is among what it is made of."""
    asked = db.rows({"id": "bigint"})
    rows = await db.fetch(_BELOW.format(asked=asked), (db.json([one] for one in sorted(set(component_ids))), sku_id))
    return {component_id: (depth, bool(comes_round)) for component_id, depth, comes_round in rows}


async def depth_above(sku_id: int) -> int:
    """In how many kits, in one another, a SKU lies."""
    ((depth,),) = await db.fetch(_ABOVE, (sku_id,))
    return int(depth or 0)


async def assemblable(call: Call, kit_ids: Sequence[int]) -> list[Quantity]:
    """How many of each kit all warehouses of the caller can make, each of what is available in it."""
    found = await _availability(call, kit_ids)
    return [Quantity.total(one.quantity for one in found.get(kit_id, ())) for kit_id in kit_ids]


async def kit_availability(call: Call, kit_id: int) -> list[Availability]:
    """How many of a kit each warehouse of the caller can make: those that can make most first."""
    call.require(Permission.SEE_STOCK)
    found = (await _availability(call, [kit_id])).get(kit_id, [])
    return sorted(found, key=lambda one: (-one.quantity, one.warehouse_id))


async def _availability(call: Call, kit_ids: Sequence[int]) -> dict[int, list[Availability]]:
    """What the warehouses can make of each kit; those that have none of any component are passed over."""
    warehouses = call.within(Dimension.WAREHOUSE)
    scope = None if warehouses is None else db.json([one] for one in sorted(warehouses))
    seen = f"AND level.warehouse_id IN (SELECT id FROM {db.rows({'id': 'bigint'})} AS seen)" if scope else ""
    rows = await db.fetch(
        f"""
        SELECT kit.id, kit.batch_quantity, component.sku_id, component.quantity, level.warehouse_id, level.available
        FROM {db.rows({"id": "bigint"})} AS asked JOIN kit ON kit.id = asked.id
        JOIN kit_component AS component ON component.kit_id = kit.id
        LEFT JOIN stock_level AS level ON level.sku_id = component.sku_id AND level.available > 0 {seen}
        ORDER BY kit.id, component.position""",
        (db.json([one] for one in sorted(set(kit_ids))), *([scope] if scope else [])),
    )
    batches: dict[int, Quantity] = {}
    components: dict[int, dict[int, Component]] = {}
    available: dict[tuple[int, int], dict[int, Quantity]] = {}
    for kit_id, batch_quantity, sku_id, quantity, warehouse_id, there in rows:
        batches[kit_id] = Quantity(batch_quantity)
        components.setdefault(kit_id, {})[sku_id] = Component(sku_id=sku_id, quantity=Quantity(quantity))
        if warehouse_id is not None:
            available.setdefault((kit_id, warehouse_id), {})[sku_id] = Quantity(there)
    found: dict[int, list[Availability]] = {}
    for (kit_id, warehouse_id), there in available.items():
        most, scarcest = whole_kits(there, components[kit_id].values(), batches[kit_id])
        one = Availability(warehouse_id=warehouse_id, quantity=most, scarcest_sku_id=scarcest)
        found.setdefault(kit_id, []).append(one)
    return found


_ASSEMBLY = of_document("assembly")
_LINE = of_lines("assembly")
_PLACE = VirtualPlace.ASSEMBLY.value
_MOVED = "FROM stock_movement AS movement JOIN assembly ON assembly.id = movement.document_id"

OWED = (
    "SELECT id AS line_id, supplier_id AS partner_id, extra_cost AS net FROM assembly WHERE supplier_id IS NOT NULL",
)
"""What processors are owed for their work, by the line of what they made."""

COMPARISONS = (
    Comparison(
        "assembly.cost is what the goods were worth that left", Money, _ASSEMBLY,
        f"SELECT assembly.id, movement.value {_MOVED} WHERE to_place_id = {_PLACE}", "SELECT id, cost FROM assembly",
    ),
    Comparison(
        "assembly.value is what the goods are worth that came in", Money, _ASSEMBLY,
        f"SELECT assembly.id, movement.value {_MOVED} WHERE from_place_id = {_PLACE}",
        "SELECT id, value FROM assembly",
    ),
    Comparison(
        "assembly.value is cost + extra_cost", Money, _ASSEMBLY,
        "SELECT id, cost + extra_cost FROM assembly", "SELECT id, value FROM assembly",
    ),
    Comparison(
        "assembly.quantity is what was moved of its kits", Quantity, _ASSEMBLY,
        f"SELECT assembly.id, movement.quantity {_MOVED} WHERE movement.line_id = assembly.id",
        "SELECT id, quantity FROM assembly",
    ),
    Comparison(
        "assembly_line.quantity is what was moved for it", Quantity, _LINE,
        f"SELECT line_id, movement.quantity {_MOVED} WHERE line_id <> assembly.id",
        "SELECT id, quantity FROM assembly_line",
    ),
    Comparison(
        "assembly_line.value is what was moved for it", Money, _LINE,
        f"SELECT line_id, movement.value {_MOVED} WHERE line_id <> assembly.id",
        "SELECT id, value FROM assembly_line",
    ),
)  # fmt: skip
