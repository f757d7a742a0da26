"""A processor makes kits of components of ours."""

from datetime import timedelta

from jxc_graphql.kit import db
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.warehousing.assembly.rules import UsedComponent
from jxc_graphql.warehousing.loans import operations as loans
from jxc_graphql.warehousing.loans.models import LoanPurpose
from jxc_graphql.warehousing.loans.rules import WantedLine
from jxc_graphql.warehousing.processing import operations as processing
from tests.bookkeeping.assembling import Assembling
from tests.bookkeeping.clerk import Dice, step, today
from tests.bookkeeping.lending import Lending

_GIVEN_FOR, _MADE = ("2", "1"), ("1", "2")
_FEES = ("0", "1.255", "0.333333")
_OUT = """
    SELECT id FROM loan WHERE status IN ('LENT', 'PARTIALLY_RETURNED') AND purpose = 'PROCESSING' ORDER BY id"""


class Processing(Assembling, Lending):
    """What a processor gets and brings."""

    @step(4)
    async def give_components(self, dice: Dice) -> None:
        """What some kits are made of, and now and then a little more of it."""
        first, second = self.company.warehouses
        warehouse, kits = dice.pick((first, first, first, second)), Quantity.of(dice.pick(_GIVEN_FOR))
        wanted = []
        for one, each in self.company.recipe.items():
            goods, quantity = self.goods_of(one), self._by_recipe(kits, each)
            serials = await self.some_pieces(dice, goods, quantity, warehouse.id)
            wanted.append(WantedLine(sku_id=one, quantity=quantity, serials=serials))
            if goods.tracking is not SkuTracking.SERIAL and dice.one_in(3):
                wanted.append(WantedLine(sku_id=one, quantity=Quantity.of("0.5")))
        drafted = await self.do(
            dice,
            loans.create_loan,
            warehouse_id=warehouse.id,
            supplier_id=self.company.supplier_id,
            purpose=LoanPurpose.PROCESSING,
            due_on=today() + timedelta(days=3),
            lines=wanted,
        )
        if drafted:
            await self.do(dice, loans.approve_loan, loan_id=drafted.loan_id)

    @step(6, otherwise="give_components")
    async def receive_processed(self, dice: Dice) -> None:
        """By the recipe, or of more of something."""
        if not (loan_ids := [loan_id for (loan_id,) in await db.fetch(_OUT)]):
            return
        loan_id, kits = dice.pick(loan_ids), Quantity.of(dice.pick(_MADE))
        there = await self._out(loan_id)
        lines = []
        for one, each in self.company.recipe.items():
            used = self._by_recipe(kits, each)
            if self.goods_of(one).tracking is SkuTracking.SERIAL:
                pieces = [number for line in there if line.sku_id == one for number in await self._pieces(line.id)]
                lines.append(UsedComponent(sku_id=one, quantity=used, serials=tuple(pieces[: int(used) // 10_000])))
            elif dice.one_in(3):
                lines.append(UsedComponent(sku_id=one, quantity=used + Quantity.of("0.25")))
        warehouse_id = await self._warehouse_of("loan", loan_id)
        await self.do(
            dice,
            processing.receive_processed,
            loan_id=loan_id,
            sku_id=self.company.kit_id,
            quantity=kits,
            fee=UnitPrice.of(dice.pick(_FEES)),
            lines=lines,
            place_id=self.company.bins[warehouse_id] if dice.one_in(4) else None,
            reason=dice.pick(("损耗", "")),
        )
