"""The classic Northwind, of which only sales are known: 830 orders of two years, who sold them, and when they left.

Read and carried out as if it had been kept here. What its files do not tell is not made up:
- a discount is a fraction of a line; what it takes off is rounded to the fen, half away from zero, and kept as the
  discount of the line: so every line comes to whole fen, and orders and totals are sums of these;
- nothing says how goods came: all that left, and what is in stock at the end, was there on the first day, in an opening
  balance, at no cost;
- orders that never left are approved on the last day;
- freight is no goods, and is not loaded.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from jxc_graphql.exchange.imports.cells import SentRow
from jxc_graphql.exchange.loading import Loading, LoadSummary, Progress, Step, line_ids
from jxc_graphql.exchange.sheet import Remark, Row, Unusable, read
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.fen import whole_fen
from jxc_graphql.kit.numbers import Money, Quantity, Ratio, UnitPrice, amount
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth import queries as users
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.company import queries as company
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping import operations as shipping
from jxc_graphql.warehousing.openings import operations as openings

SOURCE = "northwind"
_CHIEFS = {"Sales Manager", "Vice President, Sales"}
T = TypeVar("T")


class ClassicLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an order; `discount` is what its fraction takes off, in whole fen."""

    row: Row
    product: str
    quantity: Quantity
    unit_price: UnitPrice
    discount: Money


class ClassicOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order; nothing of it left without `shipped_on`."""

    row: Row
    number: str
    customer: str
    seller: str
    ordered_on: date
    shipped_on: date | None
    lines: list[ClassicLine]


class ClassicHistory(msgspec.Struct, frozen=True, kw_only=True):
    """All that the files tell: rows by the numbers they have there, and orders."""

    sellers: dict[str, Row]
    categories: dict[str, Row]
    products: dict[str, Row]
    suppliers: dict[str, Row]
    customers: dict[str, Row]
    orders: list[ClassicOrder]
    refused: list[Remark]

    def first_day(self) -> date:
        """When it begins."""
        return min(order.ordered_on for order in self.orders)

    def last_day(self) -> date:
        """When it ends."""
        return max(max(order.ordered_on, order.shipped_on or order.ordered_on) for order in self.orders)

    def had(self) -> dict[str, Quantity]:
        """What there must have been of each product on the first day: what left, and what is in stock at the end."""
        left = Counter[str]()
        for order in self.orders:
            for line in order.lines if order.shipped_on else ():
                left[line.product] += int(line.quantity)
        there = {key: row.number("units_in_stock", Quantity) for key, row in self.products.items()}
        return {key: Quantity(left[key] + int(stock)) for key, stock in there.items() if left[key] + int(stock)}


def is_classic(folder: Path) -> bool:
    """Whether the files in a folder are those of the classic Northwind."""
    return (folder / "order_details.csv").exists() and not (folder / "purchase_orders.csv").exists()


def read_sold(folder: Path) -> ClassicHistory:
    """What the files of a folder tell; raises `SheetMissing` where one is missing."""
    refused = list[Remark]()
    person = "company_name contact_name phone address city country"
    sold = ClassicHistory(
        sellers=_table(folder, "employees.csv", "employee_id", "first_name last_name title"),
        categories=_table(folder, "categories.csv", "category_id", "category_name"),
        products=_table(
            folder, "products.csv", "product_id",
            "product_name category_id quantity_per_unit units_in_stock discontinued",
        ),
        suppliers=_table(folder, "suppliers.csv", "supplier_id", person),
        customers=_table(folder, "customers.csv", "customer_id", person),
        orders=[],
        refused=refused,
    )  # fmt: skip
    lines = dict[str, list[ClassicLine]]()
    for row in read(folder, "order_details.csv", ["order_id", "product_id", "unit_price", "quantity", "discount"]):
        if line := _usable(row, partial(_line, sold), refused):
            lines.setdefault(row.text("order_id"), []).append(line)
    for row in read(folder, "orders.csv", ["order_id", "customer_id", "employee_id", "order_date", "shipped_date"]):
        if order := _usable(row, partial(_order, sold, lines), refused):
            sold.orders.append(order)
    return sold


def _table(folder: Path, name: str, key: str, columns: str) -> dict[str, Row]:
    return {row.text(key): row for row in read(folder, name, [key, *columns.split()])}


def _usable(row: Row, make: Callable[[Row], T], refused: list[Remark]) -> T | None:
    try:
        return make(row)
    except Unusable as why:
        refused.append(row.remark(str(why)))
        return None


def _line(sold: ClassicHistory, row: Row) -> ClassicLine:
    quantity, price = row.number("quantity", Quantity), row.number("unit_price", UnitPrice)
    return ClassicLine(
        row=row,
        product=_known(row, "product_id", sold.products),
        quantity=quantity,
        unit_price=price,
        discount=taken_off(amount(quantity, price), row.number("discount", Ratio)),
    )


def taken_off(worth: Money, fraction: Ratio) -> Money:
    """What a fraction of an amount is in whole fen, half away from zero."""
    return whole_fen(int(worth) * int(fraction), 10**Ratio.places)


def _order(sold: ClassicHistory, lines: Mapping[str, list[ClassicLine]], row: Row) -> ClassicOrder:
    ordered_on = row.day("order_date")
    if ordered_on is None or row.text("order_id") not in lines:
        raise Unusable("no date, or no line of it can be loaded")
    return ClassicOrder(
        row=row,
        number=row.text("order_id"),
        customer=_known(row, "customer_id", sold.customers),
        seller=_known(row, "employee_id", sold.sellers),
        ordered_on=ordered_on,
        shipped_on=row.day("shipped_date"),
        lines=lines[row.text("order_id")],
    )


def _known(row: Row, column: str, others: Mapping[str, Row]) -> str:
    key = row.text(column)
    if key not in others:
        raise Unusable(f"{column}: there is no {key}")
    return key


async def load(call: Call, progress: Progress, folder: Path) -> LoadSummary:
    """Loads the classic Northwind; what was loaded before stays as it is.

    Raises `SheetMissing` when a file cannot be used, `Forbidden` unless the caller may do all that happened, `Rejected`
    where the books were opened later.
    """
    call.require(Permission.POST_LATE_DOCUMENTS)
    sold = read_sold(folder)
    await db.transactional(company.check_open)(sold.first_day())
    loading = _Classic(call, sold)
    await loading.carry_out([*loading.masters(), *loading.events()], progress)
    return loading.summary


class _Classic(Loading):
    """One run."""

    def __init__(self, call: Call, sold: ClassicHistory) -> None:
        super().__init__(call, SOURCE)
        self._sold = sold
        self.refused = sold.refused

    def masters(self) -> Iterable[Step]:
        """Who and what there is, and what there was on the first day."""
        sold, whole = self._sold, Row(file="products.csv", line=1, cells=SentRow(number=1, cells={}))
        for kind, rows, run in (
            ("users", sold.sellers, self._user),
            ("categories", sold.categories, self._category),
            ("products", sold.products, self._product),
            ("suppliers", sold.suppliers, self._supplier),
            ("customers", sold.customers, self._customer),
        ):
            yield from (Step(kind, row, partial(run, key, row)) for key, row in rows.items())
        yield Step("warehouses", whole, self._warehouse)
        yield Step("opening balances", whole, self._opening)

    def events(self) -> Iterable[Step]:
        """What happened, in the order of the days; on a day orders come before what leaves."""
        last, dated = self._sold.last_day(), list[tuple[date, int, Step]]()
        for one in self._sold.orders:
            dated.append((one.ordered_on, 0, Step("sales orders", one.row, partial(self._sell, one))))
            if one.shipped_on:
                dated.append((one.shipped_on, 1, Step("shipments", one.row, partial(self._ship, one, one.shipped_on))))
            else:
                dated.append((last, 2, Step("reservations", one.row, partial(self._approve, one, last))))
        yield from (step for *_, step in sorted(dated, key=lambda each: each[:2]))
        for key, row in self._sold.products.items():
            if row.text("discontinued") == "1":
                yield Step("discontinued products", row, partial(self._discontinue, key))

    def _by(self, seller: str, key: str, day: date) -> Call:
        return self.acting(self.id_of("seller", seller), key, day)

    async def _user(self, key: str, row: Row) -> None:
        names = row.text("first_name"), row.text("last_name")
        username = ".".join(names).lower()
        known = await users.user_id_of(username)
        if known is None:
            role = "MANAGER" if row.text("title") in _CHIEFS else "SELLER"
            known = (await auth.create_user(self._call, username=username, name=" ".join(names), roles=[role])).user_id
        self._ids["seller", key] = known

    async def _category(self, key: str, row: Row) -> None:
        call, name = self.acting(None, f"category/{key}"), row.text("category_name")
        self._ids["category", key] = (await categories.create_category(call, code=f"NW{key}", name=name)).category_id

    async def _product(self, key: str, row: Row) -> None:
        made = await catalog.create_product(
            self.acting(None, f"product/{key}"),
            code=f"NW-{key}",
            name=row.text("product_name"),
            category_id=self.id_of("category", row.text("category_id")),
            description=row.text("quantity_per_unit"),
        )
        sku = await catalog.create_sku(
            self.acting(None, f"sku/{key}"),
            product_id=made.product_id, code=f"NW-{key}", name=row.text("product_name"), unit="unit",
        )  # fmt: skip
        self._ids["sku", key] = sku.sku_id

    async def _supplier(self, key: str, row: Row) -> None:
        await partners.create_supplier(self.acting(None, f"supplier/{key}"), profile=_profile(f"NW-S{key}", row))

    async def _customer(self, key: str, row: Row) -> None:
        made = await partners.create_customer(self.acting(None, f"customer/{key}"), profile=_profile(key, row))
        self._ids["customer", key] = made.customer_id

    async def _warehouse(self) -> None:
        made = await warehouses.create_warehouse(self.acting(None, "warehouse"), code="NORTHWIND", name="Northwind")
        self._ids["warehouse", ""] = made.warehouse_id

    async def _opening(self) -> None:
        nothing = UnitPrice(0)
        lines = [
            openings.OpeningLine(sku_id=self.id_of("sku", key), quantity=quantity, unit_cost=nothing)
            for key, quantity in self._sold.had().items()
        ]
        await openings.post_opening_balance(
            self.acting(None, "opening_balance"),
            warehouse_id=self.id_of("warehouse", ""),
            business_date=self._sold.first_day(),
            lines=lines,
            note="All that left, and what is in stock at the end; what it cost is not known",
        )

    async def _sell(self, one: ClassicOrder) -> None:
        made = await sales.create_sales_order(
            self._by(one.seller, f"sales_order/{one.number}", one.ordered_on),
            customer_id=self.id_of("customer", one.customer),
            warehouse_id=self.id_of("warehouse", ""),
            external_number=one.number,
            lines=[
                AskedLine(
                    sku_id=self.id_of("sku", line.product),
                    quantity=line.quantity,
                    unit_price=line.unit_price,
                    discount=line.discount,
                )
                for line in one.lines
            ],
        )
        self._ids["sales order", one.number] = made.subject_id

    async def _approve(self, one: ClassicOrder, day: date) -> None:
        call = self._by(one.seller, f"sales_order/{one.number}/approve", day)
        await sales.approve_sales_order(call, sales_order_id=self.id_of("sales order", one.number))

    async def _ship(self, one: ClassicOrder, day: date) -> None:
        await self._approve(one, day)
        order_id = self.id_of("sales order", one.number)
        lines = zip(await line_ids("sales_order", order_id), one.lines, strict=True)
        await shipping.ship_goods(
            self._by(one.seller, f"sales_order/{one.number}/ship", day),
            sales_order_id=order_id,
            lines=[shipping.ShippedLine(sales_order_line_id=key, quantity=line.quantity) for key, line in lines],
        )

    async def _discontinue(self, key: str) -> None:
        call = self.acting(None, f"sku/{key}/discontinue")
        await catalog.update_sku(call, sku_id=self.id_of("sku", key), is_active=False)


def _profile(code: str, row: Row) -> Profile:
    return Profile(
        code=code,
        name=row.text("company_name"),
        contact_name=row.text("contact_name"),
        phone=row.text("phone"),
        address=", ".join(filter(None, (row.text(name) for name in ("address", "city", "country")))),
    )
