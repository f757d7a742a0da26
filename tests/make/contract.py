"""How a document of a kind is made, for the tests that all kinds have in common.

Each feature with documents has a `contract.py` beside its tests, with one of these for each kind: the operation that
makes such a document, and which operations then take it on. In a shop that has ten of everything the operation is given
what it needs by what that is called (`GIVEN`), with a line for each SKU. What a kind needs besides, it says.
"""

import inspect
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator, Mapping
from datetime import timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec

from jxc_graphql.kit import clock
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.office.documents import register
from jxc_graphql.office.documents.models import DocumentHeader
from tests.make.shop import open_warehouse
from tests.make.trade import Trade, make_trade

Operation = Callable[..., Coroutine[Any, Any, Any]]
TESTS = Path(__file__).parent.parent


async def elsewhere(trade: Trade) -> int:
    """A warehouse besides the shop's."""
    return (await open_warehouse(trade.call)).id


GIVEN: dict[str, Callable[[Trade], Any]] = {
    "warehouse_id": lambda trade: trade.shop.warehouse.id,
    "from_warehouse_id": lambda trade: trade.shop.warehouse.id,
    "to_warehouse_id": elsewhere,
    "from_place_id": lambda trade: trade.shop.warehouse.stock_place_id,
    "to_place_id": lambda trade: trade.shop.warehouse.quality_place_id,
    "supplier_id": lambda trade: trade.supplier_id,
    "customer_id": lambda trade: trade.customer_id,
    "business_date": lambda trade: clock.day_of(trade.call.at),
    "due_on": lambda trade: clock.day_of(trade.call.at) + timedelta(days=7),
    "quantity": lambda _: Quantity.of("3"),
    "unit_price": lambda _: UnitPrice.of("2"),
    "unit_cost": lambda _: UnitPrice.of("2"),
    "value_change": lambda _: Money.of("1"),
    "note": lambda _: "供应商补差",
}
"""What an operation or a line needs, by what it is called; whatever else is an enum is the first of its values."""


async def given(trade: Trade, makes: Operation, *also: str) -> dict[str, Any]:
    """What an operation needs for a document with a line for each SKU of a shop, and what it is told besides."""
    hints = get_type_hints(makes)
    asked = {one.name: one.default is inspect.Parameter.empty for one in inspect.signature(makes).parameters.values()}
    told = await _told(trade, asked, hints, {"call", "lines"}, also)
    if "lines" not in asked:
        return told
    (line,) = get_args(hints["lines"])
    says = {one.name: one.required for one in msgspec.structs.fields(line)}
    lines = await _told(trade, says, get_type_hints(line), {"sku_id"}, also)
    return told | {"lines": [line(sku_id=sku_id, **lines) for sku_id in trade.shop.skus]}


async def _told(
    trade: Trade, asked: Mapping[str, bool], hints: Mapping[str, Any], known: Collection[str], also: Collection[str]
) -> dict[str, Any]:
    names = [name for name, needed in asked.items() if (needed or name in also) and name not in known]
    return {name: await _one(trade, name, hints[name]) for name in names}


async def _one(trade: Trade, name: str, kind: Any) -> Any:
    if name not in GIVEN:
        return next(iter(kind))
    found = GIVEN[name](trade)
    return await found if inspect.isawaitable(found) else found


class Contract(msgspec.Struct, frozen=True):
    kind: type[DocumentHeader]
    makes: Operation
    given: Callable[[Trade], Awaitable[dict[str, Any]]] | None = None
    """What the operation is given, where that does not follow from what it needs."""
    also: tuple[str, ...] = ()
    """What the operation or a line is told besides what it needs."""
    then: tuple[Operation, ...] = ()
    """What is done with it next, told no more than its id."""
    most: int = 100
    """Lines of a large one."""

    @property
    def table(self) -> str:
        """Where such documents are."""
        return register.table_of(self.kind)

    @property
    def key(self) -> str:
        """The name of its id."""
        return f"{self.table}_id"

    async def prepared(self, call: Call, lines: int = 2) -> dict[str, Any]:
        """What the operation is given in a shop of its own."""
        trade = await make_trade(call, skus=lines)
        await trade.stock_up(*["10"] * lines)
        return await (self.given(trade) if self.given else given(trade, self.makes, *self.also))

    async def make(self, call: Call, **given: Any) -> int:
        """The id of a document that is made."""
        return int(getattr(await self.makes(call, **given), self.key))

    async def carry_on(self, call: Call, document_id: int) -> None:
        """Takes a document on as far as it goes by itself."""
        for operation in self.then:
            await operation(call, **{self.key: document_id})


@cache
def contracts() -> tuple[Contract, ...]:
    """Those of all kinds."""
    return tuple(_found())


def _found() -> Iterator[Contract]:
    for path in sorted(TESTS.glob("*/*/contract.py")):
        yield from import_module(f"tests.{path.parent.parent.name}.{path.parent.name}.contract").CONTRACTS
