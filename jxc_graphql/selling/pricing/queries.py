"""What price lists, promotions and minimum prices say of goods, as orders need it."""
# ruff: noqa: S608  (statements are made of our own names; values are parameters)

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.fen import PLACES, unit_of
from jxc_graphql.kit.numbers import Money, Quantity, Ratio, UnitPrice
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.selling.pricing.models import PromotionKind, PromotionStep
from jxc_graphql.selling.pricing.promotions import KnownPromotion
from jxc_graphql.selling.pricing.rules import KnownListPrice, PricesAndPromotions


class Deal(msgspec.Struct, frozen=True, kw_only=True):
    """For whom prices are looked up: a customer, where the goods leave from, on which day, in which currency.

    Without a warehouse nothing of a branch holds; without a currency it is that of the books.
    """

    customer_id: int
    warehouse_id: int | None
    day: date
    currency: str | None


def _holds(table: str) -> str:
    """Whether something holds for a customer and a branch on a day, which is two parameters."""
    return (
        f"{table}.is_active AND {table}.starts_on <= ? AND ({table}.ends_on IS NULL OR {table}.ends_on >= ?) "
        f"AND ({table}.level_id IS NULL OR {table}.level_id = customer.level_id) "
        f"AND ({table}.branch_id IS NULL OR {table}.branch_id = warehouse.branch_id)"
    )


async def prices_and_promotions(call: Call, deal: Deal, sku_ids: Collection[int]) -> PricesAndPromotions | None:
    """What holds for these SKUs in a deal; two statements, and none for no SKU.

    None where there are none, or the caller sees no such customer.
    """
    if not sku_ids or not call.sees(Dimension.CUSTOMER, deal.customer_id):
        return None
    found, promotions = await db.together(_prices(deal, sku_ids), _promotions(deal, sku_ids))
    return msgspec.structs.replace(found, promotions=promotions) if found else None


_PRICES = f"""
    SELECT company.currency, coalesce(?, company.currency),
        (SELECT places FROM currency WHERE code = coalesce(?, company.currency)),
        price.sku_id, list.id, list.code, list.customer_id, list.level_id, list.branch_id, list.priority, list.currency,
        list.prices_include_tax, price.unit_price, price.from_quantity, coalesce(unit.numerator, 1),
        coalesce(unit.denominator, 1)
    FROM {{asked}} AS asked JOIN company ON 1 = 1 JOIN customer ON customer.id = ?
    LEFT JOIN warehouse ON warehouse.id = ?
    LEFT JOIN (list_price AS price JOIN price_list AS list ON list.id = price.price_list_id)
        ON price.sku_id = asked.sku_id AND {_holds("list")}
        AND (list.customer_id IS NULL OR list.customer_id = customer.id)
    LEFT JOIN sku_unit AS unit ON unit.id = price.unit_id"""


async def _prices(deal: Deal, sku_ids: Collection[int]) -> PricesAndPromotions | None:
    rows = await db.fetch(
        _PRICES.format(asked=db.rows({"sku_id": "bigint"})),
        (
            deal.currency, deal.currency, db.json([sku_id] for sku_id in set(sku_ids)), deal.customer_id,
            deal.warehouse_id, deal.day, deal.day,
        ),
    )  # fmt: skip
    if not rows:
        return None
    prices: dict[int, list[KnownListPrice]] = defaultdict(list)
    for _, _, _, sku_id, *row in rows:
        if sku_id is not None:
            prices[sku_id].append(_price(sku_id, row))
    base, currency, places, *_ = rows[0]
    unit = unit_of(PLACES if places is None else places)
    return PricesAndPromotions(customer_id=deal.customer_id, currency=currency, base=base, unit=unit, prices=prices)


def _price(sku_id: int, row: Sequence[Any]) -> KnownListPrice:
    list_id, code, customer_id, level_id, branch_id, priority, currency, with_tax, unit_price, above, *ratio = row
    return KnownListPrice(
        price_list_id=list_id,
        code=code,
        customer_id=customer_id,
        level_id=level_id,
        branch_id=branch_id,
        priority=priority,
        currency=currency,
        prices_include_tax=bool(with_tax),
        sku_id=sku_id,
        unit_price=UnitPrice(unit_price),
        from_quantity=Quantity(above),
        numerator=ratio[0],
        denominator=ratio[1],
    )


_ABOVE = """
    WITH RECURSIVE above (sku_id, category_id) AS (
        SELECT sku.id, sku.category_id FROM {asked} AS asked JOIN sku ON sku.id = asked.sku_id
        WHERE sku.category_id IS NOT NULL
        UNION SELECT above.sku_id, category.parent_id FROM above JOIN category ON category.id = above.category_id
        WHERE category.parent_id IS NOT NULL)"""
_SAYS = (
    "id", "code", "step", "kind", "combines", "priority", "currency", "prices_include_tax", "percent", "amount",
    "minimum_quantity", "minimum_amount", "buy_quantity", "free_quantity",
)  # fmt: skip


async def _promotions(deal: Deal, sku_ids: Collection[int]) -> list[KnownPromotion]:
    table = db.rows({"sku_id": "bigint"})
    asked = db.json([sku_id] for sku_id in set(sku_ids))
    rows = await db.fetch(
        f"{_ABOVE.format(asked=table)} SELECT {', '.join(f'promotion.{name}' for name in _SAYS)}, asked.sku_id "
        f"FROM {table} AS asked JOIN customer ON customer.id = ? LEFT JOIN warehouse ON warehouse.id = ? "
        "JOIN promotion ON (promotion.sku_id IS NULL OR promotion.sku_id = asked.sku_id) "
        "AND (promotion.category_id IS NULL OR EXISTS (SELECT 1 FROM above "
        "WHERE above.sku_id = asked.sku_id AND above.category_id = promotion.category_id)) "
        f"AND {_holds('promotion')}",
        (asked, asked, deal.customer_id, deal.warehouse_id, deal.day, deal.day),
    )
    said = {row[0]: row[1:-1] for row in rows}
    about: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        about[row[0]].add(row[-1])
    return [_promotion(promotion_id, row, frozenset(about[promotion_id])) for promotion_id, row in said.items()]


def _promotion(promotion_id: int, row: Sequence[Any], sku_ids: frozenset[int]) -> KnownPromotion:
    code, step, kind, combines, priority, currency, with_tax, *numbers = row
    percent, amount, minimum_quantity, minimum_amount, buy_quantity, free_quantity = map(int, numbers)
    return KnownPromotion(
        promotion_id=promotion_id,
        code=code,
        step=PromotionStep(step),
        kind=PromotionKind(kind),
        combines=bool(combines),
        priority=priority,
        currency=currency,
        prices_include_tax=bool(with_tax),
        percent=Ratio(percent),
        amount=Money(amount),
        minimum_quantity=Quantity(minimum_quantity),
        minimum_amount=Money(minimum_amount),
        buy_quantity=Quantity(buy_quantity),
        free_quantity=Quantity(free_quantity),
        sku_ids=sku_ids,
    )
