"""What is allowed with returns of customers, and what follows from it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

import msgspec

from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.fen import unit_of, worth
from jxc_graphql.kit.numbers import (
    LIMIT,
    Money,
    Quantity,
    UnitPrice,
    check_not_negative,
    check_positive,
    check_total,
    out_of_bounds,
)
from jxc_graphql.masters.catalog.queries import KnownSku
from jxc_graphql.office.documents import amounts
from jxc_graphql.office.documents.amounts import COLUMNS
from jxc_graphql.office.documents.lines import MAX_ORDER_LINES, AskedLine, SkuInactive
from jxc_graphql.office.documents.reversing import check_left
from jxc_graphql.office.documents.rules import check_line_count
from jxc_graphql.selling.customer_returns.models import (
    CustomerReturn,
    CustomerReturnLine,
    CustomerReturnReason,
    CustomerReturnResolution,
)
from jxc_graphql.selling.shipping.sold import DeliveredLine

_EXCHANGED = ("exchange_sku_id", "exchange_quantity", "exchange_price")
_PER_PRICE = 10**UnitPrice.places
NOTHING = Quantity(0)


class OtherSale(Reason, frozen=True, kw_only=True):
    """A line was sold to another customer, by another seller, in another currency or at another rate than the first."""


class NoExchange(Reason, frozen=True, kw_only=True):
    """What goes out in exchange is told only of lines that are exchanged."""


class ExchangeOpen(Reason, frozen=True, kw_only=True):
    """What goes out in exchange is ordered, so the return is not given up before that order is."""

    sales_order_id: int


class LineToReturn(msgspec.Struct, frozen=True, kw_only=True):
    """What of one line of a shipment is to come back; name it again for another reason or resolution."""

    shipment_line_id: int
    """The line with which it left."""
    quantity: Annotated[Quantity, check_positive]
    """How much, in `unit`; more than 0."""
    unit: str | None = None
    """A unit of the SKU, such as 箱; by default its base unit."""
    reason: CustomerReturnReason
    """Why (退货原因)."""
    resolution: CustomerReturnResolution = CustomerReturnResolution.RETURN
    """What the customer gets for it (处理方式)."""
    exchange_sku_id: int | None = None
    """What goes out in exchange; by default the same SKU."""
    exchange_quantity: Annotated[Quantity | None, check_positive] = None
    """How much of that, in its base unit; by default as much as comes back."""
    exchange_price: Annotated[UnitPrice | None, check_not_negative] = None
    """What one unit of that costs, with tax; by default all of it costs what comes back comes to."""


def asked_of(line: CustomerReturnLine) -> LineToReturn:
    """What was asked for a line that is there; what it says by default follows what it says else."""
    named = {name: getattr(line, name) for name in LineToReturn.__struct_fields__}
    named["quantity"] = line.quantity_in_unit
    if line.exchange_sku_id == line.sku_id:
        named["exchange_sku_id"] = None
    if line.exchange_quantity in {line.quantity, NOTHING}:
        named["exchange_quantity"] = None
    return LineToReturn(**named)


def difference(exchange_gross: Money, gross: Money) -> Money:
    """What a customer pays when what goes out in exchange is set off against what comes back; below zero: he gets."""
    return exchange_gross - gross


def skus_of(asked: Iterable[LineToReturn], sold: Mapping[int, DeliveredLine]) -> set[int]:
    """The SKUs that lines name: what comes back, and what goes out for it."""
    found = {sold[one.shipment_line_id].sku_id for one in asked if one.shipment_line_id in sold}
    return found | {one.exchange_sku_id for one in asked if one.exchange_sku_id is not None}


def drawn(
    document: CustomerReturn,
    asked: Sequence[LineToReturn],
    sold: Mapping[int, DeliveredLine],
    goods: Mapping[int, KnownSku],
) -> tuple[list[CustomerReturnLine], list[Reason]]:
    """The lines of a return of this, and everything that is wrong with them."""
    problems = [*check_line_count(len(asked), MAX_ORDER_LINES)]
    lines = list[CustomerReturnLine]()
    first = next((sold[one.shipment_line_id].sale for one in asked if one.shipment_line_id in sold), None)
    for index, one in enumerate(asked[:MAX_ORDER_LINES]):
        path: Path = ("lines", index)
        left = sold.get(one.shipment_line_id)
        if left is None:
            problems.append(UnknownId(path=(*path, "shipment_line_id"), kind="ShipmentLine"))
            continue
        if left.sale != first:
            problems.append(OtherSale(path=(*path, "shipment_line_id")))
        quantity = goods[left.sku_id].in_base(one.unit, one.quantity, (*path, "unit" if one.unit else "quantity"))
        wrong = [*check_positive(one.quantity, (*path, "quantity")), *_check_exchange(one, left.sku_id, goods, path)]
        wrong += [quantity] if isinstance(quantity, Reason) else []
        problems += wrong
        if not wrong and not isinstance(quantity, Reason):
            unit = one.unit or goods[left.sku_id].unit
            lines.append(_line(document, one, left, line_no=index + 1, unit=unit, quantity=quantity))
            problems += _check_worth(lines[-1], path)
    problems += check_returned(lines, sold)
    return lines, problems or [*put_amounts(document, lines, sold)]


def _check_exchange(one: LineToReturn, sku_id: int, goods: Mapping[int, KnownSku], path: Path) -> Iterator[Reason]:
    if one.resolution is not CustomerReturnResolution.EXCHANGE:
        yield from (NoExchange(path=(*path, name)) for name in _EXCHANGED if getattr(one, name) is not None)
        return
    instead = goods.get(one.exchange_sku_id or sku_id)
    if instead is None:
        yield UnknownId(path=(*path, "exchange_sku_id"), kind="Sku")
    elif not instead.is_active:
        yield SkuInactive(path=(*path, "exchange_sku_id"), sku=instead.code)
    if one.exchange_quantity is not None:
        yield from check_positive(one.exchange_quantity, (*path, "exchange_quantity"))
    if one.exchange_price is not None:
        yield from check_not_negative(one.exchange_price, (*path, "exchange_price"))


def _check_worth(line: CustomerReturnLine, path: Path) -> Iterator[Reason]:
    if line.exchange_price is not None:
        yield from check_total(worth(line.exchange_quantity, line.exchange_price), (*path, "exchange_price"))


def _line(document: CustomerReturn, one: LineToReturn, left: DeliveredLine, **told: Any) -> CustomerReturnLine:
    instead = one.resolution is CustomerReturnResolution.EXCHANGE
    return CustomerReturnLine(
        customer_return_id=document.id,
        shipment_line_id=left.id,
        sku_id=left.sku_id,
        quantity_in_unit=one.quantity,
        reason=one.reason,
        resolution=one.resolution,
        exchange_sku_id=one.exchange_sku_id or left.sku_id,
        exchange_quantity=(one.exchange_quantity or told["quantity"]) if instead else NOTHING,
        exchange_price=one.exchange_price,
        cost=Money(0),
        **told,
    )


def check_returned(
    lines: Sequence[CustomerReturnLine], sold: Mapping[int, DeliveredLine], path: Path | None = None
) -> Iterator[Reason]:
    """Whether more is to come back of a line than is left of it, over all lines of a return; told where first named.

    `path`: where it is told instead.
    """
    first: dict[int, int] = {}
    asked: dict[int, Quantity] = {}
    for line in lines:
        first.setdefault(line.shipment_line_id, line.line_no - 1)
        asked[line.shipment_line_id] = asked.get(line.shipment_line_id, NOTHING) + line.quantity
    for line_id, quantity in asked.items():
        one = sold[line_id]
        yield from check_left(
            one.quantity, one.quantity_returned, quantity, path or ("lines", first[line_id], "quantity")
        )


def put_amounts(
    document: CustomerReturn, lines: Sequence[CustomerReturnLine], sold: Mapping[int, DeliveredLine]
) -> Iterator[Reason]:
    """Writes into a draft and its lines what it comes to, and what goes out for it; tells what is too much."""
    left = {line_id: msgspec.structs.replace(one) for line_id, one in sold.items()}
    for line in lines:
        one = left[line.shipment_line_id]
        line.update_from_dict(one.comes_to(line.quantity).columns)
        one.quantity_returned += line.quantity
        line.exchange_gross = exchange_gross(line, unit_of(one.currency_places))
    of_document: dict[str, Any] = amounts.added_up(lines)
    of_document["exchange_gross"] = Money.total(line.exchange_gross for line in lines)
    document.update_from_dict(of_document)
    document.base_exchange_gross = amounts.in_books(document, document.exchange_gross)
    if max(of_document.values()) > LIMIT or document.base_exchange_gross > LIMIT:
        yield out_of_bounds(Money, ("lines",))


def exchange_gross(line: CustomerReturnLine, unit: int) -> Money:
    """What is paid for what goes out for a line."""
    if line.resolution is not CustomerReturnResolution.EXCHANGE:
        return Money(0)
    if line.exchange_price is None:
        return Money(line.gross)
    return worth(line.exchange_quantity, line.exchange_price, unit)


def goods_instead(
    document: CustomerReturn, lines: Iterable[CustomerReturnLine], sold: Mapping[int, DeliveredLine]
) -> list[AskedLine]:
    """What goes out in exchange, as an order asks for it at prices with tax; the same SKU is taxed as it was."""
    unit = unit_of(document.currency_places)
    return [
        AskedLine(
            sku_id=line.exchange_sku_id,
            quantity=line.exchange_quantity,
            unit_price=price,
            discount=worth(line.exchange_quantity, price, unit) - line.exchange_gross,
            tax_code_id=sold[line.shipment_line_id].tax_code_id if line.exchange_sku_id == line.sku_id else None,
        )
        for line in lines
        if line.exchange_quantity
        for price in [line.exchange_price if line.exchange_price is not None else _even(line)]
    ]


def _even(line: CustomerReturnLine) -> UnitPrice:
    """The price at which what goes out comes to no less than what it is to cost; a discount takes off the rest."""
    return UnitPrice(-(-int(line.exchange_gross) * _PER_PRICE // int(line.exchange_quantity)))


AMOUNTS = (*COLUMNS, "exchange_gross", "base_exchange_gross")
"""The columns of a return that follow from its lines."""
