"""Goods between two warehouses, with all that gets lost on the way, and between places of one."""

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.warehousing.relocations import operations as moves
from jxc_graphql.warehousing.relocations.rules import WantedMove
from jxc_graphql.warehousing.transfers import operations as transfers
from jxc_graphql.warehousing.transfers import transit
from jxc_graphql.warehousing.transfers.consignments import ArrivedLine, MissingLine
from jxc_graphql.warehousing.transfers.models import TransferDiscrepancyReason
from jxc_graphql.warehousing.transfers.rules import ApprovedLine, AskedGoods, SentLine
from tests.bookkeeping.clerk import Dice, step
from tests.bookkeeping.trading import OpenLine, Trading

_BY_STATUS = {
    "SUBMITTED": "SELECT id FROM transfer WHERE status = 'SUBMITTED' ORDER BY id",
    "APPROVED": "SELECT id FROM transfer WHERE status = 'APPROVED' ORDER BY id",
    "ON THE WAY": "SELECT id FROM transfer WHERE status IN ('IN_TRANSIT', 'PARTIALLY_RECEIVED') ORDER BY id",
}
_LINES = """
    SELECT id, sku_id, quantity_dispatched - quantity_received - quantity_missing, quantity
    FROM transfer_line WHERE transfer_id = ? ORDER BY line_no"""


class Moving(Trading):
    """What the people of the warehouses do."""

    @step(5)
    async def request_transfer(self, dice: Dice) -> None:
        """Goods are asked for, and approved, sometimes less of them."""
        warehouses = self.company.warehouses
        source = dice.pick(warehouses)
        target = next(one for one in warehouses if one is not source)
        asked = [
            AskedGoods(sku_id=one.sku_id, quantity=self.share(dice, one))
            for n, one in enumerate(await self._free(source))
            if n == 0 or dice.one_in(2)
        ]
        drafted = await self.do(
            dice, transfers.create_transfer, from_warehouse_id=source.id, to_warehouse_id=target.id, lines=asked
        )
        if drafted:
            transfer_id = drafted.transfer_id
            await self.do(dice, transfers.submit_transfer, transfer_id=transfer_id)
            await self.do(
                dice, transfers.approve_transfer, transfer_id=transfer_id, lines=await self._less(dice, transfer_id)
            )

    @step(3, otherwise="request_transfer")
    async def approve_late(self, dice: Dice) -> None:
        """What there was not enough for may be approved by now, or is given up."""
        if transfer_ids := await self._transfers("SUBMITTED"):
            chosen = {"transfer_id": dice.pick(transfer_ids)}
            await self.do(dice, transfers.cancel_transfer if dice.one_in(3) else transfers.approve_transfer, **chosen)

    @step(5, otherwise="request_transfer")
    async def dispatch(self, dice: Dice) -> None:
        """Everything that was approved leaves; pieces are named one by one."""
        if not (transfer_ids := await self._transfers("APPROVED")):
            return
        transfer_id = dice.pick(transfer_ids)
        if dice.one_in(8):
            await self.do(dice, transfers.cancel_transfer, transfer_id=transfer_id)
        else:
            await self.do(
                dice, transit.dispatch_transfer, transfer_id=transfer_id, lines=await self._sent(dice, transfer_id)
            )

    @step(6, otherwise="dispatch")
    async def take_in(self, dice: Dice) -> None:
        """Some of what is on its way arrives, some of it damaged."""
        if transfer_ids := await self._transfers("ON THE WAY"):
            transfer_id = dice.pick(transfer_ids)
            lines = [await self._arrived(dice, one) for one in await self._lines(transfer_id) if one.outstanding]
            await self.do(dice, transit.receive_transfer, transfer_id=transfer_id, lines=lines)

    @step(2, otherwise="dispatch")
    async def miss(self, dice: Dice) -> None:
        """The rest does not come: it is lost, damaged, or never left."""
        if transfer_ids := await self._transfers("ON THE WAY"):
            transfer_id = dice.pick(transfer_ids)
            reasons = tuple(TransferDiscrepancyReason)
            named = [
                MissingLine(
                    transfer_line_id=one.id,
                    quantity=quantity,
                    reason=dice.pick(reasons),
                    serials=(await self._pieces_on_the_way(one.id, one.sku_id))[: int(quantity) // 10_000],
                )
                for one in await self._lines(transfer_id)
                if one.outstanding and dice.one_in(2)
                for quantity in [self.share(dice, one)]
            ]
            await self.do(
                dice,
                transit.close_transfer_short,
                transfer_id=transfer_id,
                reason=dice.pick(reasons),
                lines=named,
                note="少了",
            )

    @step(4)
    async def move_within(self, dice: Dice) -> None:
        """Goods are put somewhere else, or set apart."""
        warehouse = dice.pick(self.company.warehouses)
        rows = await db.fetch(
            "SELECT sku_id, place_id, SUM(quantity) FROM place_level JOIN place ON place.id = place_id "
            "WHERE warehouse_id = ? AND kind <> 'TRANSIT' AND quantity > 0 GROUP BY sku_id, place_id ORDER BY 1, 2",
            (warehouse.id,),
        )
        if not rows:
            return
        sku_id, source, there = dice.pick(rows)
        quantity = self.share(dice, OpenLine(source, sku_id, Quantity(int(there))))
        move = WantedMove(
            sku_id=sku_id,
            quantity=quantity,
            from_place_id=source,
            to_place_id=dice.pick([one for one in self._places(warehouse) if one != source]),
            serials=tuple(await self.pieces_at(sku_id, source))[: int(quantity) // 10_000],
        )
        await self.do(dice, moves.move_places, warehouse_id=warehouse.id, lines=[move])

    def _places(self, warehouse: KnownWarehouse) -> list[int]:
        return [
            self.company.bins[warehouse.id],
            warehouse.stock_place_id,
            warehouse.damaged_place_id,
            warehouse.quality_place_id,
        ]

    async def _free(self, warehouse: KnownWarehouse) -> list[OpenLine]:
        """What nobody has reserved."""
        rows = await db.fetch(
            "SELECT id, sku_id, available FROM stock_level WHERE warehouse_id = ? AND available > 0 ORDER BY id",
            (warehouse.id,),
        )
        return [OpenLine(level_id, sku_id, Quantity(available)) for level_id, sku_id, available in rows]

    async def _transfers(self, which: str) -> list[int]:
        return [transfer_id for (transfer_id,) in await db.fetch(_BY_STATUS[which])]

    async def _lines(self, transfer_id: int) -> list[OpenLine]:
        """With what was asked for as what is reserved."""
        rows = await db.fetch(_LINES, (transfer_id,))
        return [OpenLine(line_id, sku_id, *map(Quantity, numbers)) for line_id, sku_id, *numbers in rows]

    async def _less(self, dice: Dice, transfer_id: int) -> list[ApprovedLine]:
        """What is approved otherwise than it was asked for: nothing at all, most of the time."""
        if not dice.one_in(4):
            return []
        return [
            ApprovedLine(transfer_line_id=one.id, quantity=dice.pick((Quantity.of("1"), Quantity(0))))
            for one in await self._lines(transfer_id)
        ]

    async def _sent(self, dice: Dice, transfer_id: int) -> list[SentLine] | None:
        """None where nothing needs to be named."""
        rows = await db.fetch(
            "SELECT line.id, sku_id, quantity_approved, from_warehouse_id FROM transfer_line AS line "
            "JOIN transfer ON transfer.id = transfer_id WHERE transfer_id = ? AND quantity_approved > 0 "
            "ORDER BY line_no",
            (transfer_id,),
        )
        if all(self.goods_of(row[1]).tracking is not SkuTracking.SERIAL for row in rows) and not dice.one_in(3):
            return None
        taken: dict[int, int] = {}
        lines = []
        for line_id, sku_id, approved, warehouse_id in rows:
            goods = self.goods_of(sku_id)
            pieces: tuple[str, ...] = ()
            if goods.tracking is SkuTracking.SERIAL:
                first = taken.get(sku_id, 0)
                taken[sku_id] = first + approved // 10_000
                pieces = tuple(await self.pieces_in(sku_id, warehouse_id))[first : taken[sku_id]]
            quantity = (
                Quantity(approved)
                if pieces or dice.one_in(2)
                else self.share(dice, OpenLine(line_id, sku_id, Quantity(approved)))
            )
            lines.append(SentLine(transfer_line_id=line_id, quantity=quantity, serials=pieces))
        return lines

    async def _arrived(self, dice: Dice, line: OpenLine) -> ArrivedLine:
        came = self.share(dice, line)
        goods = self.goods_of(line.sku_id)
        damaged = self.half(came, goods) if dice.one_in(4) else Quantity(0)
        accepted = came - damaged
        pieces = await self._pieces_on_the_way(line.id, line.sku_id)
        whole, all_that_came = int(accepted) // 10_000, int(came) // 10_000
        return ArrivedLine(
            transfer_line_id=line.id,
            quantity_accepted=accepted,
            quantity_damaged=damaged,
            serials=pieces[:whole],
            damaged_serials=pieces[whole:all_that_came],
        )

    async def _pieces_on_the_way(self, line_id: int, sku_id: int) -> tuple[str, ...]:
        if self.goods_of(sku_id).tracking is not SkuTracking.SERIAL:
            return ()
        rows = await db.fetch(
            "SELECT serial.number FROM serial_number AS serial JOIN place ON place.id = serial.place_id "
            "WHERE place.kind = 'TRANSIT' AND EXISTS (SELECT 1 FROM serial_movement AS one "
            "JOIN stock_movement AS movement ON movement.id = one.movement_id "
            "WHERE one.serial_id = serial.id AND movement.consignment_id = ?) ORDER BY serial.id",
            (line_id,),
        )
        return tuple(number for (number,) in rows)
