"""How often a document goes to PostgreSQL over HTTP, authentication and answer included, however many lines it has."""

from typing import Any

import httpx
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from tests.make.trade import Trade, make_trade
from tests.operations import ask

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)

MOST = {
    "CreatePurchaseOrder": 4,
    "SubmitPurchaseOrder": 4,
    "ApprovePurchaseOrder": 4,
    "ReceiveGoods": 7,
    "AmendPurchaseOrder": 6,
    "SubmitPurchaseAmendment": 4,
    "ApprovePurchaseAmendment": 6,
    "CreateSalesOrder": 4,
    "SubmitSalesOrder": 4,
    "ApproveSalesOrder": 4,
    "ShipGoods": 7,
    "AmendSalesOrder": 6,
    "SubmitSalesAmendment": 4,
    "ApproveSalesAmendment": 7,
    "CreateTransfer": 4,
    "SubmitTransfer": 4,
    "ApproveTransfer": 4,
    "DispatchTransfer": 7,
    "ReceiveTransfer": 7,
    "CreateAdjustment": 4,
    "PostAdjustment": 7,
    "ReverseGoodsReceipt": 7,
    "ReverseShipment": 8,
    "CreateSupplierReturn": 5,
    "SubmitSupplierReturn": 4,
    "RejectSupplierReturn": 4,
    "ApproveSupplierReturn": 4,
    "PostSupplierReturn": 7,
    "ReverseSupplierReturn": 8,
    "CancelSupplierReturn": 4,
    "RejectPurchaseOrder": 4,
    "CancelPurchaseOrder": 4,
    "RejectSalesOrder": 4,
    "CancelSalesOrder": 4,
    "RejectTransfer": 4,
    "CancelTransfer": 4,
    "CancelAdjustment": 4,
}
"""The most round trips of each mutation; they may only become fewer."""
FEW, MANY = 1, 10


class Errands:
    """Sends mutations, and keeps what each took to the database and back."""

    def __init__(self, client: httpx.AsyncClient, trade: Trade, destination_id: int, lines: int) -> None:
        self._client = client
        self._trade = trade
        self._destination = global_id("Warehouse", destination_id)
        self._skus = [global_id("Sku", sku_id) for sku_id in trade.shop.skus[:lines]]
        self._given_up: dict[tuple[str, str], str] = {}
        self._taken_back: dict[tuple[str, str], str] = {}
        self._came: list[str] = []
        self.trips: dict[str, list[str]] = {}

    async def send(self, feature: str, operation: str, **given: Any) -> dict[str, Any]:
        with db.round_trips() as sent:
            payload = await ask(self._client, feature, operation, {"input": given})
        self.trips[operation] = sent
        assert payload["userErrors"] == []
        return payload

    async def work(self) -> dict[str, list[str]]:
        """Buys, sells, carries away and puts right so many SKUs, each step once."""
        await self._buy()
        await self._sell()
        await self._carry()
        await self._find()
        await self._send_back()
        await self._give_up()
        await self._take_back()
        return self.trips

    @property
    def _here(self) -> str:
        return global_id("Warehouse", self._trade.shop.warehouse.id)

    async def _buy(self) -> None:
        lines = [{"skuId": sku, "quantity": "100", "unitPrice": "2"} for sku in self._skus]
        supplier = global_id("Supplier", self._trade.supplier_id)
        given = {"supplierId": supplier, "warehouseId": self._here, "lines": lines}
        order = (await self.send("purchasing", "CreatePurchaseOrder", **given))["purchaseOrder"]
        await self.send("purchasing", "SubmitPurchaseOrder", id=order["id"])
        await self.send("purchasing", "RejectPurchaseOrder", id=order["id"])
        await self.send("purchasing", "SubmitPurchaseOrder", id=order["id"])
        await self.send("purchasing", "ApprovePurchaseOrder", id=order["id"])
        self._given_up["purchasing", "CancelPurchaseOrder"] = order["id"]
        came = [{"purchaseOrderLineId": line["id"], "quantityAccepted": "50"} for line in order["lines"]]
        receipt = await self.send("receiving", "ReceiveGoods", purchaseOrderId=order["id"], lines=came)
        self._taken_back["receiving", "ReverseGoodsReceipt"] = receipt["goodsReceipt"]["id"]
        self._came = [line["id"] for line in receipt["goodsReceipt"]["lines"]]
        await self._amend("Purchase", order, "101")

    async def _sell(self) -> None:
        lines = [{"skuId": sku, "quantity": "2", "unitPrice": "9"} for sku in self._skus]
        customer = global_id("Customer", self._trade.customer_id)
        given = {"customerId": customer, "warehouseId": self._here, "lines": lines}
        order = (await self.send("sales", "CreateSalesOrder", **given))["salesOrder"]
        await self.send("sales", "SubmitSalesOrder", id=order["id"])
        await self.send("sales", "RejectSalesOrder", id=order["id"])
        await self.send("sales", "SubmitSalesOrder", id=order["id"])
        await self.send("sales", "ApproveSalesOrder", id=order["id"])
        self._given_up["sales", "CancelSalesOrder"] = order["id"]
        left = [{"salesOrderLineId": line["id"], "quantity": "1"} for line in order["lines"]]
        shipment = await self.send("shipping", "ShipGoods", salesOrderId=order["id"], lines=left)
        self._taken_back["shipping", "ReverseShipment"] = shipment["shipment"]["id"]
        await self._amend("Sales", order, "3")

    async def _amend(self, side: str, order: dict[str, Any], more: str) -> None:
        """More of each line, and each SKU once more at another price."""
        key, feature = f"{side.lower()}OrderLineId", f"{side.lower()}_amendments"
        change = [{key: line["id"], "quantity": more} for line in order["lines"]]
        add = [{"skuId": sku, "quantity": "3", "unitPrice": "5"} for sku in self._skus]
        given = {f"{side.lower()}OrderId": order["id"], "change": change, "add": add}
        made = (await self.send(feature, f"Amend{side}Order", **given))[f"{side.lower()}Amendment"]
        await self.send(feature, f"Submit{side}Amendment", id=made["id"])
        await self.send(feature, f"Approve{side}Amendment", id=made["id"])

    async def _carry(self) -> None:
        lines = [{"skuId": sku, "quantity": "2"} for sku in self._skus]
        given = {"fromWarehouseId": self._here, "toWarehouseId": self._destination, "lines": lines}
        for operation in ("CancelTransfer", "DispatchTransfer"):
            transfer = (await self.send("transfers", "CreateTransfer", **given))["transfer"]
            await self.send("transfers", "SubmitTransfer", id=transfer["id"])
            await self.send("transfers", "RejectTransfer", id=transfer["id"])
            await self.send("transfers", "SubmitTransfer", id=transfer["id"])
            await self.send("transfers", "ApproveTransfer", id=transfer["id"])
            await self.send("transfers", operation, id=transfer["id"])
        came = [{"transferLineId": line["id"], "quantityAccepted": "1"} for line in transfer["lines"]]
        await self.send("transfers", "ReceiveTransfer", transferId=transfer["id"], lines=came)

    async def _find(self) -> None:
        lines = [{"skuId": sku, "quantity": "1", "unitCost": "2"} for sku in self._skus]
        given = {"warehouseId": self._here, "reason": "FOUND", "lines": lines}
        adjustment = (await self.send("adjustments", "CreateAdjustment", **given))["adjustment"]
        await self.send("adjustments", "PostAdjustment", id=adjustment["id"])
        adjustment = (await self.send("adjustments", "CreateAdjustment", **given))["adjustment"]
        self._given_up["adjustments", "CancelAdjustment"] = adjustment["id"]

    async def _send_back(self) -> None:
        lines = [{"goodsReceiptLineId": line, "quantity": "1"} for line in self._came]
        supplier = global_id("Supplier", self._trade.supplier_id)
        given = {"supplierId": supplier, "warehouseId": self._here, "lines": lines}
        for operation in ("CancelSupplierReturn", "PostSupplierReturn"):
            back = (await self.send("supplier_returns", "CreateSupplierReturn", **given))["supplierReturn"]
            await self.send("supplier_returns", "SubmitSupplierReturn", id=back["id"])
            await self.send("supplier_returns", "RejectSupplierReturn", id=back["id"])
            await self.send("supplier_returns", "SubmitSupplierReturn", id=back["id"])
            await self.send("supplier_returns", "ApproveSupplierReturn", id=back["id"])
            await self.send("supplier_returns", operation, id=back["id"])
        await self.send("supplier_returns", "ReverseSupplierReturn", id=back["id"], note="录错")

    async def _give_up(self) -> None:
        for (feature, operation), document_id in self._given_up.items():
            await self.send(feature, operation, id=document_id)

    async def _take_back(self) -> None:
        for (feature, operation), document_id in self._taken_back.items():
            rest = feature == "receiving"
            await self.send(feature, operation, id=document_id, note="录错", onlyRest=rest)


async def test_no_document_takes_more_round_trips_than_it_may(client: httpx.AsyncClient, call: Call) -> None:
    trade = await make_trade(call, MANY)
    other = await make_trade(call, 1)
    where = other.shop.warehouse.id
    for lines in (MANY, FEW):  # whoever is first makes what others find
        await Errands(client, trade, where, lines).work()
    few = await Errands(client, trade, where, FEW).work()
    many = await Errands(client, trade, where, MANY).work()
    taken = {name: len(trips) for name, trips in many.items()}
    assert taken == {name: len(trips) for name, trips in few.items()}
    told = [
        f"{name}: {' '.join(one.split())[:150]}" for name in taken if taken[name] > MOST[name] for one in many[name]
    ]
    assert not told, "\n".join((str(taken), *told))
