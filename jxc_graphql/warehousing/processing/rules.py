"""Out of which lines of a loan a processor takes what he uses."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

import msgspec

from jxc_graphql.books.goods.ledger import Move, VirtualPlace
from jxc_graphql.books.goods.valuation import lent_by
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.warehouses.places import PlaceKind
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.warehousing.assembly.rules import KitPart
from jxc_graphql.warehousing.loans.models import Loan, LoanLine, LoanPurpose
from jxc_graphql.warehousing.loans.rules import BackBeforeLent, LotLent, SerialNotLent


class NotForProcessing(Reason, frozen=True, kw_only=True):
    """The partner of the loan has the goods for something else."""


class NotEnoughLent(Reason, frozen=True, kw_only=True):
    """More of a component is said to be used than the processor has, of the lot that is named or of any."""

    sku: str
    lent: Quantity
    """How much he has that nothing else of the document uses."""
    quantity: Quantity
    """How much was said."""


class UsedPart(msgspec.Struct, frozen=True, kw_only=True):
    """What is used of one line of a loan, and of which lots."""

    part: KitPart
    loan_line_id: int
    lots: Sequence[tuple[int | None, Quantity]]


def check_loan(loan: Loan, day: date) -> Iterator[Reason]:
    """Whether goods of a loan may be used by who has them, on a day."""
    if loan.purpose is not LoanPurpose.PROCESSING:
        yield NotForProcessing(path=("id",))
    if loan.lent_on is not None and day < loan.lent_on:
        yield BackBeforeLent(path=("business_date",), lent_on=loan.lent_on)


def used(
    parts: Sequence[KitPart],
    lines: Mapping[int, LoanLine],
    lots: Sequence[LotLent],
    pieces: Mapping[int, Sequence[str]],
    codes: Mapping[int, str],
) -> tuple[list[UsedPart], list[Reason]]:
    """The parts, line by line of the loan, and what is wrong with them; what is not named is used in order."""
    left = {(one.loan_line_id, one.lot_id): one.quantity for one in lots}
    found, problems = list[UsedPart](), list[Reason]()
    for part in parts:
        of_sku = [one for one in lots if lines[one.loan_line_id].sku_id == part.sku_id]
        fitting = [one for one in of_sku if part.lot_id in (None, one.lot_id)]
        known = {number for one in of_sku for number in pieces.get(one.loan_line_id, ())}
        unknown = [number for number in part.serials if number not in known]
        problems += [SerialNotLent(path=(*part.path, "serials"), number=number) for number in unknown]
        taken = [*(_by_piece(part, fitting, pieces, left) if part.serials else _by_lot(part, fitting, left))]
        missing = part.quantity - Quantity.total(quantity for *_, quantity in taken)
        if missing > 0 and not unknown:
            path = (*part.path, "quantity") if part.is_named else part.path
            there = part.quantity - missing
            problems.append(NotEnoughLent(path=path, sku=codes[part.sku_id], lent=there, quantity=part.quantity))
        found += _by_line(part, taken, pieces)
    return found, problems


def _by_lot(
    part: KitPart, lots: Sequence[LotLent], left: dict[tuple[int, int | None], Quantity]
) -> Iterator[tuple[int, int | None, Quantity]]:
    """Takes a part out of lines and lots, in their order; gives less where there is less."""
    wanted = part.quantity
    for one in lots:
        key = one.loan_line_id, one.lot_id
        if (quantity := min(wanted, left[key])) > 0:
            left[key] -= quantity
            wanted -= quantity
            yield *key, quantity


def _by_piece(
    part: KitPart,
    lots: Sequence[LotLent],
    pieces: Mapping[int, Sequence[str]],
    left: dict[tuple[int, int | None], Quantity],
) -> Iterator[tuple[int, int | None, Quantity]]:
    """Takes the pieces that are named, out of the lines with which they left."""
    for one in lots:
        named = len({*part.serials} & {*pieces.get(one.loan_line_id, ())})
        quantity = min(Quantity.of(named), left[one.loan_line_id, one.lot_id])
        if quantity > 0:
            left[one.loan_line_id, one.lot_id] -= quantity
            yield one.loan_line_id, one.lot_id, quantity


def _by_line(
    part: KitPart, taken: Sequence[tuple[int, int | None, Quantity]], pieces: Mapping[int, Sequence[str]]
) -> Iterator[UsedPart]:
    """A part for each line of the loan; what the recipe says stands in the first."""
    by_line = groupby(sorted(taken, key=lambda one: one[0]), key=lambda one: one[0])
    for at, (loan_line_id, some) in enumerate(by_line):
        lots = [(lot_id, quantity) for _, lot_id, quantity in some]
        first = {"line_id": part.line_id} if at == 0 else {"line_id": new_id(), "expected": Quantity(0)}
        of_line = msgspec.structs.replace(
            part,
            quantity=Quantity.total(quantity for _, quantity in lots),
            serials=tuple(number for number in part.serials if number in pieces.get(loan_line_id, ())),
            **first,
        )
        yield UsedPart(part=of_line, loan_line_id=loan_line_id, lots=lots)


def moves_of(parts: Sequence[UsedPart], warehouse: KnownWarehouse) -> list[Move]:
    """From the lent place to where goods change their shape, lot by lot."""
    return [
        Move(
            sku_id=one.part.sku_id,
            warehouse_id=warehouse.id,
            from_place_id=warehouse.place_of(PlaceKind.LENT),
            to_place_id=VirtualPlace.ASSEMBLY,
            quantity=quantity,
            line_id=one.part.line_id,
            lot_id=lot_id,
            serials=one.part.serials,
            consignment_id=lent_by(one.loan_line_id),
            path=one.part.path,
        )
        for one in parts
        for lot_id, quantity in one.lots
    ]
