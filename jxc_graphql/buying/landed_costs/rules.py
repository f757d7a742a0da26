"""How a landed cost is shared over what receipts brought."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Annotated

import msgspec

from jxc_graphql.books.goods.ledger import Charge
from jxc_graphql.books.goods.valuation import shares
from jxc_graphql.buying.landed_costs.models import LandedCost, LandedCostLine, LandedCostMethod
from jxc_graphql.buying.receiving.queries import ReceivedGoods
from jxc_graphql.kit.errors import Reason, UnknownId
from jxc_graphql.kit.fen import check_whole_fen, shared, unit_of
from jxc_graphql.kit.numbers import Money, Quantity, check_not_negative, check_positive
from jxc_graphql.masters.partners.queries import KnownSupplier
from jxc_graphql.office.documents.rules import EmptyDocument, TooManyLines

MOST_RECEIPTS = 50
"""Receipts over which one cost is shared."""
MOST_LINES = 1_000
"""Lines that these may have together."""
TOLD = frozenset({LandedCostMethod.WEIGHT, LandedCostMethod.VOLUME})
"""What the goods do not know of themselves."""


class NothingToShareBy(Reason, frozen=True, kw_only=True):
    """Nothing that a cost could fall to: all weights are 0, or all goods went back."""


class WeightsNotAsked(Reason, frozen=True, kw_only=True):
    """Weights are told where a cost is shared by weight or volume, and nowhere else."""


class OtherWarehouse(Reason, frozen=True, kw_only=True):
    """The receipt came to another warehouse than the first: land its costs apart."""


class LineWeight(msgspec.Struct, frozen=True, kw_only=True):
    """What the goods of a line weigh, or the room they take."""

    goods_receipt_line_id: int
    """The line of the receipt."""
    weight: Annotated[Quantity, check_not_negative]
    """How much all of it weighs, or takes, in one measure for all lines; what is not told is 0."""


def check_receipts(receipt_ids: Sequence[int], found: Mapping[int, ReceivedGoods]) -> Iterator[Reason]:
    """Whether there are these receipts, to one warehouse, and not too many."""
    if not receipt_ids:
        yield EmptyDocument(path=("goods_receipt_ids",))
    for count, most in ((len(receipt_ids), MOST_RECEIPTS), (len(found), MOST_LINES)):
        if count > most:
            yield TooManyLines(path=("goods_receipt_ids",), lines=count, limit=most)
    places = {one.goods_receipt_id: one.warehouse_id for one in found.values()}
    first = next((places[one] for one in receipt_ids if one in places), None)
    for index, receipt_id in enumerate(receipt_ids[:MOST_RECEIPTS]):
        path = ("goods_receipt_ids", index)
        if receipt_id not in places or receipt_id in receipt_ids[:index]:
            yield UnknownId(path=path, kind="GoodsReceipt")
        elif places[receipt_id] != first:
            yield OtherWarehouse(path=path)


def check_supplier(supplier: KnownSupplier | None) -> Iterator[Reason]:
    """Whether there is whoever is owed; he may be on hold, for what he did is done."""
    if supplier is None:
        yield UnknownId(path=("supplier_id",), kind="Supplier")


def check_amounts(net: Money, tax: Money, places: int) -> Iterator[Reason]:
    """Whether somebody can be owed so much."""
    yield from check_positive(net, ("net",))
    yield from check_not_negative(tax, ("tax",))
    for name, money in (("net", net), ("tax", tax)):
        yield from check_whole_fen(money, (name,), places)


def check_weights(method: LandedCostMethod, weights: Sequence[LineWeight], known: Collection[int]) -> Iterator[Reason]:
    """Whether weights are told of lines that there are, where they are asked for."""
    if bool(weights) != (method in TOLD):
        yield WeightsNotAsked(path=("weights",))
        return
    for index, one in enumerate(weights[:MOST_LINES]):
        yield from check_not_negative(one.weight, ("weights", index, "weight"))
        if one.goods_receipt_line_id not in known:
            yield UnknownId(path=("weights", index, "goods_receipt_line_id"), kind="GoodsReceiptLine")


def kept(came: ReceivedGoods) -> Quantity:
    """How much of a line did not go back."""
    return came.quantity - came.returned


def in_order(receipt_ids: Sequence[int], came: Mapping[int, ReceivedGoods]) -> list[ReceivedGoods]:
    """What came, receipt by receipt as they are named, line by line."""
    return sorted(came.values(), key=lambda one: (receipt_ids.index(one.goods_receipt_id), one.id))


def lines_of_cost(
    cost: LandedCost, came: Sequence[ReceivedGoods], told: Mapping[int, Quantity]
) -> list[LandedCostLine]:
    """The lines of a landed cost with their shares of it; none where there is nothing to share by."""
    weights = [Money(_weight(one, cost.method, told)) for one in came]
    if not any(weights):
        return []
    parts = shared(Money(cost.base_net), weights, unit_of(cost.base_places))
    return [
        LandedCostLine(
            landed_cost_id=cost.id,
            line_no=line_no,
            sku_id=one.sku_id,
            goods_receipt_id=one.goods_receipt_id,
            goods_receipt_line_id=one.id,
            quantity=kept(one),
            weight=told.get(one.id, Quantity(0)) if cost.method in TOLD else None,
            share=part,
        )
        for line_no, (one, part) in enumerate(zip(came, parts, strict=True), 1)
    ]


def _weight(one: ReceivedGoods, method: LandedCostMethod, told: Mapping[int, Quantity]) -> int:
    """How much of a cost falls to a line: nothing where all of it went back."""
    match method:
        case LandedCostMethod.VALUE:
            return int(shares(one.value, [one.returned, kept(one)])[1])
        case LandedCostMethod.QUANTITY:
            return int(kept(one))
        case _:
            return int(told.get(one.id, Quantity(0))) if kept(one) else 0


def charges(lines: Sequence[LandedCostLine], came: Mapping[int, ReceivedGoods], *, sign: int = 1) -> list[Charge]:
    """What the book of goods is asked for: what went back to the supplier bears nothing."""
    return [
        Charge(
            line_id=line.goods_receipt_line_id,
            amount=Money(sign * line.share),
            besides=came[line.goods_receipt_line_id].returned,
            path=("id",),
        )
        for line in lines
    ]
