from datetime import date

import msgspec

from jxc_graphql.books.goods.facts import DocumentPosted
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.office.documents.facts import DocumentSubmitted
from jxc_graphql.warehousing.adjustments import operations
from jxc_graphql.warehousing.adjustments.models import Adjustment, AdjustmentReason
from tests.make.corrections import keeper, route, scrapped, told
from tests.make.shop import Shop, make_shop
from tests.refusals import codes

LOST, DAMAGED = AdjustmentReason.LOST, AdjustmentReason.DAMAGED


class TestWriteOff:
    async def test_scraps_goods_from_wherever_they_are(self, shop: Shop) -> None:
        places = shop.warehouse
        await shop.post(
            shop.coming("5", "10"),
            *(shop.move(1, place, "5", "10") for place in (places.quality_place_id, places.damaged_place_id)),
        )
        lines = [
            scrapped(shop, "1"),
            scrapped(shop, "2", place_id=places.quality_place_id),
            scrapped(shop, "5", place_id=places.damaged_place_id),
        ]
        posted = await operations.write_off(shop.call, warehouse_id=places.id, reason=DAMAGED, lines=lines, note="摔坏")
        assert isinstance(posted, DocumentPosted)
        assert await route(posted.subject_id) == [(place, "SCRAP") for place in ("STOCK", "QUALITY", "DAMAGED")]
        assert await told(posted.subject_id) == ("POSTED", "-16", ["-2", "-4", "-10"])
        adjustment = await Adjustment.get(id=posted.subject_id)
        assert (adjustment.is_write_off, adjustment.reason, adjustment.note) == (True, DAMAGED, "摔坏")

    async def test_scraps_what_expired_first(self, call: Call) -> None:
        dairy = await make_shop(call, tracking=SkuTracking.LOT)
        old, good = await dairy.lot("OLD", date(2026, 1, 1)), await dairy.lot("GOOD", date(2027, 1, 1))
        await dairy.post(dairy.coming("5", "5", lot_id=good), dairy.coming("5", "5", lot_id=old))
        posted = await operations.write_off(
            dairy.call, warehouse_id=dairy.warehouse.id, reason=AdjustmentReason.EXPIRED, lines=[scrapped(dairy, "5")]
        )
        rows = await db.fetch("SELECT lot_id FROM stock_movement WHERE document_id = ?", (posted.subject_id,))
        assert rows == [(old,)]

    async def test_waits_above_the_threshold(self, shop: Shop) -> None:
        await shop.post(shop.coming("5", "5000"))
        waiting = await operations.write_off(
            keeper(shop), warehouse_id=shop.warehouse.id, reason=AdjustmentReason.WRITE_OFF, lines=[scrapped(shop, "2")]
        )
        assert isinstance(waiting, DocumentSubmitted)
        assert await told(waiting.subject_id) == ("SUBMITTED", None, [None])
        await operations.approve_adjustment(shop.call, adjustment_id=waiting.subject_id)
        assert await told(waiting.subject_id) == ("POSTED", "-2000", ["-2000"])
        assert await route(waiting.subject_id) == [("STOCK", "SCRAP")]

    async def test_is_of_losses_with_a_fitting_reason(self, shop: Shop) -> None:
        wrong = operations.write_off(
            shop.call, warehouse_id=shop.warehouse.id, reason=LOST, lines=[scrapped(shop, "-1")], note="x" * 501
        )
        assert await codes(wrong) == [
            ("NO_WRITE_OFF", ("reason",)),
            ("TEXT_TOO_LONG", ("note",)),
            ("WRONG_DIRECTION", ("lines", 0, "quantity")),
        ]
        short = operations.write_off(
            shop.call, warehouse_id=shop.warehouse.id, reason=DAMAGED, lines=[scrapped(shop, "1")]
        )
        assert [code for code, _ in await codes(short)] == ["INSUFFICIENT_STOCK"]

    async def test_is_done_once(self, shop: Shop) -> None:
        await shop.post(shop.coming("5", "5"))
        once = msgspec.structs.replace(shop.call, idempotency_key="once")
        for _ in range(2):
            await operations.write_off(
                once, warehouse_id=shop.warehouse.id, reason=DAMAGED, lines=[scrapped(shop, "2")]
            )
        assert (await shop.level())["on_hand"] == "3"
