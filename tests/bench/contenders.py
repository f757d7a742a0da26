"""The same page of purchase orders, served in the ways that our engine is compared with.

`usual`: plain Strawberry types over prefetched Tortoise models. `loaders`: the same types, related rows through
DataLoaders. `by_hand`: two SQL statements, dictionaries, msgspec. All answer the selection of `PAGE`.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import msgspec
import strawberry
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache

from jxc_graphql.buying.purchasing import models as purchasing
from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice, plain
from jxc_graphql.masters.catalog import models as catalog
from jxc_graphql.masters.partners import models as partners

PAGE = """{ purchaseOrders(first: 100) { nodes { id number status expectedOn total supplier { id code name }
  lines { id lineNo quantity quantityReceived unitPrice amount sku { id code name product { id name } } } } } }"""
SMALL = "{ suppliers(first: 1) { nodes { id code name } } }"


@strawberry.type
class Supplier:
    id: strawberry.ID
    code: str
    name: str


@strawberry.type
class Product:
    id: strawberry.ID
    name: str


@strawberry.type
class Sku:
    id: strawberry.ID
    code: str
    name: str

    @strawberry.field
    async def product(self: Any, info: strawberry.Info) -> Product:
        return await related(info, "product", catalog.Product, self.product_id, lambda: self.product)  # type: ignore[no-any-return]


@strawberry.type
class Line:
    id: strawberry.ID
    line_no: int
    quantity: str
    quantity_received: str
    unit_price: str
    amount: str

    @strawberry.field
    async def sku(self: Any, info: strawberry.Info) -> Sku:
        return await related(info, "sku", catalog.Sku, self.sku_id, lambda: self.sku)  # type: ignore[no-any-return]


@strawberry.type
class PurchaseOrder:
    id: strawberry.ID
    number: str
    status: str
    expected_on: date | None
    total: str

    @strawberry.field
    async def supplier(self: Any, info: strawberry.Info) -> Supplier:
        return await related(info, "supplier", partners.Supplier, self.supplier_id, lambda: self.supplier)  # type: ignore[no-any-return]

    @strawberry.field
    async def lines(self: Any, info: strawberry.Info) -> list[Line]:
        if info.context["loaders"] is None:
            return self.prefetched_lines  # type: ignore[no-any-return]
        return await info.context["loaders"]["lines"].load(self.id)  # type: ignore[no-any-return]


async def related(info: Any, name: str, model: Any, key: int, prefetched: Callable[[], Any]) -> Any:
    """A to-one edge: the prefetched object, or one from a loader of this request."""
    loaders = info.context["loaders"]
    if loaders is None:
        return prefetched()
    if name not in loaders:

        async def load(keys: list[int]) -> list[Any]:
            found = {row.id: row for row in await model.filter(id__in=keys)}
            return [found[key] for key in keys]

        loaders[name] = DataLoader(load)
    return await loaders[name].load(key)


async def lines_of(order_ids: list[int], *edges: str) -> dict[int, list[Any]]:
    """The lines of several orders, grouped, with their edges prefetched."""
    grouped: dict[int, list[Any]] = {order_id: [] for order_id in order_ids}
    query = purchasing.PurchaseOrderLine.filter(purchase_order_id__in=order_ids).order_by("line_no")
    for line in await query.prefetch_related(*edges):
        grouped[line.purchase_order_id].append(line)
    return grouped


@strawberry.type
class Orders:
    nodes: list[PurchaseOrder]


@strawberry.type
class Suppliers:
    nodes: list[Supplier]


@strawberry.type
class Query:
    @strawberry.field
    async def purchase_orders(self, info: strawberry.Info, first: int = 20) -> Orders:
        found = purchasing.PurchaseOrder.all().order_by("-id").limit(first)
        if info.context["loaders"] is not None:
            return Orders(nodes=await found)  # type: ignore[arg-type]
        orders: Any = await found.prefetch_related("supplier")
        grouped = await lines_of([order.id for order in orders], "sku__product")
        for order in orders:
            order.prefetched_lines = grouped[order.id]
        return Orders(nodes=orders)

    @strawberry.field
    async def suppliers(self, first: int = 20) -> Suppliers:
        return Suppliers(nodes=await partners.Supplier.all().order_by("id").limit(first))  # type: ignore[arg-type]


plain_schema = strawberry.Schema(Query, extensions=[ParserCache, ValidationCache])


async def usual(query: str) -> Any:
    """Strawberry over prefetched models."""
    return (await plain_schema.execute(query, context_value={"loaders": None})).data


async def loaders(query: str) -> Any:
    """Strawberry with a DataLoader per edge and request."""

    async def load_lines(order_ids: list[int]) -> list[list[Any]]:
        grouped = await lines_of(order_ids)
        return [grouped[order_id] for order_id in order_ids]

    context = {"loaders": {"lines": DataLoader(load_lines)}}
    return (await plain_schema.execute(query, context_value=context)).data


ORDERS_SQL = """SELECT o.id, o.number, o.status, o.expected_on, o.total, s.id, s.code, s.name
FROM purchase_order o JOIN supplier s ON s.id = o.supplier_id ORDER BY o.id DESC LIMIT ?"""
LINES_SQL = """SELECT l.purchase_order_id, l.id, l.line_no, l.quantity, l.quantity_received, l.unit_price, l.amount,
k.id, k.code, k.name, p.id, p.name FROM purchase_order_line l JOIN sku k ON k.id = l.sku_id
JOIN product p ON p.id = k.product_id WHERE l.purchase_order_id {chosen} ORDER BY l.purchase_order_id, l.line_no"""


async def by_hand(global_id: Callable[[str, int], str], first: int = 100) -> Any:
    """The page by two statements, written for this page alone; ids and numbers spelt as our API spells them."""
    heads = await db.fetch(ORDERS_SQL, (first,))
    wanted = [row[0] for row in heads]
    if db.dialect() == "postgres":
        rows = await db.fetch(LINES_SQL.format(chosen="= ANY(?)"), (wanted,))
    else:
        rows = await db.fetch(LINES_SQL.format(chosen=f"IN ({','.join('?' * len(wanted))})"), tuple(wanted))
    lines: dict[int, list[Any]] = {order_id: [] for order_id in wanted}
    for order_id, line_id, no, quantity, received, price, total, sku_id, code, name, product_id, product in rows:
        lines[order_id].append({
            "id": global_id("PurchaseOrderLine", line_id), "lineNo": no,
            "quantity": plain(quantity, Quantity.places), "quantityReceived": plain(received, Quantity.places),
            "unitPrice": plain(price, UnitPrice.places), "amount": plain(total, Money.places),
            "sku": {"id": global_id("Sku", sku_id), "code": code, "name": name,
                    "product": {"id": global_id("Product", product_id), "name": product}},
        })  # fmt: skip
    return {"purchaseOrders": {"nodes": [{
        "id": global_id("PurchaseOrder", order_id), "number": number, "status": status,
        "expectedOn": str(expected) if expected else None, "total": plain(total, Money.places),
        "supplier": {"id": global_id("Supplier", supplier_id), "code": code, "name": name}, "lines": lines[order_id],
    } for order_id, number, status, expected, total, supplier_id, code, name in heads]}}  # fmt: skip


async def at_once_by_hand(global_id: Callable[[str, int], str]) -> Any:
    """The page, read in one read transaction, as ours is."""
    return await db.at_once(lambda: by_hand(global_id), caller=None)


async def encoded(answer: Awaitable[Any]) -> bytes:
    """An answer as it goes out."""
    return msgspec.json.encode({"data": await answer})
