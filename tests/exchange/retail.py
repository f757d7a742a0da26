"""UCI Online Retail, carried out: each line becomes part of a sale, a return, a correction of stock, or is refused.

The file is not ours to ship: 541,909 lines of a British shop, of a year from December 2010 on. What becomes of a line:

| line | becomes |
|---|---|
| of goods, at a price or for somebody | a line of an order, which leaves at once; for nobody that of a walk-in (散客) |
| of an invoice that begins with C | a return of what that customer bought before at that price |
| below zero at no price | a write-off; above zero at no price and for nobody: found |
| of postage, fees, bad debts and the like | refused: no goods |
| that takes back what was not sold so before | refused |

What goods cost is not known, and all that ever leaves was there on the first day: in opening balances, at no cost. An
invoice is one transaction, so whoever is killed goes on behind the last one; what is refused stands in a file beside.
"""

import csv
import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import IO, Any

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.office.company.operations import update_company
from jxc_graphql.office.company.rules import Choice
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.selling.customer_returns import operations as returns
from jxc_graphql.selling.customer_returns.inspection import InspectedLine
from jxc_graphql.selling.customer_returns.models import CustomerReturnReason
from jxc_graphql.selling.customer_returns.rules import LineToReturn
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping import operations as shipping
from jxc_graphql.warehousing.adjustments import operations as adjustments
from jxc_graphql.warehousing.adjustments.models import AdjustmentReason
from jxc_graphql.warehousing.adjustments.rules import AskedAdjustment
from jxc_graphql.warehousing.openings import operations as openings

GOODS = re.compile(r"\d{5}\w{0,2}|DCGS\w*")
"""Codes of what lies on a shelf; others are postage, fees, vouchers, samples and manual entries."""
WALK_IN = "WALK-IN"
MOST_LINES = 500
"""Of an order or a return; of longer invoices the rest is one more."""
AT_ONCE = 200
"""Masters, and lines of opening balances, of one transaction."""


class Fate(StrEnum):
    """What becomes of a line."""

    SOLD = "SOLD"
    WALKED_IN = "WALKED_IN"
    RETURNED = "RETURNED"
    WRITTEN_OFF = "WRITTEN_OFF"
    FOUND = "FOUND"
    REFUSED = "REFUSED"


class Line(msgspec.Struct, frozen=True):
    """A line of the file."""

    number: int
    invoice: str
    code: str
    name: str
    quantity: int
    at: datetime
    price: Decimal
    customer: str
    fate: Fate
    why: str = ""
    """Why it is refused."""

    @property
    def day(self) -> date:
        return self.at.date()


def lines(path: Path) -> Iterator[Line]:
    """Those of a file, in its order, each with what is to become of it; it is never whole in memory."""
    with ExitStack() as stack:
        raw = stack.enter_context(_opened(path))
        for number, row in enumerate(csv.DictReader(raw), start=2):
            yield _line(number, row)


def _opened(path: Path) -> IO[str]:
    return gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="")


def _line(number: int, row: dict[str, str]) -> Line:
    code, customer = row["StockCode"].strip().upper(), row["CustomerID"].strip().removesuffix(".0")
    invoice, name = row["InvoiceNo"].strip(), row["Description"].strip()
    at = datetime.fromisoformat(row["InvoiceDate"]).replace(tzinfo=UTC)
    try:
        quantity, price = int(row["Quantity"]), Decimal(row["UnitPrice"])
    except (ValueError, InvalidOperation):
        quantity, price = 0, Decimal(0)
    fate, why = _fate(invoice, code, quantity, price, customer)
    return Line(number, invoice, code, name, quantity, at, price, customer or WALK_IN, fate, why)


def _fate(invoice: str, code: str, quantity: int, price: Decimal, customer: str) -> tuple[Fate, str]:
    if not GOODS.fullmatch(code):
        return Fate.REFUSED, "no goods"
    if price < 0 or not quantity:
        return Fate.REFUSED, "no price or no quantity"
    if invoice.startswith("C"):
        return (Fate.RETURNED, "") if quantity < 0 else (Fate.REFUSED, "a cancellation of nothing")
    if quantity < 0:
        return (Fate.REFUSED, "below zero, at a price, and no cancellation") if price else (Fate.WRITTEN_OFF, "")
    if customer:
        return Fate.SOLD, ""
    return (Fate.WALKED_IN, "") if price else (Fate.FOUND, "")


class Loader:
    """One run over a file; another one goes on where it ended."""

    def __init__(self, call: Call, path: Path, refusals: Path) -> None:
        self._call, self._path, self._refusals = call, path, refusals
        self._skus: dict[str, int] = {}
        self._customers: dict[str, int] = {}
        self._warehouse_id = 0
        self._done = set[str]()

    async def load(self) -> None:
        """Carries out what was not carried out before."""
        await self._masters()
        await self._known()
        with self._refusals.open("a") as file:
            for invoice, group in groupby(lines(self._path), key=lambda one: one.invoice):
                if invoice not in self._done:
                    await self._carry_out(file, invoice, list(group))

    async def _masters(self) -> None:
        """Who and what there is, and what there was on the first day; all of it in transactions of some hundreds."""
        names, left, people, first = dict[str, str](), Counter[str](), dict[str, None]({WALK_IN: None}), None
        for one in lines(self._path):
            first = first or one.at
            if one.fate is Fate.REFUSED:
                continue
            names[one.code] = names.get(one.code) or one.name or one.code
            left[one.code] += max(one.quantity, 0) if one.fate in {Fate.SOLD, Fate.WALKED_IN} else 0
            left[one.code] -= min(one.quantity, 0) if one.fate is Fate.WRITTEN_OFF else 0
            people[one.customer] = None
        assert first
        if not await db.fetch("SELECT 1 FROM warehouse WHERE code = 'RETAIL'"):
            await db.transactional(self._premises)(first)
        ((self._warehouse_id,),) = await db.fetch("SELECT id FROM warehouse WHERE code = 'RETAIL'")
        ((product_id,),) = await db.fetch("SELECT id FROM product WHERE code = 'RETAIL'")
        for codes in _chunks(sorted(names.keys() - await _there("sku"))):
            await db.transactional(self._goods)(first, product_id, codes, names, left)
        for codes in _chunks(sorted(people.keys() - await _there("customer"))):
            await db.transactional(self._people)(first, codes)
        self._skus = dict(await db.fetch("SELECT code, id FROM sku"))
        self._customers = dict(await db.fetch("SELECT code, id FROM customer"))

    async def _premises(self, first: datetime) -> None:
        await update_company(self._call, choice=Choice(books_open_on=first.date()))
        call = self._at(first)
        await warehouses.create_warehouse(call, code="RETAIL", name="Online Retail")
        category = await categories.create_category(call, code="RETAIL", name="Gifts")
        await catalog.create_product(call, code="RETAIL", name="Gifts", category_id=category.category_id)

    async def _goods(
        self, first: datetime, product_id: int, codes: list[str], names: dict[str, str], left: Counter[str]
    ) -> None:
        call, there = self._at(first), list[openings.OpeningLine]()
        for code in codes:
            made = await catalog.create_sku(call, product_id=product_id, code=code, name=names[code], unit="unit")
            if left[code]:
                quantity = Quantity.of(left[code])
                there.append(openings.OpeningLine(sku_id=made.sku_id, quantity=quantity, unit_cost=UnitPrice(0)))
        if there:
            note = "All that ever left; what it cost is not known"
            await openings.post_opening_balance(
                call, warehouse_id=self._warehouse_id, business_date=first.date(), lines=there, note=note
            )

    async def _people(self, first: datetime, codes: list[str]) -> None:
        for code in codes:
            await partners.create_customer(self._at(first), profile=Profile(code=code, name=f"Customer {code}"))

    async def _known(self) -> None:
        """The invoices that are carried out, or refused."""
        for table, column in (("sales_order", "external_number"), ("customer_return", "note"), ("adjustment", "note")):
            self._done |= {number for (number,) in await db.fetch(f"SELECT {column} FROM {table}")}
        if self._refusals.exists():
            with self._refusals.open() as file:
                self._done |= {invoice for invoice, *_, whole in map(json.loads, file) if whole}

    def _at(self, at: datetime) -> Call:
        return msgspec.structs.replace(self._call, at=at, business_date=at.date())

    async def _carry_out(self, file: IO[str], invoice: str, group: list[Line]) -> None:
        """Carries an invoice out in one transaction, and notes the lines that are refused."""
        by = defaultdict[Fate, list[Line]](list)
        for one in group:
            by[one.fate].append(one)
        refused = by.pop(Fate.REFUSED, [])
        if not by:
            _note(file, refused, whole=True)
            return

        @db.transactional
        async def carry_out() -> None:
            found = [*refused, *await self._invoice(invoice, by)]
            _note(file, found, whole=len(found) == len(group))  # before the commit: noted twice is noted once

        try:
            await carry_out()
        except Rejected as why:
            text = ", ".join(sorted({reason.code for reason in why.reasons}))
            _note(file, [msgspec.structs.replace(one, why=one.why or text) for one in group], whole=True)

    async def _invoice(self, invoice: str, by: dict[Fate, list[Line]]) -> list[Line]:
        """The lines that are refused of what else is carried out."""
        refused = list[Line]()
        for fate, group in by.items():
            call = self._at(group[0].at)
            match fate:
                case Fate.SOLD | Fate.WALKED_IN:
                    for part, some in enumerate(_chunks(group, MOST_LINES)):
                        await self._sell(call, invoice if not part else f"{invoice}/{part + 1}", some)
                case Fate.RETURNED:
                    for some in _chunks(group, MOST_LINES):
                        refused += await self._take_back(call, invoice, some)
                case _:
                    reason = AdjustmentReason.FOUND if fate is Fate.FOUND else AdjustmentReason.WRITE_OFF
                    await self._correct(call, invoice, reason, group)
        return refused

    async def _sell(self, call: Call, number: str, group: list[Line]) -> None:
        asked = [
            AskedLine(
                sku_id=self._skus[one.code], quantity=Quantity.of(one.quantity), unit_price=UnitPrice.of(str(one.price))
            )
            for one in group
        ]
        made = await sales.create_sales_order(
            call,
            customer_id=self._customers[group[0].customer],
            warehouse_id=self._warehouse_id,
            external_number=number,
            lines=asked,
        )
        await sales.approve_sales_order(call, sales_order_id=made.subject_id)
        rows = await db.fetch(
            "SELECT id FROM sales_order_line WHERE sales_order_id = ? ORDER BY line_no", (made.subject_id,)
        )
        left = [
            shipping.ShippedLine(sales_order_line_id=line_id, quantity=one.quantity)
            for (line_id,), one in zip(rows, asked, strict=True)
        ]
        await shipping.ship_goods(call, sales_order_id=made.subject_id, lines=left)

    async def _take_back(self, call: Call, invoice: str, group: list[Line]) -> list[Line]:
        back, refused = list[LineToReturn](), list[Line]()
        taken = Counter[int]()
        for one in group:
            found = await self._bought(one, taken)
            back += found
            refused += [] if found else [msgspec.structs.replace(one, why="not sold so before")]
        if back:
            made = await returns.create_customer_return(call, warehouse_id=self._warehouse_id, lines=back, note=invoice)
            await returns.approve_customer_return(call, customer_return_id=made.subject_id)
            rows = await db.fetch(
                "SELECT id, quantity FROM customer_return_line WHERE customer_return_id = ?", (made.subject_id,)
            )
            came = [InspectedLine(customer_return_line_id=key, quantity=Quantity(quantity)) for key, quantity in rows]
            await returns.receive_customer_return(call, customer_return_id=made.subject_id, lines=came)
        return refused

    async def _bought(self, one: Line, taken: Counter[int]) -> list[LineToReturn]:
        """The lines of shipments, newest first, of which a customer brings so much back; none where he has less."""
        rows = await db.fetch(
            """
            SELECT line.id, line.quantity - line.quantity_returned FROM sales_order AS bought
            JOIN sales_order_line AS asked
                ON asked.sales_order_id = bought.id AND asked.sku_id = ? AND asked.unit_price = ?
            JOIN shipment_line AS line ON line.sales_order_line_id = asked.id
            WHERE bought.customer_id = ? AND line.quantity > line.quantity_returned ORDER BY line.id DESC LIMIT 50""",
            (self._skus[one.code], UnitPrice.of(str(one.price)), self._customers[one.customer]),
        )
        wanted, found = int(Quantity.of(-one.quantity)), list[LineToReturn]()
        for line_id, there in rows:
            part = min(wanted, there - taken[line_id])
            if part > 0:
                found.append(
                    LineToReturn(
                        shipment_line_id=line_id, quantity=Quantity(part), reason=CustomerReturnReason.UNWANTED
                    )
                )
                wanted -= part
        if wanted:
            return []
        taken.update({each.shipment_line_id: int(each.quantity) for each in found})
        return found

    async def _correct(self, call: Call, invoice: str, reason: AdjustmentReason, group: list[Line]) -> None:
        asked = [
            AskedAdjustment(
                sku_id=self._skus[one.code],
                quantity=Quantity.of(one.quantity),
                unit_cost=UnitPrice(0) if one.quantity > 0 else None,
            )
            for one in group
        ]
        made = await adjustments.create_adjustment(
            call, warehouse_id=self._warehouse_id, reason=reason, lines=asked, note=invoice
        )
        await adjustments.post_adjustment(call, adjustment_id=made.subject_id)


def _note(file: IO[str], refused: list[Line], *, whole: bool) -> None:
    """`whole`: nothing else is left of their invoice."""
    file.writelines(json.dumps([one.invoice, one.number, one.why, whole]) + "\n" for one in refused)
    file.flush()


async def _there(table: str) -> set[str]:
    return {code for (code,) in await db.fetch(f"SELECT code FROM {table}")}


def _chunks(some: list[Any], size: int = AT_ONCE) -> Iterable[list[Any]]:
    return (some[begin : begin + size] for begin in range(0, len(some), size))
