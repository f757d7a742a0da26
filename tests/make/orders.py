"""Orders of either kind over the wire, drafted and changed as their pages do."""

from typing import Any

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from tests.make.trade import Trade
from tests.operations import ask

Answer = dict[str, Any]


class Orders:
    """Orders of one kind, drafted and changed."""

    def __init__(self, client: httpx.AsyncClient, trade: Trade, feature: str) -> None:
        self._client, self._trade, self._feature = client, trade, feature
        self._kind = {"purchasing": "PurchaseOrder", "sales": "SalesOrder"}[feature]
        self._codes: dict[str, int] = {}

    async def codes(self) -> dict[str, str]:
        """The ids of the tax codes."""
        return {code: global_id("TaxCode", key) for key, code in await db.fetch("SELECT id, code FROM tax_code")}

    async def asked(self, *lines: Answer) -> list[Answer]:
        """Lines of which each is about the next SKU, with codes for the ids of tax codes."""
        codes, skus = await self.codes(), self._trade.shop.skus
        return [
            {"skuId": global_id("Sku", skus[at]), "quantity": "1"}
            | {key: value for key, value in line.items() if key != "taxCode"}
            | ({"taxCodeId": codes.get(line["taxCode"], line["taxCode"])} if "taxCode" in line else {})
            for at, line in enumerate(lines)
        ]

    async def draft(self, *lines: Answer, **others: Any) -> tuple[Answer, list[Any]]:
        """A new one as its page shows it, or what is wrong with it."""
        partner = {
            "purchasing": {"supplierId": global_id("Supplier", self._trade.supplier_id)},
            "sales": {"customerId": global_id("Customer", self._trade.customer_id)},
        }[self._feature]
        place = {"warehouseId": global_id("Warehouse", self._trade.shop.warehouse.id)}
        return await self._said("Create", lines=await self.asked(*lines), **partner, **place, **others)

    async def update(self, order: Answer, **others: Any) -> tuple[Answer, list[Any]]:
        """It after a change, or what is wrong with that."""
        return await self._said("Update", id=order["id"], **others)

    async def _said(self, verb: str, **given: Any) -> tuple[Answer, list[Any]]:
        payload = await ask(self._client, self._feature, f"{verb}{self._kind}", {"input": given})
        wrong = [(one["code"], one["path"]) for one in payload["userErrors"]]
        order = payload[self._kind[0].lower() + self._kind[1:]]
        return (
            await ask(self._client, self._feature, f"{self._kind}Page", {"id": order["id"]}) if order else {}
        ), wrong


def amounts(of: Answer) -> tuple[str, str, str]:
    """Net, tax and gross of an order, or of a line of one."""
    return of["net"], of["tax"], of["gross"]
