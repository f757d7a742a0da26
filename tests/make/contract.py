"""How a document of a kind is made, for the tests that all kinds have in common.

That follows from its feature: the first operation that tells of such a document without being given one makes it, and
what its states allow next takes it on, as long as that needs no more than its id. In a shop that has ten of everything
the operation is given what it needs by what that is called (`GIVEN`), with a line for each SKU. A kind that is made out
of other documents says so, in a `contract.py` beside the tests of its feature.
"""

import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator, Mapping
from datetime import timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec

from jxc_graphql import features
from jxc_graphql.kit import clock
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.office.documents import register
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.posting import action_of
from jxc_graphql.office.documents.states import Action, DocumentAction, DocumentStatus
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
    "needed_on": lambda trade: clock.day_of(trade.call.at) + timedelta(days=7),
    "valid_through": lambda trade: clock.day_of(trade.call.at) + timedelta(days=7),
    "quantity": lambda _: Quantity.of("3"),
    "unit_price": lambda _: UnitPrice.of("2"),
    "unit_cost": lambda _: UnitPrice.of("2"),
    "cost": lambda _: Money.of("1"),
    "value_change": lambda _: Money.of("1"),
    "note": lambda _: "供应商补差",
}
"""What an operation or a line needs, by what it is called; whatever else is an enum is the first of its values."""


ALSO = {"customer_id", "unit_price", "value_change"}
"""What is told although it may be left out: of two of which there is one, that one."""


async def given(trade: Trade, makes: Operation) -> dict[str, Any]:
    """What an operation needs for a document with a line for each SKU of a shop."""
    hints = get_type_hints(makes)
    asked = {one.name: one.default is inspect.Parameter.empty for one in inspect.signature(makes).parameters.values()}
    told = await _told(trade, asked, hints, {"call", "lines"})
    if "lines" not in asked:
        return told
    (line,) = get_args(hints["lines"])
    says = {one.name: one.required for one in msgspec.structs.fields(line)}
    lines = await _told(trade, says, get_type_hints(line), {"sku_id"})
    return told | {"lines": [line(sku_id=sku_id, **lines) for sku_id in trade.shop.skus]}


async def _told(
    trade: Trade, asked: Mapping[str, bool], hints: Mapping[str, Any], known: Collection[str]
) -> dict[str, Any]:
    names = [name for name, needed in asked.items() if (needed or name in ALSO) and name not in known]
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

    async def what(self, trade: Trade) -> dict[str, Any]:
        """What the operation is given in a shop."""
        return await (self.given(trade) if self.given else given(trade, self.makes))

    async def make(self, call: Call, **given: Any) -> int:
        """The id of a document that is made."""
        return int(getattr(await self.makes(call, **given), self.key))

    async def carried_out(self, trade: Trade) -> int:
        """The id of one for goods of a shop, which is taken on as far as it goes by itself."""
        document_id = await self.make(trade.call, **await self.what(trade))
        await self.carry_on(trade.call, document_id)
        return document_id

    async def carry_on(self, call: Call, document_id: int) -> None:
        """Takes a document on as far as it goes by itself."""
        for operation in self.then:
            await operation(call, **{self.key: document_id})


async def make_stocked(call: Call, lines: int = 2, quantity: str = "10") -> Trade:
    """A shop that has that much of everything, of so many SKUs."""
    trade = await make_trade(call, skus=lines)
    await trade.stock_up(*[quantity] * lines)
    return trade


async def make_sizes(call: Call) -> dict[int, Trade]:
    """Shops of one SKU, of ten, and of as many as a large document of some kind has lines, with plenty of each."""
    return {
        lines: await make_stocked(call, lines, "1000") for lines in (1, 10, *sorted({one.most for one in contracts()}))
    }


@cache
def contracts() -> tuple[Contract, ...]:
    """Those of all kinds."""
    features.modules("models")
    paths = TESTS.glob("*/*/contract.py")
    said = [import_module(".".join(("tests", *path.parts[-3:-1], "contract"))) for path in paths]
    own = {contract.kind: contract for module in said for contract in module.CONTRACTS}
    return tuple(own.get(kind) or contract_of(kind) for kind in register.kinds())


def contract_of(kind: type[DocumentHeader]) -> Contract:
    """That of a kind which is not made out of other documents, as it follows from its feature."""
    key, operations = f"{register.table_of(kind)}_id", tuple(operations_of(kind))
    makes = [one for one in operations if key not in inspect.signature(one).parameters and _tells_of(one, key)]
    assert makes, f"No operation beside {kind.__name__} makes one: say in a contract.py how it is made"
    steps = {id(action_of(one)): one for one in operations if needs(one) == [key]}
    return Contract(kind, makes[0], then=tuple(_onward(kind.states.actions, steps)))


def operations_of(kind: type[DocumentHeader]) -> Iterator[Operation]:
    """Everything that the feature of a kind declares with `@posting`, each file from its top."""
    package = kind.__module__.rpartition(".")[0]
    for info in pkgutil.iter_modules(import_module(package).__path__, f"{package}."):
        for one in vars(import_module(info.name)).values():
            if hasattr(one, "__action__") and one.__module__ == info.name:
                yield one


def needs(operation: Operation) -> list[str]:
    """What an operation must be told."""
    asked = list(inspect.signature(operation).parameters.values())[1:]
    return [one.name for one in asked if one.default is inspect.Parameter.empty]


def _tells_of(operation: Operation, key: str) -> bool:
    returned = get_type_hints(operation)["return"]
    return all(key in fact.__struct_fields__ for fact in get_args(returned) or (returned,))


def _onward(actions: Mapping[DocumentAction, Action], steps: Mapping[int, Operation]) -> Iterator[Operation]:
    """The first that a draft allows, the first that is allowed then, and so on while one thing comes out."""
    ahead = {DocumentStatus.DRAFT}
    while len(ahead) == 1:
        (status,) = ahead
        changing = (one for name, one in actions.items() if name is not DocumentAction.UPDATE and status in one.ways)
        action = next(changing, None)
        if id(action) not in steps:
            return
        assert action
        yield steps[id(action)]
        ahead = {*action.ways[status]}
