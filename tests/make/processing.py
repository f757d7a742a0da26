"""A workshop whose boxes a processor makes: he gets teas and ribbons, and brings boxes."""

from typing import Any

import msgspec

from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.warehousing.loans.models import LoanPurpose
from jxc_graphql.warehousing.processing import operations
from tests.make.lending import Lender
from tests.make.workshop import BOX, Workshop, make_workshop


class Processing(msgspec.Struct, frozen=True):
    workshop: Workshop

    @property
    def call(self) -> Call:
        return self.workshop.call

    @property
    def lender(self) -> Lender:
        return Lender(self.workshop.trade)

    @property
    def to_processor(self) -> dict[str, Any]:
        """What a loan to the processor has of its own."""
        supplier_id = self.workshop.trade.supplier_id
        return {"customer_id": None, "supplier_id": supplier_id, "purpose": LoanPurpose.PROCESSING}

    async def give(self, *lines: tuple[int, str] | tuple[int, str, dict[str, Any]]) -> int:
        return await self.lender.lend(*lines, **self.to_processor)

    async def receive(self, loan_id: int, quantity: str, *, fee: str = "0", **others: Any) -> int:
        given = {"sku_id": self.workshop.sku(BOX), "quantity": Quantity.of(quantity), "fee": UnitPrice.of(fee)}
        fact = await operations.receive_processed(self.call, loan_id=loan_id, **given | others)
        return fact.assembly_id


async def make_processing(call: Call) -> Processing:
    return Processing(await make_workshop(call))
