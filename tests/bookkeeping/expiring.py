"""What may be sold changes by itself: days pass, lots expire, are blocked, and turn out to last otherwise."""

from datetime import timedelta

from jxc_graphql.kit import db
from jxc_graphql.masters.lots import operations as lots
from tests.bookkeeping.clerk import Dice, step, today
from tests.bookkeeping.trading import FOUNDED, Trading

LASTS_DAYS = (0, 3, -1, 1, 30, None)
_THERE = "NOT is_blocked AND EXISTS (SELECT 1 FROM place_level WHERE lot_id = lot.id AND quantity > 0)"


class Expiring(Trading):
    """What happens to lots."""

    @step(3)
    async def pass_midnight(self, dice: Dice) -> None:
        """The next day comes, or one after that; whoever writes first turns the day of the books.

        As often as not it is the end of a lot: its label said another day.
        """
        self.taken += 1
        if dice.one_in(2) and (lot_ids := await self._lots(_THERE)):
            await self.do(dice, lots.update_lot, lot_id=dice.pick(lot_ids), produced_on=None, expires_on=today())
        self.days_passed += dice.pick((2, 1, 3))

    @step(2)
    async def block(self, dice: Dice) -> None:
        """A lot is suspected."""
        if lot_ids := await self._lots("NOT is_blocked"):
            await self.do(dice, lots.block_lot, lot_id=dice.pick(lot_ids))

    @step(2, otherwise="block")
    async def unblock(self, dice: Dice) -> None:
        """It was in vain."""
        if lot_ids := await self._lots("is_blocked"):
            await self.do(dice, lots.unblock_lot, lot_id=dice.pick(lot_ids))

    @step(2, otherwise="block")
    async def correct_a_date(self, dice: Dice) -> None:
        """A label was wrong."""
        if lot_ids := await self._lots("true"):
            days = dice.pick(LASTS_DAYS)
            expires_on = None if days is None else FOUNDED + timedelta(days=self.days_passed + days)
            await self.do(dice, lots.update_lot, lot_id=dice.pick(lot_ids), produced_on=None, expires_on=expires_on)

    async def _lots(self, where: str) -> list[int]:
        return [lot_id for (lot_id,) in await db.fetch(f"SELECT id FROM lot WHERE {where} ORDER BY id")]
