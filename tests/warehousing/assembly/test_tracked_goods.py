"""Kits of goods that are tracked by lot and by serial number."""

from datetime import date, timedelta

import msgspec
import pytest

from jxc_graphql.books.goods import ledger
from jxc_graphql.books.goods.ledger import Move, VirtualPlace
from jxc_graphql.books.goods.models import StockMovement
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.masters.lots.models import Lot
from jxc_graphql.masters.lots.operations import ensure
from jxc_graphql.warehousing.assembly import operations
from tests.make.workshop import TEA, Workshop
from tests.refusals import refusal


class Told(msgspec.Struct, frozen=True):
    """Milk by lot goes into breakfast, tracked by lot too, with a mug that has a serial number."""

    workshop: Workshop
    milk: int
    mug: int
    breakfast: int
    lot_ids: dict[str, int]


@pytest.fixture
async def breakfast(workshop: Workshop) -> Told:
    ((product_id,),) = await db.fetch("SELECT product_id FROM sku WHERE id = ?", (workshop.sku(TEA),))
    ids = []
    for code, tracking in (("MILK", SkuTracking.LOT), ("MUG", SkuTracking.SERIAL), ("BREAKFAST", SkuTracking.LOT)):
        made = await catalog.create_sku(
            workshop.call, product_id=product_id, code=code, name=code, unit="个", tracking=tracking
        )
        ids.append(made.sku_id)
    milk, mug, kit = ids
    await operations.set_kit_components(
        workshop.call,
        sku_id=kit,
        components=[
            operations.Component(sku_id=milk, quantity=Quantity.of("1")),
            operations.Component(sku_id=mug, quantity=Quantity.of("1")),
        ],
    )
    today = clock.day_of(workshop.call.at)
    lots = await _bring(
        workshop,
        milk,
        mug,
        [LotLabel("SOON", None, today + timedelta(days=3)), LotLabel("LATE", None, today + timedelta(days=9))],
    )
    return Told(workshop, milk, mug, kit, lots)


@db.transactional
async def _bring(workshop: Workshop, milk: int, mug: int, labels: list[LotLabel]) -> dict[str, int]:
    """A milk of each lot at 2, and three mugs at 5."""
    lot_ids = await ensure(workshop.call, [(milk, label, ("lot",)) for label in labels])
    warehouse = workshop.trade.shop.warehouse

    def move(sku_id: int, quantity: str, value: str, **others: object) -> Move:
        return Move(
            sku_id=sku_id,
            warehouse_id=warehouse.id,
            from_place_id=VirtualPlace.SUPPLIER,
            to_place_id=warehouse.stock_place_id,
            quantity=Quantity.of(quantity),
            value=Money.of(value),
            line_id=new_id(),
            **others,  # type: ignore[arg-type]
        )

    moves = [move(milk, "1", "2", lot_id=lot_id) for lot_id in lot_ids]
    moves.append(move(mug, "3", "15", serials=("M1", "M2", "M3")))
    call = workshop.call
    await ledger.post(call, moves, document_id=new_id(), business_date=clock.day_of(call.at))
    return {label.number: lot_id or 0 for label, lot_id in zip(labels, lot_ids, strict=True)}


class TestLotsAndSerials:
    async def _make(self, told: Told, quantity: str, *mugs: str, **others: object) -> int:
        lines = [operations.UsedComponent(sku_id=told.mug, quantity=Quantity.of(quantity), serials=mugs)]
        fact = await operations.assemble_kits(
            told.workshop.call,
            warehouse_id=told.workshop.trade.shop.warehouse.id,
            sku_id=told.breakfast,
            quantity=Quantity.of(quantity),
            **{"lines": lines, "lot": LotLabel("B1")} | others,  # type: ignore[arg-type]
        )
        return fact.assembly_id

    async def test_a_kit_expires_with_the_first_of_its_components(self, breakfast: Told) -> None:
        assembly_id = await self._make(breakfast, "2", "M1", "M3")
        lot = await Lot.get(sku_id=breakfast.breakfast, number="B1")
        assert lot.expires_on == clock.day_of(breakfast.workshop.call.at) + timedelta(days=3)
        moved = StockMovement.filter(document_id=assembly_id, to_place_id=VirtualPlace.ASSEMBLY).order_by("id")
        used = [lot_id for (lot_id,) in await moved.values_list("lot_id")]
        assert used == [None, breakfast.lot_ids["SOON"], breakfast.lot_ids["LATE"]]
        assert await breakfast.workshop.verify() == []

    async def test_a_label_may_say_when_a_kit_expires(self, breakfast: Told) -> None:
        expires_on = date(2099, 1, 1)
        await self._make(breakfast, "1", "M1", lot=LotLabel("B1", None, expires_on))
        assert (await Lot.get(sku_id=breakfast.breakfast)).expires_on == expires_on

    async def test_a_line_names_the_lot_to_take(self, breakfast: Told) -> None:
        lines = [
            operations.UsedComponent(
                sku_id=breakfast.milk, quantity=Quantity.of("1"), lot_id=breakfast.lot_ids["LATE"]
            ),
            operations.UsedComponent(sku_id=breakfast.mug, quantity=Quantity.of("1"), serials=("M2",)),
        ]
        await self._make(breakfast, "1", lines=lines)
        lot = await Lot.get(sku_id=breakfast.breakfast)
        assert lot.expires_on == clock.day_of(breakfast.workshop.call.at) + timedelta(days=9)

    async def test_a_kit_without_its_label_or_pieces_is_refused(self, breakfast: Told) -> None:
        (problem,) = await refusal(self._make(breakfast, "1", "M1", lot=None))
        assert (problem.code, problem.path) == ("LOT_REQUIRED", ("lot",))
        (problem,) = await refusal(self._make(breakfast, "1"))
        assert (problem.code, problem.path) == ("SERIALS_REQUIRED", ("lines", 0))

    async def test_what_is_taken_apart_has_lots_and_pieces_again(self, breakfast: Told) -> None:
        await self._make(breakfast, "2", "M1", "M3")
        workshop = breakfast.workshop
        lines = [
            operations.RecoveredComponent(sku_id=breakfast.milk, quantity=Quantity.of("1"), lot=LotLabel("SOON")),
            operations.RecoveredComponent(sku_id=breakfast.mug, quantity=Quantity.of("1"), serials=("M3",)),
        ]

        async def take_one_apart(lines: list[operations.RecoveredComponent]) -> None:
            await operations.disassemble_kits(
                workshop.call,
                warehouse_id=workshop.trade.shop.warehouse.id,
                sku_id=breakfast.breakfast,
                quantity=Quantity.of("1"),
                lines=lines,
            )

        problems = await refusal(take_one_apart(lines[1:]))
        assert [(one.code, one.path) for one in problems] == [("LOT_REQUIRED", ("lines",))]
        await take_one_apart(lines)
        numbers = await db.fetch(
            "SELECT number FROM serial_number WHERE place_id <> ? ORDER BY 1", (VirtualPlace.ASSEMBLY.value,)
        )
        assert numbers == [("M2",), ("M3",)]
        assert await workshop.verify() == []
