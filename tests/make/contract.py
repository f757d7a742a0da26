"""How a document of a kind is made, for the tests that all kinds have in common.

Each feature with documents has a `contract.py` beside its tests, with one of these for each kind: the operation that
makes such a document, what that is given in a shop that has ten of everything, and which operations then take it on.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from jxc_graphql.kit.call import Call
from jxc_graphql.office.documents import register
from jxc_graphql.office.documents.models import DocumentHeader
from tests.make.trade import Trade, make_trade

Operation = Callable[..., Coroutine[Any, Any, Any]]
TESTS = Path(__file__).parent.parent


class Contract(msgspec.Struct, frozen=True):
    kind: type[DocumentHeader]
    makes: Operation
    given: Callable[[Trade], Awaitable[dict[str, Any]]]
    """What the operation is given for a document with a line for each SKU of a shop."""
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
        return await self.given(trade)

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
