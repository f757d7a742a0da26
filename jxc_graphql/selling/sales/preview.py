"""What lines would cost a customer, and why: which rule gives each price, which lose, and what it was last time."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections.abc import Collection, Iterator, Sequence

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import NotFound, Reason, UnknownId, reject_if
from jxc_graphql.kit.fen import PLACES, unit_of
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice, amount
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.taxes import queries as taxes
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.documents import amounts
from jxc_graphql.office.documents.amounts import PricingTerms
from jxc_graphql.office.documents.lines import LineToPrice
from jxc_graphql.office.documents.models import IN_ITSELF
from jxc_graphql.selling.pricing import queries as pricing
from jxc_graphql.selling.pricing.models import PriceOutcome, PriceSource
from jxc_graphql.selling.pricing.queries import Deal
from jxc_graphql.selling.pricing.rules import PricesAndPromotions, RulePrice, price_source
from jxc_graphql.selling.sales import operations, rules
from jxc_graphql.selling.sales.models import SalesOrder, SalesOrderLine

_NOTHING = Money(0)


class LookedAt(msgspec.Struct, frozen=True, kw_only=True):
    """A price list, or a promotion, that might have said something of a line, and what became of it."""

    line_no: int
    code: str
    outcome: PriceOutcome
    price_list_id: int | None = None
    promotion_id: int | None = None
    unit_price: UnitPrice = UnitPrice(0)
    discount: Money = _NOTHING


class PreviewedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as an order would have it."""

    line_no: int
    sku_id: int
    unit: str
    quantity: Quantity
    is_priced: bool
    price_source: PriceSource
    price_list_id: int | None
    list_price: UnitPrice
    unit_price: UnitPrice
    discount: Money
    promotion_discount: Money
    net: Money
    tax: Money
    gross: Money
    below_minimum: Money
    margin: Money | None
    last_price: UnitPrice | None
    last_unit: str
    looked_at: Sequence[LookedAt]


class KnownOfSku(msgspec.Struct, frozen=True, kw_only=True):
    """What else is known of a SKU: the least that it is sold for, what it costs, and what the customer paid last."""

    minimum: UnitPrice | None = None
    unit_cost: UnitPrice | None = None
    last_price: UnitPrice | None = None
    last_unit: str = ""


async def price_preview(
    call: Call, deal: Deal, lines: Sequence[LineToPrice], *, prices_include_tax: bool
) -> list[PreviewedLine]:
    """Each line as an order of this deal would have it; five statements at most, however many lines.

    Raises `NotFound` for a customer whom the caller does not see, and `Rejected` for lines that no order could have.
    """
    call.require(Permission.SEE_SALES)
    sku_ids = {line.sku_id for line in lines}
    goods, codes, known, besides = await db.together(
        catalog.skus(sku_ids),
        taxes.asked_for(lines),
        pricing.prices_and_promotions(call, deal, sku_ids),
        _besides(call, deal, sku_ids),
    )
    if lines and known is None:
        raise NotFound(UnknownId(path=("customer_id",), kind="Customer"))
    agreed = rules.agreed(lines, goods, known, prices_include_tax=prices_include_tax)
    order = SalesOrder(business_date=deal.day, prices_include_tax=prices_include_tax)
    drawn, wrong = operations.lines_agreed(order, lines, agreed, goods, codes, line=SalesOrderLine)
    reject_if(wrong)
    assert known
    reject_if(_settled(drawn, known, prices_include_tax=prices_include_tax))
    return [
        _shown(line, rule, besides.get(line.sku_id, KnownOfSku()), is_base=known.currency == known.base)
        for line, rule in zip(drawn, agreed.said, strict=True)
    ]


def _settled(lines: Sequence[SalesOrderLine], known: PricesAndPromotions, *, prices_include_tax: bool) -> list[Reason]:
    places = next(places for places in range(PLACES + 1) if unit_of(places) == known.unit)
    terms = PricingTerms(
        prices_include_tax=prices_include_tax, discount=_NOTHING, currency=known.currency, exchange_rate=IN_ITSELF,
        currency_places=places, base_places=places,
    )  # fmt: skip
    counted, wrong = amounts.come_to(lines, terms)
    amounts.put(lines, counted)
    return wrong


def _shown(line: SalesOrderLine, rule: RulePrice | None, besides: KnownOfSku, *, is_base: bool) -> PreviewedLine:
    least = amount(line.quantity, besides.minimum) if besides.minimum and is_base else _NOTHING
    cost = None if besides.unit_cost is None or not is_base else amount(line.quantity, besides.unit_cost)
    return PreviewedLine(
        line_no=line.line_no,
        sku_id=line.sku_id,
        unit=line.unit,
        quantity=line.quantity,
        is_priced=rule is None or rule.used is not None,
        price_source=price_source(line.price_list_id, line.list_price, line.unit_price),
        price_list_id=line.price_list_id,
        list_price=line.list_price,
        unit_price=line.unit_price,
        discount=line.discount,
        promotion_discount=line.promotion_discount,
        net=line.net,
        tax=line.tax,
        gross=line.gross,
        below_minimum=max(_NOTHING, least - line.net),
        margin=None if cost is None else line.net - cost,
        last_price=besides.last_price,
        last_unit=besides.last_unit,
        looked_at=[*_looked_at(line.line_no, rule)] if rule else [],
    )


def _looked_at(line_no: int, rule: RulePrice) -> Iterator[LookedAt]:
    for one in rule.lists:
        yield LookedAt(
            line_no=line_no,
            code=one.code,
            outcome=one.outcome,
            price_list_id=one.price_list_id,
            unit_price=one.unit_price or UnitPrice(0),
        )
    for each in rule.promotions:
        yield LookedAt(
            line_no=line_no,
            code=each.code,
            outcome=each.outcome,
            promotion_id=each.promotion_id,
            discount=each.discount,
        )


async def _besides(call: Call, deal: Deal, sku_ids: Collection[int]) -> dict[int, KnownOfSku]:
    """What else is known of SKUs, as far as the caller may see it; one statement."""
    within = call.within(Dimension.WAREHOUSE)
    limited = within is not None
    seen = f"AND sold.warehouse_id IN (SELECT id FROM {db.rows({'id': 'bigint'})} AS seen)" if limited else ""
    rows = await db.fetch(
        "SELECT asked.sku_id, minimum_price.net_price, stock_level.unit_cost, last.unit_price, last.unit "
        f"FROM {db.rows({'sku_id': 'bigint'})} AS asked "
        "LEFT JOIN minimum_price ON minimum_price.sku_id = asked.sku_id "
        "LEFT JOIN stock_level ON stock_level.sku_id = asked.sku_id AND stock_level.warehouse_id = ? "
        "LEFT JOIN sales_order_line AS last ON last.id = (SELECT line.id FROM sales_order_line AS line "
        "JOIN sales_order AS sold ON sold.id = line.sales_order_id WHERE line.sku_id = asked.sku_id "
        f"AND sold.customer_id = ? AND sold.approved_at IS NOT NULL AND sold.status <> 'CANCELLED' {seen} "
        "ORDER BY line.id DESC LIMIT 1)",
        (
            db.json([sku_id] for sku_id in sku_ids), deal.warehouse_id, deal.customer_id,
            *([db.json([one] for one in within)] if within is not None else []),
        ),
    )  # fmt: skip
    sees_cost = (
        Permission.SEE_COST in call.permissions
        and deal.warehouse_id is not None
        and call.sees(Dimension.WAREHOUSE, deal.warehouse_id)
    )
    return {
        sku_id: KnownOfSku(
            minimum=None if minimum is None else UnitPrice(minimum),
            unit_cost=UnitPrice(unit_cost) if unit_cost is not None and sees_cost else None,
            last_price=None if last_price is None else UnitPrice(last_price),
            last_unit=last_unit or "",
        )
        for sku_id, minimum, unit_cost, last_price, last_unit in rows
    }
