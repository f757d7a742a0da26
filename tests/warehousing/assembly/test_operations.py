from datetime import timedelta

import msgspec
import pytest

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.errors import Conflict
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.warehousing.assembly import operations, queries
from tests.make.workshop import BOX, CRATE, OTHER, RIBBON, TEA, Workshop
from tests.refusals import refusal


class TestSetKitComponents:
    async def test_replaces_the_recipe_as_a_whole(self, workshop: Workshop) -> None:
        kit_id = await workshop.set(BOX, (RIBBON, "2"), (OTHER, "0.5"), version=1)
        recipe = await queries.recipe(workshop.sku(BOX))
        assert recipe is not None
        assert (recipe.kit_id, recipe.version, str(recipe.batch_quantity)) == (kit_id, 2, "1")
        assert [*recipe.components] == workshop.components((RIBBON, "2"), (OTHER, "0.5"))

    async def test_takes_a_recipe_back(self, workshop: Workshop) -> None:
        await workshop.set(BOX)
        assert await queries.recipe(workshop.sku(BOX)) is None
        (problem,) = await refusal(workshop.assemble("1"))
        assert (problem.code, problem.path) == ("NO_RECIPE", ("sku_id",))

    async def test_refuses_another_version(self, workshop: Workshop) -> None:
        with pytest.raises(Conflict):
            await workshop.set(BOX, (RIBBON, "2"), version=2)

    async def test_tells_everything_that_is_wrong(self, workshop: Workshop) -> None:
        await catalog.update_sku(workshop.call, sku_id=workshop.sku(OTHER), is_active=False)
        components = [
            *workshop.components((TEA, "0"), (TEA, "1"), (OTHER, "1"), (CRATE, "1")),
            operations.Component(sku_id=5, quantity=Quantity.of("1")),
        ]
        problems = await refusal(
            operations.set_kit_components(
                workshop.call, sku_id=workshop.sku(CRATE), components=components, batch_quantity=Quantity.of("0")
            )
        )
        assert [(one.code, one.path[:2]) for one in problems] == [
            ("MUST_BE_POSITIVE", ("batch_quantity",)),
            ("MUST_BE_POSITIVE", ("components", 0)),
            ("COMPONENT_REPEATED", ("components", 1)),
            ("SKU_INACTIVE", ("components", 2)),
            ("KIT_CYCLE", ("components", 3)),
            ("UNKNOWN_ID", ("components", 4)),
        ]

    async def test_refuses_kits_that_are_made_of_themselves(self, workshop: Workshop) -> None:
        await workshop.set(CRATE, (BOX, "12"), (OTHER, "1"))
        (problem,) = await refusal(workshop.set(BOX, (TEA, "2"), (CRATE, "1")))
        assert (problem.code, problem.path) == ("KIT_CYCLE", ("components", 1, "sku_id"))

    async def test_refuses_kits_that_lie_too_deep(self, workshop: Workshop) -> None:
        product = await db.fetch("SELECT product_id FROM sku WHERE id = ?", (workshop.sku(TEA),))
        chain = [workshop.sku(BOX)]
        for n in range(4):
            made = await catalog.create_sku(
                workshop.call, product_id=product[0][0], code=f"deep {n}", name="深", unit="个"
            )
            await operations.set_kit_components(
                workshop.call,
                sku_id=made.sku_id,
                components=[operations.Component(sku_id=chain[-1], quantity=Quantity.of("1"))],
            )
            chain.append(made.sku_id)
        deepest = [operations.Component(sku_id=chain[-1], quantity=Quantity.of("1"))]
        (problem,) = await refusal(
            operations.set_kit_components(workshop.call, sku_id=workshop.sku(CRATE), components=deepest)
        )
        assert (problem.code, problem.path) == ("KIT_TOO_DEEP", ("components", 0, "sku_id"))
        # Nor can the chain grow from below.
        await workshop.set(OTHER, (RIBBON, "1"))
        (problem,) = await refusal(workshop.set(BOX, (OTHER, "1")))
        assert problem.code == "KIT_TOO_DEEP"


class TestAssembleKits:
    async def test_makes_kits_worth_what_went_into_them(self, workshop: Workshop) -> None:
        assembly_id = await workshop.assemble("3", extra_cost=Money.of("1.25"))
        assert await workshop.told(assembly_id) == (
            ["18.5", "1.25", "19.75"],
            [["6", "6", "18"], ["1", "1", "0.5"]],
        )
        assert await workshop.level(BOX) == ("3", "19.75")
        assert await workshop.level(TEA) == ("14", "42")
        assert await workshop.level(RIBBON) == ("9", "4.5")
        assert await workshop.verify() == []

    async def test_tells_which_levels_it_changed(self, workshop: Workshop) -> None:
        shop = workshop.trade.shop
        fact = await operations.assemble_kits(
            workshop.call, warehouse_id=shop.warehouse.id, sku_id=workshop.sku(BOX), quantity=Quantity.of("3")
        )
        rows = await db.fetch("SELECT sku_id FROM stock_level WHERE id IN (?, ?, ?)", fact.stock_level_ids)
        assert {sku for (sku,) in rows} == {workshop.sku(TEA), workshop.sku(RIBBON), workshop.sku(BOX)}

    async def test_kits_are_as_old_as_the_day_they_are_made(self, workshop: Workshop) -> None:
        day = clock.day_of(workshop.call.at)
        late = msgspec.structs.replace(workshop.call, at=workshop.call.at + timedelta(days=1), business_date=day)
        await operations.assemble_kits(
            late,
            warehouse_id=workshop.trade.shop.warehouse.id,
            sku_id=workshop.sku(BOX),
            quantity=Quantity.of("3"),
        )
        ((origin,),) = await db.fetch(
            "SELECT origin_on FROM cost_layer JOIN stock_level ON stock_level.id = stock_level_id WHERE sku_id = ?",
            (workshop.sku(BOX),),
        )
        assert db.day(origin) == day

    async def test_kits_go_to_those_who_wait_for_them(self, workshop: Workshop) -> None:
        order = await workshop.trade.sell((BOX, "2", "9"))
        assert await workshop.trade.reserved(order) == ["0"]
        await workshop.assemble("3")
        assert await workshop.verify() == []
        assert await workshop.trade.reserved(order) == ["2"]

    async def test_refuses_what_is_not_there(self, workshop: Workshop) -> None:
        await workshop.trade.sell((TEA, "16", "9"))
        (problem,) = await refusal(workshop.assemble("3"))
        assert (problem.code, problem.path) == ("INSUFFICIENT_STOCK", ("quantity",))
        assert str(problem.available) == "4"  # type: ignore[attr-defined]

    async def test_departs_from_the_recipe_for_a_reason_only(self, workshop: Workshop) -> None:
        lines = workshop.lines((TEA, "4"), (TEA, "3"))
        (problem,) = await refusal(workshop.assemble("3", lines=lines))
        assert (problem.code, problem.path) == ("DEVIATION_UNEXPLAINED", ("lines", 0, "quantity"))
        assembly_id = await workshop.assemble("3", lines=lines, reason="一包破损")
        told = await workshop.told(assembly_id)
        assert told == (["21.5", "0", "21.5"], [["6", "4", "12"], ["0", "3", "9"], ["1", "1", "0.5"]])
        assert await workshop.verify() == []

    async def test_refuses_quantities_that_nobody_can_measure(self, workshop: Workshop) -> None:
        (problem,) = await refusal(workshop.assemble("1"))
        assert (problem.code, problem.path) == ("INEXACT_COMPONENT", ("quantity",))
        await workshop.assemble("1", lines=workshop.lines((RIBBON, "0.3333")), reason="三分之一")
        assert await workshop.level(RIBBON) == ("9.6667", "4.8334")

    async def test_tells_everything_that_is_wrong(self, workshop: Workshop) -> None:
        elsewhere = await warehouses.create_warehouse(workshop.call, code="ELSEWHERE", name="别处")
        ((place_id,),) = await db.fetch("SELECT stock_place_id FROM warehouse WHERE id = ?", (elsewhere.warehouse_id,))
        damaged = workshop.trade.shop.warehouse.damaged_place_id
        lines = [
            *workshop.lines((TEA, "6"), place_id=place_id),
            *workshop.lines((RIBBON, "0"), place_id=damaged, lot_id=7),
            *workshop.lines((OTHER, "1")),
        ]
        problems = await refusal(workshop.assemble("3", lines=lines, lot=LotLabel("L")))
        assert [(one.code, one.path) for one in problems] == [
            ("MUST_BE_POSITIVE", ("lines", 1, "quantity")),
            ("NOT_IN_RECIPE", ("lines", 2, "sku_id")),
            ("DEVIATION_UNEXPLAINED", ("lines", 1, "quantity")),
            ("UNKNOWN_ID", ("lines", 0, "place_id")),
            ("PLACE_NOT_FOR_SALE", ("lines", 1, "place_id")),
            ("UNKNOWN_ID", ("lines", 1, "lot_id")),
            ("LOT_NOT_KEPT", ("lot",)),
        ]
        problems = await refusal(workshop.assemble("0", extra_cost=Money.of("-1"), note="长" * 501, kit=TEA))
        assert [one.code for one in problems] == ["MUST_BE_POSITIVE", "OUT_OF_BOUNDS", "TEXT_TOO_LONG", "NO_RECIPE"]

    async def test_costs_as_many_statements_for_many_lines_as_for_one(self, workshop: Workshop) -> None:
        counts = []
        for lines in ([(TEA, "6")], [(TEA, "0.5")] * 12):
            await workshop.assemble("3", lines=workshop.lines(*lines))  # levels and places are there
            await workshop.trade.stock_up("6", "1")
            with db.statements() as seen:
                await workshop.assemble("3", lines=workshop.lines(*lines))
            counts.append(len(seen))
            await workshop.trade.stock_up("6", "1")
        assert counts[0] == counts[1]


class TestDisassembleKits:
    async def test_shares_the_value_by_what_components_cost(self, workshop: Workshop) -> None:
        await workshop.assemble("6", extra_cost=Money.of("3"))
        assembly_id = await workshop.disassemble("3")
        # 3 boxes are worth 20; teas cost 3, ribbons 0.5: 18 to 0.5.
        assert await workshop.told(assembly_id) == (["20", "0", "20"], [["6", "6", "19.4595"], ["1", "1", "0.5405"]])
        assert await workshop.level(BOX) == ("3", "20")
        assert await workshop.verify() == []

    async def test_what_is_lost_leaves_its_share_to_the_others(self, workshop: Workshop) -> None:
        await workshop.assemble("3")
        lines = workshop.lines((TEA, "5"), (RIBBON, "0"))
        problems = await refusal(workshop.disassemble("3", lines=lines))
        assert [(one.code, one.path) for one in problems] == [
            ("DEVIATION_UNEXPLAINED", ("lines", 0, "quantity")),
            ("DEVIATION_UNEXPLAINED", ("lines", 1, "quantity")),
        ]
        assembly_id = await workshop.disassemble("3", lines=lines, reason="丝带剪断", extra_cost=Money.of("0.5"))
        assert await workshop.told(assembly_id) == (["18.5", "0.5", "19"], [["6", "5", "19"], ["1", "0", "0"]])
        assert await workshop.level(TEA) == ("19", "61")
        assert await workshop.verify() == []

    async def test_refuses_more_than_was_in_it_and_nothing_at_all(self, workshop: Workshop) -> None:
        await workshop.assemble("3")
        (problem,) = await refusal(workshop.disassemble("3", lines=workshop.lines((TEA, "7")), reason="多了"))
        assert (problem.code, problem.path) == ("MORE_THAN_RECIPE", ("lines", 0, "quantity"))
        nothing = workshop.lines((TEA, "0"), (RIBBON, "0"))
        (problem,) = await refusal(workshop.disassemble("3", lines=nothing, reason="全毁"))
        assert problem.code == "NOTHING_RECOVERED"

    async def test_shares_by_quantity_where_nothing_has_a_cost_yet(self, workshop: Workshop) -> None:
        await workshop.set(CRATE, (OTHER, "3"), (BOX, "1"))
        order = await workshop.trade.buy((CRATE, "1", "10"))
        await workshop.trade.receive(order, (0, "1"))
        assembly_id = await workshop.disassemble("1", kit=CRATE)
        assert await workshop.told(assembly_id) == (["10", "0", "10"], [["3", "3", "7.5"], ["1", "1", "2.5"]])

    async def test_undoes_what_was_made(self, workshop: Workshop) -> None:
        before = [await workshop.level(sku) for sku in (TEA, RIBBON)]
        await workshop.assemble("3")
        await workshop.disassemble("3")
        assert [await workshop.level(sku) for sku in (TEA, RIBBON)] == before
        assert await workshop.level(BOX) == ("0", "0")
        assert await workshop.verify() == []

    async def test_refuses_kits_that_are_not_there(self, workshop: Workshop) -> None:
        await workshop.assemble("3")
        (problem,) = await refusal(workshop.disassemble("6"))
        assert (problem.code, problem.path) == ("INSUFFICIENT_STOCK", ("quantity",))
