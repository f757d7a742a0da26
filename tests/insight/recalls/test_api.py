import httpx
import msgspec

from jxc_graphql import schema
from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.masters.warehouses.operations import create_warehouse
from jxc_graphql.office.auth.permissions import Permission
from tests.make.bakery import CAKE, Bakery
from tests.operations import ask, documents, sign_in_as


async def baked(bakery: Bakery) -> str:
    """Flour comes, becomes a cake, and both are sold; gives the id of the flour's lot."""
    await bakery.buy("F1", "10")
    await bakery.bake("C1", "2")
    await bakery.sell("F1", "2")
    await bakery.sell("C1", "1", CAKE)
    await bakery.scrap("F1", "1")
    return global_id("Lot", await bakery.lot("F1"))


class TestLotTrace:
    async def test_shows_who_is_to_be_told(self, client: httpx.AsyncClient, bakery: Bakery) -> None:
        lot_id = await baked(bakery)
        shown = await ask(client, "recalls", "LotTrace", {"lotId": lot_id})
        assert (shown["lot"]["number"], shown["isComplete"]) == ("F1", True)
        (supply,) = shown["suppliers"]
        assert (supply["supplier"]["id"], supply["quantity"], supply["goodsReceipt"]["number"][:3]) == (
            global_id("Supplier", bakery.trade.supplier_id), "10", "GR-",
        )  # fmt: skip
        assert [(one["lot"]["number"], one["depth"], one["quantity"]) for one in shown["customers"]] == [
            ("F1", 0, "2"),
            ("C1", 1, "1"),
        ]
        assert {(one["customer"]["name"], one["shipment"]["number"][:3]) for one in shown["customers"]} == {
            ("客户", "SH-")
        }
        assert {one["salesOrder"]["number"][:3] for one in shown["customers"]} == {"SO-"}
        (kit,) = shown["kits"]
        assert (kit["fromLot"]["number"], kit["lot"]["number"], kit["depth"], kit["quantity"]) == ("F1", "C1", 1, "2")
        assert kit["document"]["__typename"] == "Assembly"
        cake = await ask(client, "recalls", "LotTrace", {"lotId": kit["lot"]["id"]})
        assert [(one["lot"]["number"], one["quantity"]) for one in cake["components"]] == [("F1", "4")]
        assert [(one["lot"]["number"], one["depth"]) for one in cake["suppliers"]] == [("F1", 1)]
        assert [(one["lot"]["number"], one["place"]["kind"], one["quantity"]) for one in shown["placeLevels"]] == [
            ("F1", "STOCK", "3"),
            ("C1", "STOCK", "1"),
        ]
        assert [(one["toPlace"]["kind"], one["quantity"]) for one in shown["otherMovements"]] == [("SCRAP", "1")]

    async def test_keeps_to_scope_and_rights(self, client: httpx.AsyncClient, bakery: Bakery) -> None:
        lot_id = await baked(bakery)
        executor = Executor(schema.schema())
        stockman = msgspec.structs.replace(
            bakery.trade.call, permissions=frozenset({Permission.SEE_STOCK, Permission.SEE_CATALOG})
        )
        answer = await executor.run(executor.prepare(documents()["LotTrace"]), {"lotId": lot_id}, stockman)
        assert (answer.data["lotTrace"]["suppliers"], answer.data["lotTrace"]["customers"]) == (None, None)
        assert len(answer.data["lotTrace"]["kits"]) == 1
        elsewhere = await create_warehouse(bakery.trade.call, code="ELSEWHERE", name="别处")
        await sign_in_as(client, "WAREHOUSE_KEEPER", elsewhere.warehouse_id)
        shown = await ask(client, "recalls", "LotTrace", {"lotId": lot_id})
        assert [shown[name] for name in ("suppliers", "customers", "kits", "placeLevels", "otherMovements")] == [[]] * 5

    async def test_takes_as_many_statements_for_much_as_for_little(self, bakery: Bakery) -> None:
        executor, counts = Executor(schema.schema()), []
        lot_id = await baked(bakery)
        for sold in (0, 4):
            for _ in range(sold):
                await bakery.sell("F1", "0.5")
            with db.statements() as seen:
                answer = await executor.run(
                    executor.prepare(documents()["LotTrace"]), {"lotId": lot_id}, bakery.trade.call
                )
            assert answer.errors is msgspec.UNSET
            counts.append(len(seen))
        assert counts[0] == counts[1]


class TestLotsOfPartners:
    async def test_are_shown_with_their_days(self, client: httpx.AsyncClient, bakery: Bakery) -> None:
        await baked(bakery)
        trade = bakery.trade
        brought = await ask(client, "recalls", "SupplierLots", {"supplierId": global_id("Supplier", trade.supplier_id)})
        assert [(one["lot"]["number"], one["quantity"], one["documents"]) for one in brought["nodes"]] == [
            ("F1", "10", 1)
        ]
        where = {"skuId": global_id("Sku", trade.shop.skus[CAKE])}
        asked = {"customerId": global_id("Customer", trade.customer_id), "where": where}
        received = await ask(client, "recalls", "CustomerLots", asked)
        assert [(one["lot"]["number"], one["quantity"]) for one in received["nodes"]] == [("C1", "1")]
        assert received["nodes"][0]["firstOn"] == received["nodes"][0]["lastOn"]
        assert not received["pageInfo"]["hasNextPage"]
        rest = await ask(client, "recalls", "CustomerLots", asked | {"after": received["pageInfo"]["endCursor"]})
        assert (rest["nodes"], rest["pageInfo"]["endCursor"]) == ([], None)
