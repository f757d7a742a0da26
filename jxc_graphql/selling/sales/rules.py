"""What is allowed in sales, and what follows from it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from jxc_graphql.books.goods.ledger import ClaimKind, LevelKey, LostDemand, Wish
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.catalog.queries import KnownSku
from jxc_graphql.masters.partners.queries import KnownCustomer
from jxc_graphql.office.documents.lines import AskedLine, LineToPrice, asked_of
from jxc_graphql.office.documents.redrafting import LineChange
from jxc_graphql.office.documents.states import DocumentStatus
from jxc_graphql.selling.pricing import rules as pricing
from jxc_graphql.selling.pricing.models import PriceSource
from jxc_graphql.selling.pricing.rules import PricesAndPromotions, RulePrice
from jxc_graphql.selling.sales.models import SalesOrder, SalesOrderLine, SalesOrderLineStatus
from jxc_graphql.selling.sales.queries import LineToShip

BINDING = frozenset({DocumentStatus.APPROVED, DocumentStatus.PARTIALLY_SHIPPED})
"""Orders that goods are kept for and that still take goods."""


class CustomerInactive(Reason, frozen=True, kw_only=True):
    """We do not sell to this customer any more."""

    customer: str


def asked_again(line: Any) -> LineToPrice:
    """What was asked for a line: a price that a list gave was left out, and what promotions gave nobody typed."""
    asked = asked_of(LineToPrice, line)
    if not is_by_rules(line):
        return asked
    return msgspec.structs.replace(asked, unit_price=None, discount=line.discount - line.promotion_discount)


def is_by_rules(line: Any) -> bool:
    """Whether its price is what a list gave."""
    source = pricing.price_source(line.price_list_id, line.list_price, line.unit_price)
    return source is PriceSource.PRICE_LIST


def every_line(lines: Iterable[Any]) -> list[LineChange[LineToPrice]]:
    """A change of a draft that names all lines and leaves them as they are."""
    made: Any = LineChange[LineToPrice]
    return [made(id=line.id) for line in lines]


class Agreed(msgspec.Struct, frozen=True, kw_only=True):
    """Lines with their prices and discounts: what is kept of the rules by column, what they said, what is wrong."""

    lines: Sequence[AskedLine]
    kept: Mapping[str, list[Any]]
    said: Sequence[RulePrice | None]
    wrong: Sequence[Reason]


def agreed(
    asked: Sequence[LineToPrice],
    goods: Mapping[int, KnownSku],
    known: PricesAndPromotions | None,
    *,
    prices_include_tax: bool,
) -> Agreed:
    """The lines with the prices and discounts that rules give where none is typed.

    Nothing is said of what else is wrong, such as a customer whom nobody knows.
    """
    found: list[RulePrice | None] = [None] * len(asked)
    if known:
        found = pricing.rule_prices(asked, goods, known, prices_include_tax=prices_include_tax)
    lines, wrong = list[AskedLine](), list[Reason]()
    for index, (line, rule) in enumerate(zip(asked, found, strict=True)):
        price, discount = line.unit_price, line.discount
        if rule and known:
            if rule.used is None:
                path = ("lines", index, "unit_price")
                wrong.append(pricing.missing(line, goods[line.sku_id], rule, known.customer_id, path))
            else:
                price = rule.used.unit_price
            discount = discount if discount < 0 else discount + rule.discount
        given = {"unit_price": UnitPrice(0) if price is None else price, "discount": discount}
        lines.append(AskedLine(**msgspec.structs.asdict(line) | given))
    rules = [rule or RulePrice() for rule in found]
    kept: dict[str, list[Any]] = {
        "price_list_id": [one.used and one.used.price_list_id for one in rules],
        "list_price": [line.unit_price for line in lines],
        "promotion_discount": [one.discount for one in rules],
        "given_promotions": [kept_promotions(one) for one in rules],
    }
    return Agreed(lines=lines, kept=kept, said=found, wrong=wrong)


def kept_promotions(rule: RulePrice) -> str:
    """What promotions gave a line, as it keeps it."""
    return msgspec.json.encode([(one.promotion_id, int(one.discount)) for one in rule.given]).decode()


def remember(lines: Iterable[Any], before: Mapping[int, Any]) -> None:
    """Has lines that stay know what a list gave them, though a price was typed over it since."""
    for line in lines:
        old = before.get(line.id)
        if (
            old
            and old.price_list_id
            and line.price_list_id is None
            and (old.sku_id, old.unit) == (line.sku_id, line.unit)
        ):
            line.price_list_id, line.list_price = old.price_list_id, old.list_price


def wishes(order: SalesOrder, lines: Iterable[SalesOrderLine]) -> list[Wish]:
    """What an order asks of the book of goods: whatever is outstanding."""
    return [wish(order, line, outstanding(line)) for line in lines]


def wish(order: SalesOrder, line: SalesOrderLine | LineToShip, quantity: Quantity) -> Wish:
    """That so much is asked for a line of it, since it was approved."""
    return Wish(
        owner_id=line.id,
        document_id=order.id,
        kind=ClaimKind.SALES_ORDER,
        sku_id=line.sku_id,
        warehouse_id=order.warehouse_id,
        quantity=quantity,
        approved_at=order.approved_at,
    )


def outstanding(line: SalesOrderLine) -> Quantity:
    """What of a line has neither left nor been cancelled."""
    return quantity_outstanding(line.quantity, line.quantity_shipped, line.quantity_cancelled)


def quantity_outstanding(quantity: Quantity, quantity_shipped: Quantity, quantity_cancelled: Quantity) -> Quantity:
    """What is outstanding of so much."""
    return quantity - quantity_shipped - quantity_cancelled


def missed(
    order: SalesOrder, lines: Iterable[SalesOrderLine], given_up: Mapping[int, Quantity]
) -> list[tuple[LevelKey, LostDemand]]:
    """What customers wanted of each SKU who get none of it any more: nobody promised what was never approved.

    What is taken off the whole order is no part of what a line would have come to.
    """
    if order.approved_at is None:
        return []
    return [
        ((line.sku_id, order.warehouse_id), _lost(order, line, quantity))
        for line in lines
        if (quantity := given_up.get(line.id))
    ]


def _lost(order: SalesOrder, line: SalesOrderLine, quantity: Quantity) -> LostDemand:
    return LostDemand(
        quantity=quantity,
        ordered=line.quantity,
        typed=line.amount - line.discount,
        tax_rate=line.tax_rate,
        prices_include_tax=order.prices_include_tax,
        exchange_rate=order.exchange_rate,
        base_places=order.base_places,
    )


def line_status(quantity: Quantity, quantity_shipped: Quantity, quantity_cancelled: Quantity) -> SalesOrderLineStatus:
    """How far a line has come."""
    if quantity_outstanding(quantity, quantity_shipped, quantity_cancelled):
        return SalesOrderLineStatus.PARTIALLY_SHIPPED if quantity_shipped else SalesOrderLineStatus.OPEN
    if quantity_cancelled:
        return SalesOrderLineStatus.CLOSED if quantity_shipped else SalesOrderLineStatus.CANCELLED
    return SalesOrderLineStatus.SHIPPED


def check_customer(customer: KnownCustomer | None, path: Path = ("customer_id",)) -> Iterator[Reason]:
    """Whether one may sell to a customer."""
    if customer is None:
        yield UnknownId(path=path, kind="Customer")
    elif not customer.is_active:
        yield CustomerInactive(path=path, customer=customer.name)


def status_of(progress: Iterable[tuple[Quantity, Quantity, Quantity]]) -> DocumentStatus:
    """Where a binding order stands, by what of each line was ordered, left, and was cancelled."""
    lines = [*progress]
    left, cancelled = any(one for _, one, _ in lines), any(one for *_, one in lines)
    if any(quantity_outstanding(*one) for one in lines):
        return DocumentStatus.PARTIALLY_SHIPPED if left else DocumentStatus.APPROVED
    if not left:
        return DocumentStatus.CANCELLED
    return DocumentStatus.CLOSED if cancelled else DocumentStatus.SHIPPED
