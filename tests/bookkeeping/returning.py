"""What customers bring back: agreed to, inspected piece by piece, refunded without coming, or exchanged."""

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.selling.customer_returns import operations as returns
from jxc_graphql.selling.customer_returns.inspection import InspectedLine
from jxc_graphql.selling.customer_returns.models import (
    CustomerReturnDisposition,
    CustomerReturnReason,
    CustomerReturnResolution,
)
from jxc_graphql.selling.customer_returns.rules import LineToReturn
from tests.bookkeeping.clerk import Dice, step
from tests.bookkeeping.trading import PRICES, OpenLine, Trading

_LEFT = """
    SELECT line.id, sku_id, quantity - quantity_returned FROM shipment_line AS line
    WHERE shipment_id = ? AND quantity > quantity_returned ORDER BY line_no"""
_AGREED = """
    SELECT line.id, sku_id, quantity, resolution, shipment_line_id FROM customer_return_line AS line
    WHERE customer_return_id = ? ORDER BY line_no"""
_STAYS = CustomerReturnResolution.REFUND_ONLY


class Returning(Trading):
    """What happens to goods that customers do not keep."""

    @step(4, otherwise="ship")
    async def agree_to_return(self, dice: Dice) -> None:
        """Some of what left is to come back, to either warehouse, and for now and then other goods."""
        if not (shipment_ids := await self.posted("shipment")):
            return
        lines = [
            LineToReturn(
                shipment_line_id=one.id,
                quantity=self.share(dice, one),
                reason=dice.pick(tuple(CustomerReturnReason)),
                resolution=resolution,
                exchange_price=UnitPrice.of(dice.pick(PRICES)) if instead and dice.one_in(2) else None,
                exchange_sku_id=dice.pick(self.company.goods).sku_id if instead and dice.one_in(2) else None,
                exchange_quantity=Quantity.of(dice.pick(("1", "2"))) if instead else None,
            )
            for one in await self._left(dice.pick(shipment_ids))
            for resolution in [dice.pick(tuple(CustomerReturnResolution))]
            for instead in [resolution is CustomerReturnResolution.EXCHANGE]
        ]
        warehouse = dice.pick(self.company.warehouses)
        drafted = await self.do(dice, returns.create_customer_return, warehouse_id=warehouse.id, lines=lines)
        if drafted and not dice.one_in(10):
            await self.do(dice, returns.approve_customer_return, customer_return_id=drafted.customer_return_id)

    @step(5, otherwise="agree_to_return")
    async def inspect_return(self, dice: Dice) -> None:
        """What came of it goes to wherever it is good for; now and then it is not what was agreed."""
        if not (return_ids := await self._returns("APPROVED")):
            return
        return_id, lines = dice.pick(return_ids), list[InspectedLine]()
        for line_id, sku_id, quantity, resolution, shipment_line_id in await db.fetch(_AGREED, (return_id,)):
            came = self.share(dice, OpenLine(line_id, sku_id, Quantity(quantity)))
            stays = resolution == _STAYS
            lines += [
                InspectedLine(
                    customer_return_line_id=line_id,
                    quantity=part,
                    disposition=None if stays else dice.pick(tuple(CustomerReturnDisposition)),
                    serials=await self._pieces_of(dice, sku_id, part, shipment_line_id),
                )
                for part in (() if stays and dice.one_in(2) else self._parts(dice, sku_id, came))
            ]
        await self.do(dice, returns.receive_customer_return, customer_return_id=return_id, lines=lines)

    @step(1, otherwise="agree_to_return")
    async def give_up_return(self, dice: Dice) -> None:
        """The customer keeps it after all."""
        if return_ids := await self._returns("APPROVED"):
            await self.do(dice, returns.cancel_customer_return, customer_return_id=dice.pick(return_ids))

    def _parts(self, dice: Dice, sku_id: int, came: Quantity) -> list[Quantity]:
        half = self.half(came, self.goods_of(sku_id))
        return [half, came - half] if half and dice.one_in(3) else [came]

    async def _pieces_of(self, dice: Dice, sku_id: int, quantity: Quantity, line_id: int) -> tuple[str, ...]:
        if self.goods_of(sku_id).tracking is not SkuTracking.SERIAL:
            return ()
        rows = await db.fetch(
            "SELECT number FROM serial_number AS serial WHERE place_id = 2 AND EXISTS (SELECT 1 FROM serial_movement "
            "JOIN stock_movement AS gone ON gone.id = movement_id WHERE serial_id = serial.id AND line_id = ?) "
            "ORDER BY number",
            (line_id,),
        )
        there, wanted = [*(number for (number,) in rows), "N1"], int(quantity) // int(Quantity.of("1"))
        first = dice.pick(range(max(len(there) - wanted, 0) + 1))
        return tuple(there[first : first + wanted])

    async def _left(self, shipment_id: int) -> list[OpenLine]:
        rows = await db.fetch(_LEFT, (shipment_id,))
        return [OpenLine(line_id, sku_id, Quantity(left)) for line_id, sku_id, left in rows]

    async def _returns(self, status: str) -> list[int]:
        rows = await db.fetch("SELECT id FROM customer_return WHERE status = ? ORDER BY id", (status,))
        return [return_id for (return_id,) in rows]
