"""Who has a say in a document is asked before it is moved on, and hears of it afterwards; nobody pays for no say."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.purchasing.facts import PurchaseOrderApproved
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.journal import Fact
from jxc_graphql.kit.numbers import Quantity
from jxc_graphql.office.documents import gates
from jxc_graphql.office.documents.facts import DocumentRejected
from jxc_graphql.office.documents.gates import HeldDocument
from jxc_graphql.office.documents.models import DocumentHeader
from jxc_graphql.office.documents.states import DocumentAction
from jxc_graphql.warehousing.adjustments import operations as adjustments
from jxc_graphql.warehousing.adjustments.models import Adjustment, AdjustmentReason
from jxc_graphql.warehousing.adjustments.rules import ScrappedGoods
from tests.make.begun import begun
from tests.make.contract import make_stocked
from tests.make.trade import Trade

trade = begun(make_stocked)


class Noted:
    """A gate that notes what it is asked, and has orders wait as often as it is told."""

    def __init__(self, glimpse: str = "7", waits: int = 0) -> None:
        self.told, self.waits, self.seen = glimpse, waits, list[tuple[str, str]]()

    def glimpse(self, kind: type[DocumentHeader]) -> str:  # noqa: ARG002
        return self.told

    glimpse_of_new = glimpse

    async def changed(self, call: Call, held: HeldDocument) -> None:  # noqa: ARG002
        self.seen.append(("changed", held.status))

    def stands_before(self, held: HeldDocument) -> bool:
        return held.action is DocumentAction.APPROVE

    async def ask(self, call: Call, held: HeldDocument, given: dict[str, Any]) -> Fact | None:  # noqa: ARG002
        self.seen.append(("asked", held.status))
        self.waits -= 1
        return DocumentRejected.of(held.document, note="wait") if self.waits >= 0 else None

    async def must_wait(self, call: Call, document: DocumentHeader, sku_ids: Sequence[int]) -> bool:  # noqa: ARG002
        self.seen.append(("posts", f"{len(sku_ids)} lines"))
        return True

    async def moved(self, call: Call, held: HeldDocument) -> None:  # noqa: ARG002
        self.seen.append((held.action, f"{held.status} to {held.document.status}"))


@pytest.fixture
def before() -> Iterator[None]:
    kept = list(gates._gate)  # noqa: SLF001
    yield
    gates._gate[:] = kept  # noqa: SLF001


@pytest.mark.usefixtures("before")
async def test_it_is_asked_before_and_hears_of_it_afterwards(trade: Trade) -> None:
    order_id = await trade.draft_purchase((0, "1", "2"))
    gates.guarded_by(gate := Noted(waits=1))
    await purchasing.submit_purchase_order(trade.call, purchase_order_id=order_id)
    first = await purchasing.approve_purchase_order(trade.call, purchase_order_id=order_id)
    assert isinstance(first, DocumentRejected)
    assert await trade.purchase(order_id) == ("SUBMITTED", 2)
    second = await purchasing.approve_purchase_order(trade.call, purchase_order_id=order_id)
    assert isinstance(second, PurchaseOrderApproved)
    assert gate.seen == [
        ("SUBMIT", "DRAFT to SUBMITTED"), ("asked", "SUBMITTED"), ("asked", "SUBMITTED"),
        ("APPROVE", "SUBMITTED to APPROVED"),
    ]  # fmt: skip


@pytest.mark.usefixtures("before")
async def test_corrections_wait_for_it(trade: Trade) -> None:
    gates.guarded_by(gate := Noted())
    lines = [ScrappedGoods(sku_id=trade.shop.skus[0], quantity=Quantity.of("1"))]
    await adjustments.write_off(trade.call, warehouse_id=trade.shop.warehouse.id, lines=lines)
    assert gate.seen == [("posts", "1 lines"), ("POST", "DRAFT to SUBMITTED")]
    assert [one.status for one in await Adjustment.all()] == ["SUBMITTED"]
    assert (await Adjustment.get()).reason == AdjustmentReason.WRITE_OFF


@pytest.mark.usefixtures("before")
async def test_who_has_no_say_is_not_asked_and_costs_no_statement(trade: Trade) -> None:
    async def taken() -> int:
        order_id = await trade.draft_purchase((0, "1", "2"))
        with db.statements() as sent:
            await purchasing.submit_purchase_order(trade.call, purchase_order_id=order_id)
            await purchasing.approve_purchase_order(trade.call, purchase_order_id=order_id)
        return len(sent)

    gates._gate.clear()  # noqa: SLF001
    await taken()  # which makes what others find
    without = await taken()
    gates.guarded_by(gate := Noted("NULL"))
    assert await taken() == without
    assert gate.seen == []
