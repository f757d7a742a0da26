"""Carrying out a history through the operations, day by day, as if it had been kept here."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.receiving import operations as receiving
from jxc_graphql.exchange.imports.cells import SentRow
from jxc_graphql.exchange.loading import Loading, LoadSummary, Progress, Step, line_ids
from jxc_graphql.exchange.northwind import SAMPLE, History, Line, NorthwindProduct, Person, Purchase, Sale, read_history
from jxc_graphql.exchange.sheet import Row
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import AskedPrice, Profile
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth import queries as users
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping import operations as shipping
from jxc_graphql.warehousing.limits.operations import WantedLimit, set_stock_limits
from jxc_graphql.warehousing.openings import operations as openings

SOURCE = "northwind_2007"
UNIT = "unit"
EVENTS = ("purchase orders", "approvals", "goods receipts", "sales orders", "shipments", "reservations")
"""What happens on one day, in this order: goods come before they go, and go before others wait for them."""


class Numbered(Protocol):
    """What stands in a row of its own."""

    @property
    def row(self) -> Row:
        """The row."""


T = TypeVar("T", bound=Numbered)


async def load(
    call: Call, progress: Progress = lambda *_: None, folder: Path = SAMPLE, *, through: date | None = None
) -> LoadSummary:
    """Loads Northwind Traders 2007 from its CSV files; what was loaded before stays as it is.

    With a last day (`through`) its days are moved so that this is its last one, and everything is recorded on its own
    day, as if it had been kept here. Raises `SheetMissing` when a file cannot be used, `Forbidden` unless the caller
    may do all that happened.
    """
    call.require(Permission.POST_LATE_DOCUMENTS)
    history = read_history(folder)
    later = through - history.last_day() if through else timedelta()
    loading = _Northwind(call, history, later, first_day=history.first_day() + later if through else None)
    await loading.carry_out([*loading.masters(), *loading.events()], progress)
    return loading.summary


class _Northwind(Loading):
    """One run, in which everything happened so much later."""

    def __init__(self, call: Call, history: History, later: timedelta, *, first_day: date | None) -> None:
        super().__init__(call, SOURCE, first_day=first_day)
        self._history = history
        self._later = later
        self.refused, self.adapted = history.refused, history.adapted

    def masters(self) -> list[Step]:
        """Who and what there is, and what there was on the first day."""
        history, whole = self._history, Row(file="products.csv", line=1, cells=SentRow(number=1, cells={}))
        return [
            *_steps("users", history.employees, self._user),
            *_steps("products", history.products, self._product),
            *_steps("suppliers", history.suppliers, self._supplier),
            *_steps("customers", history.customers, self._customer),
            Step("warehouses", whole, self._warehouse),
            Step("stock limits", whole, self._limits),
            *([Step("opening balances", whole, self._opening)] if history.lacking() else []),
        ]

    def events(self) -> list[Step]:
        """What happened, in the order of the days."""
        dated: list[tuple[date, Step]] = []
        for number, order in self._history.purchases.items():
            dated.append((order.submitted_on, Step("purchase orders", order.row, partial(self._order, number, order))))
            if order.approved_on:
                dated.append((order.approved_on, Step("approvals", order.row, partial(self._approve, number, order))))
            for day, lines in order.arrivals():
                run = partial(self._receive, number, order, day, lines)
                dated.append((day, Step("goods receipts", lines[0].row, run)))
        for number, sale in self._history.sales.items():
            dated.append((sale.ordered_on, Step("sales orders", sale.row, partial(self._sell, number, sale))))
            if sale.shipped_on:
                run = partial(self._ship, number, sale, sale.shipped_on)
                dated.append((sale.shipped_on, Step("shipments", sale.row, run)))
            elif sale.is_binding:
                run = partial(self._reserve, number, sale, sale.ordered_on)
                dated.append((sale.ordered_on, Step("reservations", sale.row, run)))
        return [step for _, step in sorted(dated, key=lambda each: (each[0], EVENTS.index(each[1].kind)))]

    def _as(self, employee: int | None, key: str, day: date | None = None) -> Call:
        actor_id = None if employee is None else self.id_of("employee", employee)
        return self.acting(actor_id, key, day and day + self._later)

    def _clerk(self, key: str) -> Call:
        """The same employee in every load for what nobody is named for."""
        return self._as(next(iter(self._history.employees), None), key)

    async def _user(self, number: int, person: Person) -> None:
        known = await users.user_id_of(person.code)
        if known is None:
            role = "MANAGER" if {"Manager", "President"} & set(person.job.replace(",", "").split()) else "SELLER"
            fact = await auth.create_user(self._call, username=person.code, name=person.contact, roles=[role])
            known = fact.user_id
        self._ids["employee", number] = known

    async def _product(self, number: int, product: NorthwindProduct) -> None:
        category = ("category", product.category)
        if category not in self._ids:
            call = self._clerk(f"category/{product.category}")
            made = await categories.create_category(call, code=product.category, name=product.category)
            self._ids[category] = made.category_id
        created = await catalog.create_product(
            self._clerk(f"product/{number}"),
            code=product.code,
            name=product.name,
            category_id=self._ids[category],
            description=product.packing,
        )
        sku = await catalog.create_sku(
            self._clerk(f"sku/{number}"),
            product_id=created.product_id,
            code=product.code,
            name=product.name,
            unit=UNIT,
        )
        self._ids["product", number] = sku.sku_id

    async def _supplier(self, number: int, person: Person) -> None:
        fact = await partners.create_supplier(self._clerk(f"supplier/{number}"), profile=_profile(person))
        self._ids["supplier", number] = fact.supplier_id
        lead_time_days = self._history.lead_time_days()[number]
        prices = [
            AskedPrice(
                sku_id=self.id_of("product", key),
                unit_price=product.cost,
                minimum_quantity=product.minimum,
                lead_time_days=lead_time_days,
                is_preferred=product.supplier_ids[0] == number,
            )
            for key, product in self._history.products.items()
            if number in product.supplier_ids
        ]
        if prices:
            call = self._clerk(f"supplier_prices/{number}")
            await partners.set_supplier_prices(call, supplier_id=fact.supplier_id, prices=prices)

    async def _customer(self, number: int, person: Person) -> None:
        fact = await partners.create_customer(self._clerk(f"customer/{number}"), profile=_profile(person))
        self._ids["customer", number] = fact.customer_id

    async def _warehouse(self) -> None:
        fact = await warehouses.create_warehouse(self._clerk("warehouse"), code="MAIN", name="Northwind Traders")
        self._ids["warehouse", "MAIN"] = fact.warehouse_id

    async def _limits(self) -> None:
        limits = [
            WantedLimit(
                sku_id=self.id_of("product", number),
                warehouse_id=self.id_of("warehouse", "MAIN"),
                limit=product.limit,
                target=product.target,
            )
            for number, product in self._history.products.items()
        ]
        await set_stock_limits(self._clerk("stock_limits"), limits=limits)

    async def _opening(self) -> None:
        lacking = self._history.lacking()
        lines = [
            openings.OpeningLine(
                sku_id=self.id_of("product", number), quantity=quantity, unit_cost=self._history.products[number].cost
            )
            for number, (quantity, _) in lacking.items()
        ]
        await openings.post_opening_balance(
            self._clerk("opening_balance"),
            warehouse_id=self.id_of("warehouse", "MAIN"),
            business_date=self._history.first_day() + self._later,
            lines=lines,
            note="What was shipped before it came",
        )
        for number, (quantity, line) in lacking.items():
            code = self._history.products[number].code
            text = f"shipped before it came: {quantity} of {code} are in the opening balance"
            self.adapted.append(line.row.remark(text))

    async def _order(self, number: int, order: Purchase) -> None:
        fact = await purchasing.create_purchase_order(
            self._as(order.author_id, f"purchase_order/{number}", order.submitted_on),
            supplier_id=self.id_of("supplier", order.supplier_id),
            warehouse_id=self.id_of("warehouse", "MAIN"),
            lines=self._lines(order.lines),
            note=order.row.text("notes"),
        )
        self._ids["purchase order", number] = fact.subject_id
        if not order.is_draft:
            call = self._as(order.author_id, f"purchase_order/{number}/submit", order.submitted_on)
            await purchasing.submit_purchase_order(call, purchase_order_id=fact.subject_id)

    async def _approve(self, number: int, order: Purchase) -> None:
        call = self._as(order.approver_id, f"purchase_order/{number}/approve", order.approved_on)
        await purchasing.approve_purchase_order(call, purchase_order_id=self.id_of("purchase order", number))

    async def _receive(self, number: int, order: Purchase, day: date, lines: list[Line]) -> None:
        purchase_order_id = self.id_of("purchase order", number)
        known = await line_ids("purchase_order", purchase_order_id)
        ids = {line.row.line: line_id for line, line_id in zip(order.lines, known, strict=True)}
        await receiving.receive_goods(
            self._as(order.author_id, f"purchase_order/{number}/receive/{day}", day),
            purchase_order_id=purchase_order_id,
            lines=[
                receiving.ReceivedLine(purchase_order_line_id=ids[line.row.line], quantity_accepted=line.quantity)
                for line in lines
            ],
        )

    async def _sell(self, number: int, sale: Sale) -> None:
        fact = await sales.create_sales_order(
            self._as(sale.seller_id, f"sales_order/{number}", sale.ordered_on),
            customer_id=self.id_of("customer", sale.customer_id),
            warehouse_id=self.id_of("warehouse", "MAIN"),
            lines=self._lines(sale.lines),
        )
        self._ids["sales order", number] = fact.subject_id
        call = self._as(sale.seller_id, f"sales_order/{number}/submit", sale.ordered_on)
        await sales.submit_sales_order(call, sales_order_id=fact.subject_id)

    async def _reserve(self, number: int, sale: Sale, day: date) -> None:
        call = self._as(sale.seller_id, f"sales_order/{number}/approve", day)
        await sales.approve_sales_order(call, sales_order_id=self.id_of("sales order", number))

    async def _ship(self, number: int, sale: Sale, day: date) -> None:
        await self._reserve(number, sale, day)
        sales_order_id = self.id_of("sales order", number)
        known = await line_ids("sales_order", sales_order_id)
        await shipping.ship_goods(
            self._as(sale.seller_id, f"sales_order/{number}/ship", day),
            sales_order_id=sales_order_id,
            lines=[
                shipping.ShippedLine(sales_order_line_id=line_id, quantity=line.quantity)
                for line, line_id in zip(sale.lines, known, strict=True)
            ],
        )

    def _lines(self, lines: list[Line]) -> list[AskedLine]:
        return [
            AskedLine(sku_id=self.id_of("product", line.product_id), quantity=line.quantity, unit_price=line.unit_price)
            for line in lines
        ]


def _steps(kind: str, things: Mapping[int, T], run: Callable[[int, T], Awaitable[None]]) -> list[Step]:
    return [Step(kind, thing.row, partial(run, number, thing)) for number, thing in things.items()]


def _profile(person: Person) -> Profile:
    return Profile(
        code=person.code, name=person.name, contact_name=person.contact, phone=person.phone, address=person.address
    )
