"""The lines of orders: asked for and priced in any unit of a SKU, checked, and counted in its base unit."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Protocol, TypeVar

import msgspec
from tortoise.models import Model

from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.fen import check_whole_fen
from jxc_graphql.kit.numbers import (
    LIMIT,
    Money,
    Quantity,
    UnitPrice,
    amount,
    check_not_negative,
    check_positive,
    check_total,
    out_of_bounds,
)
from jxc_graphql.office.documents.rules import check_line_count

A = TypeVar("A", bound="LineToPrice")
L = TypeVar("L", bound=Model)

MAX_ORDER_LINES = 500
"""Lines that one order may have."""


NO_DISCOUNT = Money(0)


class SkuInactive(Reason, frozen=True, kw_only=True):
    """The SKU may not appear on new documents."""

    sku: str


def check_discount(discount: Change[Money | None], path: Path = ("discount",)) -> list[Reason]:
    """What is wrong with a discount: it is whole fen, and not below zero."""
    if discount is UNSET or discount is None:
        return []
    return [*check_not_negative(discount, path), *check_whole_fen(discount, path)]


class LineToPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What to order, at the price that is known where none is given."""

    sku_id: int
    """What."""
    quantity: Annotated[Quantity, check_positive]
    """How much, in `unit`; more than 0."""
    unit_price: Annotated[UnitPrice | None, check_not_negative] = None
    """Price of one `unit` (单价); 0 for free goods (赠品), and by default what is agreed: of what is bought what the
    supplier asks for it (供货价), of what is sold what price lists and promotions give (价目表)."""
    unit: str | None = None
    """A unit of the SKU, such as 箱, in which quantity and price are; by default its base unit."""
    discount: Annotated[Money, check_discount] = NO_DISCOUNT
    """What is taken off the line (优惠), in whole fen; with tax where the prices have it in them."""
    tax_code_id: int | None = None
    """How it is taxed (税码), by default as the product is; without tax where nobody said how."""


class AskedLine(LineToPrice, frozen=True, kw_only=True):
    """What to order."""

    unit_price: Annotated[UnitPrice, check_not_negative]
    """Price of one `unit` (单价); 0 for free goods (赠品)."""
    unit: str | None = None
    """A unit of the SKU, such as 箱, in which quantity and price are; by default its base unit."""


class PricedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an order as the books keep it: what was typed, its amount, the exact base quantity."""

    line_no: int
    sku_id: int
    unit: str
    quantity_in_unit: Quantity
    quantity: Quantity
    unit_price: UnitPrice
    amount: Money
    discount: Money


class Goods(Protocol):
    """A SKU as an order line needs it."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def unit(self) -> str:
        """Its base unit."""

    @property
    def is_active(self) -> bool:
        """Whether it may appear on new documents."""

    def in_base(self, unit: str | None, quantity: Quantity, path: Path = ()) -> Quantity | Reason:
        """A quantity in the base unit, exactly, or why it cannot be."""


def price(
    asked: Sequence[AskedLine], goods: Mapping[int, Goods], *, also_inactive: bool = False
) -> tuple[list[PricedLine], list[Reason]]:
    """The lines of an order, and everything that is wrong with them; `goods` are the SKUs that exist.

    What is left of a deactivated SKU can be carried about (`also_inactive`), but not traded.
    """
    reasons = list(check_line_count(len(asked), MAX_ORDER_LINES))
    priced: list[PricedLine] = []
    for index, line in enumerate(asked[:MAX_ORDER_LINES]):
        path = ("lines", index)
        reasons += check_positive(line.quantity, (*path, "quantity"))
        reasons += check_not_negative(line.unit_price, (*path, "unit_price"))
        reasons += check_discount(line.discount, (*path, "discount"))
        sku = goods.get(line.sku_id)
        if sku is not None and not sku.is_active and not also_inactive:
            reasons.append(SkuInactive(path=(*path, "sku_id"), sku=sku.code))
            continue
        one = _price(index + 1, line, sku, path)
        if isinstance(one, Reason):
            reasons.append(one)
        else:
            priced.append(one)
    return priced, [*reasons, *check_total(Money.total(line.amount for line in priced))]


def asked_of(kind: type[A], line: Any) -> A:
    """What was asked for a line of an order that is there."""
    named = {name: getattr(line, name) for name in ("sku_id", "unit_price", "unit", "discount", "tax_code_id")}
    return kind(quantity=line.quantity_in_unit, **named)


def lines_of(table: type[L], asked: Iterable[msgspec.Struct], **columns: Any) -> list[L]:
    """The lines of a document, numbered from 1, one for each that was asked for; none is written.

    They have what those say under the names of the table's columns, and these `columns`; see `for_each`.
    """
    kept = table._meta.fields_db_projection  # noqa: SLF001  (Tortoise's documented place for it)
    return [
        table(
            **{"line_no": line_no}
            | {name: getattr(one, name) for name in one.__struct_fields__ if name in kept}
            | for_each(columns, one, line_no - 1)
        )
        for line_no, one in enumerate(asked, 1)
    ]


def for_each(told: Mapping[str, Any], one: Any, index: int) -> dict[str, Any]:
    """What is told of one of several: a function is asked for it, a list has it at its place, all else is of each."""
    return {
        name: value(one) if callable(value) else value[index] if isinstance(value, list) else value
        for name, value in told.items()
    }


def _price(line_no: int, line: AskedLine, sku: Goods | None, path: Path) -> PricedLine | Reason:
    if sku is None:
        return UnknownId(path=(*path, "sku_id"), kind="Sku")
    quantity = sku.in_base(line.unit, line.quantity, (*path, "unit" if line.unit else "quantity"))
    if isinstance(quantity, Reason):
        return quantity
    worth = amount(line.quantity, line.unit_price)
    if worth > LIMIT:
        return out_of_bounds(Money, path)
    return PricedLine(
        line_no=line_no,
        sku_id=line.sku_id,
        unit=line.unit or sku.unit,
        quantity_in_unit=line.quantity,
        quantity=quantity,
        unit_price=line.unit_price,
        amount=worth,
        discount=line.discount,
    )
