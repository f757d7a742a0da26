"""What documents trade with whom, and what follows from it."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import msgspec

from jxc_graphql.books.goods.ledger import Posted
from jxc_graphql.books.trades import Trade
from jxc_graphql.kit.numbers import Fixed, Money, Quantity
from jxc_graphql.masters.warehouses.places import VirtualPlace

Figures = dict[str, int]
"""By how much what was traded became more; what is not named is 0."""
Key = tuple[int | date | None, ...]
"""Level, with whom, and the day or the month."""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """With whom goods are traded, and the names of what is told of it."""

    name: str
    place: VirtualPlace
    whose: tuple[str, ...]
    """The columns of who it was."""
    comes: str
    """What comes from there."""
    goes: str
    """What goes there."""
    usual: str
    """That of both which is no return."""

    @property
    def figures(self) -> Mapping[str, type[Fixed]]:
        """All that a day or a month says: of what came and what went how much, for how much, its cost, its lines."""
        return _FIGURES[self.name]

    @property
    def keys(self) -> tuple[str, ...]:
        """What a row is of, but for its day or month."""
        return ("stock_level_id", *self.whose)

    def who(self, trade: Trade) -> tuple[int | None, ...]:
        """Whom a trade names."""
        return (trade.partner_id, trade.seller_id)[: len(self.whose)]

    def way(self, from_place_id: int, to_place_id: int) -> str | None:
        """How goods go; None where they are not traded on this side."""
        return self.comes if from_place_id == self.place else self.goes if to_place_id == self.place else None


SUPPLIERS = Side(
    name="supplier", place=VirtualPlace.SUPPLIER, whose=("supplier_id",),
    comes="received", goes="returned", usual="received",
)  # fmt: skip
CUSTOMERS = Side(
    name="customer", place=VirtualPlace.CUSTOMER, whose=("customer_id", "seller_id"),
    comes="returned", goes="sold", usual="sold",
)  # fmt: skip
SIDES = (SUPPLIERS, CUSTOMERS)
_KINDS = {"": Quantity, "_net": Money, "_value": Money, "_lines": int}
_FIGURES = {
    side.name: MappingProxyType({f"{way}{of}": kind for way in (side.comes, side.goes) for of, kind in _KINDS.items()})
    for side in SIDES
}


def date_of(span: str) -> str:
    """The column that says which day, or which month."""
    return "business_date" if span == "day" else span


def traded(side: Side, trade: Trade, posted: Posted) -> dict[int, Figures]:
    """What a document traded, by level; what a line comes to counts once, in however many moves its goods went."""
    found: dict[int, Figures] = {}
    told = set[int]()
    for each in posted.carried:
        move = each.leg.move
        way, amounts = side.way(each.leg.from_place_id, move.to_place_id), trade.amounts.get(move.line_id)
        if way is None or amounts is None:
            continue
        there = found.setdefault(posted.level_ids[move.level_key], dict.fromkeys(side.figures, 0))
        there[way] += int(each.leg.quantity)
        there[f"{way}_value"] += int(each.value)
        if move.line_id not in told:
            told.add(move.line_id)
            there[f"{way}_net"] += int(amounts.net if way == side.usual else -amounts.net)
            there[f"{way}_lines"] += 1
    return found


def less_returned(usual: Money, returned: Money) -> Money:
    """What is left of an amount after what went back, or came back."""
    return usual - returned


def margin(sold_net: Money, returned_net: Money, sold_value: Money, returned_value: Money) -> Money:
    """What goods earned: what they were sold for less what they cost, both without what came back."""
    return sold_net - returned_net - (sold_value - returned_value)
