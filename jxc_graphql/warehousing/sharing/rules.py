"""What is allowed in sharing, and which surplus goes to which shortage."""

from collections.abc import Collection, Iterator, Sequence

import msgspec

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.office.documents.rules import OutOfScope, TooManyLines

MAX_TIMES = 1_000
"""Transfer times that may be set at once."""
MAX_DAYS = 365
"""How long a transfer may take."""
MAX_SHORTAGES = 200
"""How many shortages are matched with surpluses, the largest ones."""
OFFERS = 5
"""How many surpluses are considered for each shortage, the nearest ones."""


class TransferTimeToItself(Reason, frozen=True, kw_only=True):
    """Goods do not travel from a warehouse to the same one."""


class TransferTimeGivenTwice(Reason, frozen=True, kw_only=True):
    """The same two warehouses stand twice in one list, in the same direction; `first` counts from 0."""

    first: int


class TransferDaysOutOfRange(Reason, frozen=True, kw_only=True):
    """No transfer takes so long."""

    most: int


class WantedTime(msgspec.Struct, frozen=True, kw_only=True):
    """So many days from a warehouse to another; None forgets what was said, `UNSET` leaves it as it is."""

    from_warehouse_id: int
    to_warehouse_id: int
    days: Change[int | None] = UNSET


class SharedWarehouse(msgspec.Struct, frozen=True, kw_only=True):
    """A warehouse as all branches know it."""

    warehouse_id: int
    code: str
    name: str
    branch_id: int | None


class Shortage(msgspec.Struct, frozen=True, kw_only=True):
    """A level at or below its limit, and what is missing up to its target, and to those who wait, beside what comes."""

    sku_id: int
    warehouse: SharedWarehouse
    available: Quantity
    waiting: Quantity
    incoming: Quantity
    in_transit: Quantity
    limit: Quantity
    target: Quantity
    quantity: Quantity


class Surplus(msgspec.Struct, frozen=True, kw_only=True):
    """A level above what it may hold, and by how much."""

    sku_id: int
    warehouse: SharedWarehouse
    available: Quantity
    limit: Quantity
    quantity: Quantity


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A surplus that one of the shortages could be served from, and in how many days if that is known."""

    shortage: int
    sku_id: int
    warehouse: SharedWarehouse
    quantity: Quantity
    days: int | None


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """So much of a surplus suggested for a shortage."""

    sku_id: int
    from_warehouse: SharedWarehouse
    to_warehouse: SharedWarehouse
    days: int | None
    shortage_quantity: Quantity
    surplus_quantity: Quantity
    quantity: Quantity


def match(shortages: Sequence[Shortage], offers: Sequence[Offer]) -> list[Match]:
    """Gives surpluses to shortages, nearest pairs first, larger shortages first among equals; nothing is given twice.

    `offers` stand in the order in which a shortage prefers them.
    """
    lacking = [shortage.quantity for shortage in shortages]
    left = {(offer.sku_id, offer.warehouse): offer.quantity for offer in offers}
    found = []
    for offer in sorted(offers, key=lambda one: (MAX_DAYS + 1 if one.days is None else one.days, one.shortage)):
        source, shortage = (offer.sku_id, offer.warehouse), shortages[offer.shortage]
        quantity = min(lacking[offer.shortage], left[source])
        if quantity > 0:
            lacking[offer.shortage] -= quantity
            left[source] -= quantity
            given = Match(
                sku_id=offer.sku_id,
                from_warehouse=offer.warehouse,
                to_warehouse=shortage.warehouse,
                days=offer.days,
                shortage_quantity=shortage.quantity,
                surplus_quantity=offer.quantity,
                quantity=quantity,
            )
            found.append((offer.shortage, given))
    return [one for _, one in sorted(found, key=lambda each: each[0])]


def check_times(call: Call, times: Sequence[WantedTime], known: Collection[int]) -> Iterator[Reason]:
    """Everything that is wrong with a list of transfer times; one of the two warehouses is the caller's."""
    if len(times) > MAX_TIMES:
        yield TooManyLines(path=("times",), lines=len(times), limit=MAX_TIMES)
        return
    seen: dict[tuple[int, int], int] = {}
    for index, wanted in enumerate(times):
        path: Path = ("times", index)
        ends = {"from_warehouse_id": wanted.from_warehouse_id, "to_warehouse_id": wanted.to_warehouse_id}
        first = seen.setdefault((wanted.from_warehouse_id, wanted.to_warehouse_id), index)
        if first != index:
            yield TransferTimeGivenTwice(path=path, first=first)
        if wanted.from_warehouse_id == wanted.to_warehouse_id:
            yield TransferTimeToItself(path=(*path, "to_warehouse_id"))
        missing = [name for name, end in ends.items() if end not in known]
        yield from (UnknownId(path=(*path, name), kind="Warehouse") for name in missing)
        if not missing and not any(call.sees(Dimension.WAREHOUSE, end) for end in ends.values()):
            yield OutOfScope(path=path)
        if isinstance(wanted.days, int) and not 0 <= wanted.days <= MAX_DAYS:
            yield TransferDaysOutOfRange(path=(*path, "days"), most=MAX_DAYS)


def of_the_request(reason: Reason) -> Reason:
    """What is wrong with the only line of a transfer, as wrong with the request that it was made of."""
    is_of_line = reason.path[:2] == ("lines", 0)
    return msgspec.structs.replace(reason, path=reason.path[2:]) if is_of_line else reason
