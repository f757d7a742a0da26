"""Northwind Traders 2007 as a history: who and what there was, and what happened on which day. No database here."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from statistics import median_low
from typing import TypeVar

import msgspec

from jxc_graphql.exchange.sheet import Remark, Row, Unusable, read
from jxc_graphql.kit.numbers import Quantity, UnitPrice

SAMPLE = Path(__file__).parent / "northwind_2007"

PURCHASE_NEW, PURCHASE_SUBMITTED = 0, 1
ORDER_SHIPPED, ORDER_CLOSED = 2, 3
LINE_ALLOCATED, LINE_INVOICED, LINE_SHIPPED = 1, 2, 3

T = TypeVar("T")


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """An employee, supplier or customer."""

    row: Row
    code: str
    name: str
    contact: str
    job: str
    phone: str
    address: str


class NorthwindProduct(msgspec.Struct, frozen=True, kw_only=True):
    """A product, which is its own only SKU; suppliers in order of preference."""

    row: Row
    code: str
    name: str
    category: str
    packing: str
    cost: UnitPrice
    supplier_ids: list[int]
    minimum: Quantity
    limit: Quantity
    target: Quantity


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an order; `received_on` only where goods of a purchase arrived."""

    row: Row
    product_id: int
    quantity: Quantity
    unit_price: UnitPrice
    received_on: date | None = None


class Purchase(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase order; not approved without `approved_on`."""

    row: Row
    supplier_id: int
    author_id: int
    approver_id: int
    submitted_on: date
    approved_on: date | None
    is_draft: bool
    lines: list[Line]

    def days(self) -> list[date]:
        """On which days something was done about it."""
        done = [day for day in (self.submitted_on, self.approved_on) if day]
        return done + [day for day, _ in self.arrivals()]

    def arrivals(self) -> list[tuple[date, list[Line]]]:
        """What came on which day, nothing of it before the order was approved."""
        approved_on = self.approved_on
        if approved_on is None:
            return []
        came = sorted((max(line.received_on, approved_on), line.row.line) for line in self.lines if line.received_on)
        by_row = {line.row.line: line for line in self.lines}
        return [(day, [by_row[row] for _, row in rows]) for day, rows in groupby(came, key=itemgetter(0))]


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """A sales order; `is_binding` when stock was allocated to it, shipped only with `shipped_on`."""

    row: Row
    customer_id: int
    seller_id: int
    ordered_on: date
    shipped_on: date | None
    is_binding: bool
    lines: list[Line]


class History(msgspec.Struct, kw_only=True):
    """Everything that can be read, by Northwind's own numbers, and what is to say about the rest."""

    employees: dict[int, Person]
    suppliers: dict[int, Person]
    customers: dict[int, Person]
    products: dict[int, NorthwindProduct]
    purchases: dict[int, Purchase]
    sales: dict[int, Sale]
    refused: list[Remark]
    adapted: list[Remark]

    def first_day(self) -> date:
        """When it begins; it has at least one order."""
        days = [purchase.submitted_on for purchase in self.purchases.values()]
        return min(days + [sale.ordered_on for sale in self.sales.values()])

    def last_day(self) -> date:
        """When it ends; it has at least one order."""
        days = [day for purchase in self.purchases.values() for day in purchase.days()]
        return max(days + [sale.shipped_on or sale.ordered_on for sale in self.sales.values()])

    def lead_time_days(self) -> dict[int, int]:
        """How long each supplier took from order to arrival, as a median; where unknown, as long as the others."""
        taken: dict[int, list[int]] = {}
        for purchase in self.purchases.values():
            days = [(day - purchase.submitted_on).days for day, _ in purchase.arrivals()]
            taken.setdefault(purchase.supplier_id, []).extend(days)
        usual = median_low([day for days in taken.values() for day in days] or [0])
        return {each: median_low(taken.get(each) or [usual]) for each in self.suppliers}

    def lacking(self) -> dict[int, tuple[Quantity, Line]]:
        """What was shipped before it came: the most each product lacked, and the line where it shows."""
        moves = [
            (day, 0, line, int(line.quantity))
            for purchase in self.purchases.values()
            for day, lines in purchase.arrivals()
            for line in lines
        ]
        moves += [
            (sale.shipped_on, 1, line, -int(line.quantity))
            for sale in self.sales.values()
            if sale.shipped_on
            for line in sale.lines
        ]
        stock: Counter[int] = Counter()
        lacking: dict[int, tuple[Quantity, Line]] = {}
        for _, _, line, quantity in sorted(moves, key=itemgetter(0, 1)):
            stock[line.product_id] += quantity
            worst = lacking[line.product_id][0] if line.product_id in lacking else 0
            if -stock[line.product_id] > worst:
                lacking[line.product_id] = (Quantity(-stock[line.product_id]), line)
        return lacking


class _Reader:
    """Reads the files of one folder and keeps what it cannot use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.refused: list[Remark] = []
        self.adapted: list[Remark] = []

    def rows_by_number(self, name: str, columns: str, make: Callable[[Row], T]) -> dict[int, T]:
        """The usable rows of a file by their number."""
        found: dict[int, T] = {}
        for row in read(self._folder, name, {"id", *columns.split()}, also={"notes"}):
            try:
                found[row.key("id")] = make(row)
            except Unusable as why:
                self.refused.append(row.remark(str(why)))
        return found

    def lines_by_order(self, name: str, columns: str, owner: str, make: Callable[[Row], Line]) -> dict[int, list[Line]]:
        """The usable lines of a file by the number of their order."""
        found: dict[int, list[Line]] = {}
        for line in self.rows_by_number(name, f"{owner} {columns}", make).values():
            found.setdefault(line.row.key(owner), []).append(line)
        return found

    def refuse_orphans(self, lines: Mapping[int, list[Line]], orders: Mapping[int, object]) -> None:
        """Refuses the lines of orders that are not there."""
        self.refused += [
            line.row.remark(f"its order {number} is not there, or was refused")
            for number, own in lines.items()
            if number not in orders
            for line in own
        ]


def read_history(folder: Path = SAMPLE) -> History:
    """The history in the files of a folder; raises `SheetMissing` where one is missing."""
    reader = _Reader(folder)
    persons = "company last_name first_name email_address job_title business_phone address city state_province"
    employees = reader.rows_by_number(
        "employees.csv", persons, lambda row: _person(row, row.text("email_address").partition("@")[0])
    )
    suppliers = reader.rows_by_number("suppliers.csv", persons, lambda row: _person(row, f"S{row.key('id'):03d}"))
    customers = reader.rows_by_number("customers.csv", persons, lambda row: _person(row, f"C{row.key('id'):03d}"))
    products = _products(reader)
    return History(
        employees=employees,
        suppliers=suppliers,
        customers=customers,
        products=products,
        purchases=_purchases(reader, employees, suppliers, products),
        sales=_sales(reader, employees, customers, products),
        refused=reader.refused,
        adapted=reader.adapted,
    )


def _person(row: Row, code: str) -> Person:
    if not code:
        raise Unusable("there is nothing to tell this row from others by")
    address = [row.text(column) for column in ("address", "city", "state_province")]
    name = " ".join(filter(None, (row.text("first_name"), row.text("last_name"))))
    return Person(
        row=row,
        code=code,
        name=row.text("company"),
        contact=name,
        job=row.text("job_title"),
        phone=row.text("business_phone"),
        address=", ".join(filter(None, address)),
    )


def _products(reader: _Reader) -> dict[int, NorthwindProduct]:
    codes: set[str] = set()

    def product(row: Row) -> NorthwindProduct:
        code = row.text("product_code")
        if code in codes:
            code = f"{code.rpartition('-')[0]}-{row.key('id')}"
            reader.adapted.append(row.remark(f"code {row.text('product_code')} is another product's: loaded as {code}"))
        codes.add(code)
        return NorthwindProduct(
            row=row,
            code=code,
            name=row.text("product_name"),
            category=row.text("category"),
            packing=row.text("quantity_per_unit"),
            cost=row.number("standard_cost", UnitPrice),
            supplier_ids=row.keys("supplier_ids"),
            minimum=row.number("minimum_reorder_quantity", Quantity)
            if row.text("minimum_reorder_quantity")
            else Quantity(0),
            limit=row.number("reorder_level", Quantity),
            target=row.number("target_level", Quantity),
        )

    columns = (
        "product_code product_name category quantity_per_unit standard_cost supplier_ids reorder_level target_level"
    )
    return reader.rows_by_number("products.csv", f"{columns} minimum_reorder_quantity", product)


def _line(row: Row, products: Mapping[int, NorthwindProduct], price: str) -> Line:
    product_id = _known(row, "product_id", products)
    quantity = row.number("quantity", Quantity)
    if quantity <= 0:
        raise Unusable(f"quantity: {quantity} of {products[product_id].code} is nothing to order")
    received_on = row.day("date_received") if row.cells.has("date_received") else None
    return Line(
        row=row,
        product_id=product_id,
        quantity=quantity,
        unit_price=row.number(price, UnitPrice),
        received_on=received_on,
    )


def _known(row: Row, column: str, others: Mapping[int, object]) -> int:
    key = row.key(column)
    if key not in others:
        raise Unusable(f"{column}: there is no {key}, or it was refused")
    return key


def _purchases(
    reader: _Reader,
    employees: Mapping[int, Person],
    suppliers: Mapping[int, Person],
    products: Mapping[int, NorthwindProduct],
) -> dict[int, Purchase]:
    lines = reader.lines_by_order(
        "purchase_order_details.csv",
        "product_id quantity unit_cost date_received",
        "purchase_order_id",
        lambda row: _line(row, products, "unit_cost"),
    )

    def purchase(row: Row) -> Purchase:
        submitted_on = _first(row.day("submitted_date"), row.day("creation_date"))
        is_approved = row.key("status_id") > PURCHASE_SUBMITTED
        author = next(_authors(row, employees), None)
        if author is None:
            raise Unusable("created_by, submitted_by: nobody that is known")
        return Purchase(
            row=row,
            supplier_id=_known(row, "supplier_id", suppliers),
            author_id=author,
            approver_id=_known(row, "approved_by", employees) if is_approved else author,
            submitted_on=submitted_on,
            approved_on=max(submitted_on, row.day("approved_date") or submitted_on) if is_approved else None,
            is_draft=row.key("status_id") == PURCHASE_NEW,
            lines=_some(lines.get(row.key("id"))),
        )

    columns = "supplier_id created_by submitted_by submitted_date creation_date status_id approved_by approved_date"
    found = reader.rows_by_number("purchase_orders.csv", columns, purchase)
    reader.refuse_orphans(lines, found)
    return found


def _sales(
    reader: _Reader,
    employees: Mapping[int, Person],
    customers: Mapping[int, Person],
    products: Mapping[int, NorthwindProduct],
) -> dict[int, Sale]:
    def line(row: Row) -> Line:
        if row.number("discount", Quantity):
            raise Unusable(f"discount: {row.text('discount')} cannot be kept")
        return _line(row, products, "unit_price")

    lines = reader.lines_by_order(
        "order_details.csv", "product_id quantity unit_price discount status_id", "order_id", line
    )

    def sale(row: Row) -> Sale:
        own = _some(lines.get(row.key("id")))
        shipped_on = row.day("shipped_date") if row.key("status_id") in {ORDER_SHIPPED, ORDER_CLOSED} else None
        states = {each.row.key("status_id") for each in own}
        if shipped_on is None and states & {LINE_INVOICED, LINE_SHIPPED}:
            reader.adapted.append(row.remark("its lines are invoiced but it never shipped: the stock is kept reserved"))
        return Sale(
            row=row,
            customer_id=_known(row, "customer_id", customers),
            seller_id=_known(row, "employee_id", employees),
            ordered_on=_first(row.day("order_date")),
            shipped_on=shipped_on,
            is_binding=shipped_on is not None or bool(states & {LINE_ALLOCATED, LINE_INVOICED, LINE_SHIPPED}),
            lines=own,
        )

    found = reader.rows_by_number("orders.csv", "employee_id customer_id order_date shipped_date status_id", sale)
    reader.refuse_orphans(lines, found)
    return found


def _authors(row: Row, employees: Mapping[int, Person]) -> Iterator[int]:
    for column in ("created_by", "submitted_by"):
        if row.text(column) and row.key(column) in employees:
            yield row.key(column)


def _first(*days: date | None) -> date:
    known = [day for day in days if day]
    if not known:
        raise Unusable("no date")
    return min(known)


def _some(lines: list[Line] | None) -> list[Line]:
    if not lines:
        raise Unusable("no line of it can be loaded")
    return lines
