"""What is allowed with quotes, and what is ordered of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated

import msgspec

from jxc_graphql.books.goods.ledger import ClaimKind, Wish
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.fen import part_of_total, unit_of
from jxc_graphql.kit.numbers import Money, Quantity, check_positive
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.office.documents.rules import check_line_count
from jxc_graphql.office.documents.states import DocumentStatus
from jxc_graphql.selling.quotes.models import Quote, QuoteLine
from jxc_graphql.selling.sales.models import SalesOrder, SalesOrderLine

MOST_DAYS = 36_500
"""For how many days a quote may be valid."""


class QuoteOver(Reason, frozen=True, kw_only=True):
    """The last day of the quote is over: put a newer version in its place."""

    valid_through: date


class QuoteStillValid(Reason, frozen=True, kw_only=True):
    """The last day of the quote is not over yet."""

    valid_through: date


class NotAhead(Reason, frozen=True, kw_only=True):
    """A quote is valid through today at least, and for a hundred years at most."""

    starts_on: date
    ends_on: date


class MoreThanQuoted(Reason, frozen=True, kw_only=True):
    """More is ordered of a line than is left of what was quoted."""

    left: Quantity
    asked: Quantity


class NothingToOrder(Reason, frozen=True, kw_only=True):
    """Nothing is left of the quote that could be ordered."""


class QuotedPart(msgspec.Struct, frozen=True, kw_only=True):
    """So much of a line of a quote."""

    quote_line_id: int
    """Of which line."""
    quantity: Annotated[Quantity, check_positive]
    """How much, in the unit of the line; more than 0."""


class OrderedPart(msgspec.Struct, frozen=True, kw_only=True):
    """What is ordered of a line: in its unit, and in the base unit."""

    line: QuoteLine
    in_unit: Quantity
    quantity: Quantity


def left(line: QuoteLine) -> Quantity:
    """How much of a line may still be ordered, in the base unit."""
    return Quantity(line.quantity - line.quantity_ordered)


def wishes(quote: Quote, lines: Iterable[QuoteLine]) -> list[Wish]:
    """What a quote asks of the book of goods through its last day: whatever may still be ordered."""
    return [
        Wish(
            owner_id=line.id,
            document_id=quote.id,
            kind=ClaimKind.QUOTE,
            sku_id=line.sku_id,
            warehouse_id=quote.warehouse_id,
            quantity=left(line),
            lasts_through=quote.valid_through,
        )
        for line in lines
    ]


def wish_instead(order: SalesOrder, line: SalesOrderLine) -> Wish:
    """What a line of an order asks for, for good, that was asked for by a quote."""
    return Wish(
        owner_id=line.id,
        document_id=order.id,
        kind=ClaimKind.SALES_ORDER,
        sku_id=line.sku_id,
        warehouse_id=order.warehouse_id,
        quantity=line.quantity,
    )


def check_valid(valid_through: date, today: date, path: Path = ("valid_through",)) -> Iterator[Reason]:
    """Whether a quote may be valid through a day."""
    last = date.fromordinal(min(today.toordinal() + MOST_DAYS, date.max.toordinal() - 1))
    if not today <= valid_through <= last:
        yield NotAhead(path=path, starts_on=today, ends_on=last)


def check_open(quote: Quote, today: date, path: Path = ("id",)) -> Iterator[Reason]:
    """Whether the day of a quote is not over yet, whatever its status says."""
    if quote.valid_through < today:
        yield QuoteOver(path=path, valid_through=quote.valid_through)


def check_over(quote: Quote, today: date) -> Iterator[Reason]:
    """Whether the day of a quote is over."""
    if quote.valid_through >= today:
        yield QuoteStillValid(path=("id",), valid_through=quote.valid_through)


def parts(lines: Mapping[int, QuoteLine], asked: Sequence[QuotedPart]) -> tuple[list[OrderedPart], list[Reason]]:
    """What is ordered of which line, all that is left where nothing is named; and what is wrong with that."""
    if not asked:
        rest = [_part(line, left(line)) for line in lines.values() if left(line)]
        return rest, [] if rest else [NothingToOrder(path=("id",))]
    wrong, found, seen = [*check_line_count(len(asked), 500)], list[OrderedPart](), set[int]()
    for index, one in enumerate(asked[:500]):
        path, line = ("lines", index), lines.get(one.quote_line_id)
        wrong += check_positive(one.quantity, (*path, "quantity"))
        if line is None or one.quote_line_id in seen:
            wrong.append(UnknownId(path=(*path, "quote_line_id"), kind="QuoteLine"))
            continue
        seen.add(line.id)
        most = _in_unit(line, left(line))
        if one.quantity > most:
            wrong.append(MoreThanQuoted(path=(*path, "quantity"), left=most, asked=one.quantity))
        base = int(one.quantity) * int(line.quantity) // int(line.quantity_in_unit)
        found.append(OrderedPart(line=line, in_unit=one.quantity, quantity=Quantity(base)))
    return found, wrong


def _in_unit(line: QuoteLine, quantity: Quantity) -> Quantity:
    """A quantity of a line in its unit; whole for what was ordered in it."""
    return Quantity(int(quantity) * int(line.quantity_in_unit) // int(line.quantity))


def _part(line: QuoteLine, quantity: Quantity) -> OrderedPart:
    return OrderedPart(line=line, in_unit=_in_unit(line, quantity), quantity=quantity)


def asked_of(quote: Quote, ordered: Iterable[OrderedPart]) -> list[AskedLine]:
    """What an order asks for that takes these parts: at the prices of the quote, with their part of its discounts.

    Parts of a discount add up to it, whatever is ordered when.
    """
    unit = unit_of(quote.currency_places)
    return [
        AskedLine(
            sku_id=one.line.sku_id,
            quantity=one.in_unit,
            unit=one.line.unit,
            unit_price=one.line.unit_price,
            tax_code_id=one.line.tax_code_id,
            discount=_discount(one, one.line.discount + one.line.discount_share, unit),
        )
        for one in ordered
    ]


def _discount(one: OrderedPart, whole: Money, unit: int) -> Money:
    return part_of_total(whole, one.line.quantity_ordered, one.quantity, one.line.quantity, unit)


def check_drawn(ordered: Sequence[OrderedPart], drawn: Sequence[SalesOrderLine], path: Path) -> Iterator[Reason]:
    """Whether what an order asks for is no more than what is left, by what units are worth today."""
    for part, line in zip(ordered, drawn, strict=True):
        if line.quantity > left(part.line):
            yield MoreThanQuoted(path=path, left=left(part.line), asked=line.quantity)


def status_of(lines: Iterable[QuoteLine]) -> DocumentStatus:
    """Where a quote stands of which something is ordered."""
    return DocumentStatus.PARTIALLY_ORDERED if any(left(line) for line in lines) else DocumentStatus.ORDERED
