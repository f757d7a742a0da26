"""Carrying out the days of a shop that was made for a demo."""

from datetime import date, timedelta
from functools import partial

from jxc_graphql.buying.purchasing import operations as purchasing
from jxc_graphql.buying.receiving import operations as receiving
from jxc_graphql.exchange.loading import LoadSummary, Progress, Step, line_ids
from jxc_graphql.exchange.premises import Premises, quantity
from jxc_graphql.exchange.sheet import Unusable
from jxc_graphql.exchange.shop import Bought, Good, Hamper, Moved, Shop, Sold, days_of
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.lines import AskedLine
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.shipping import operations as shipping
from jxc_graphql.warehousing.assembly import operations as assembly
from jxc_graphql.warehousing.loans import operations as loans
from jxc_graphql.warehousing.stocktakes import operations as stocktakes
from jxc_graphql.warehousing.transfers import operations as transfers
from jxc_graphql.warehousing.transfers import transit

BOUGHT, SOLD, MOVED = "purchase orders", "sales orders", "transfers"


async def stage(call: Call, shop: Shop, last: date, progress: Progress = lambda *_: None) -> LoadSummary:
    """Sets a shop up and carries out its days until the end of `last`; what was done before stays as it is.

    Today there is a stocktake under way, of which half is counted. Raises `Forbidden` unless the caller may do all
    that happens.
    """
    call.require(Permission.POST_LATE_DOCUMENTS)
    premises = Premises(call, shop, last)
    trade = _Trade(premises, last)
    await premises.carry_out([*premises.steps(), *trade.days(), *trade.present()], progress)
    return premises.summary


class _Trade:
    """What is done on the premises."""

    def __init__(self, premises: Premises, last: date) -> None:
        self._at, self._last = premises, last
        self._orders: dict[int, int] = {}

    def days(self) -> list[Step]:
        """What happened, in the order of the days."""
        dated: list[tuple[date, int, Step]] = []
        for one in days_of(self._at.shop, self._last):
            row = self._at.row(f"event {one.number}")
            if isinstance(one, Bought):
                dated.append((one.day, 1, Step(BOUGHT, row, partial(self._buy, one))))
                if one.came_on:
                    dated.append(
                        (one.came_on, 0, Step("goods receipts", row, partial(self._receive, one, one.came_on)))
                    )
            elif isinstance(one, Sold):
                dated.append((one.day, 2, Step(SOLD, row, partial(self._sell, one))))
            else:
                dated.append((one.day, 3, Step(MOVED, row, partial(self._send, one))))
                if one.came_on:
                    dated.append((one.came_on, 0, Step("arrivals", row, partial(self._arrive, one, one.came_on))))
        dated.append((self._at.shop.lent_on(self._last), 4, Step("loans", self._at.row("loan"), self._lend)))
        return [step for _, _, step in sorted(dated, key=lambda each: each[:2])]

    def present(self) -> list[Step]:
        """What is under way."""
        kits = (Step("kits", self._at.row(one.code), partial(self._assemble, one)) for one in self._at.shop.kits)
        return [*kits, Step("stocktakes", self._at.row("stocktake"), self._count)]

    async def _buy(self, one: Bought) -> None:
        lines = [
            AskedLine(sku_id=self._at.id_of("sku", code), quantity=quantity(count), unit_price=self._cost(code))
            for code, count in one.goods.items()
        ]
        made = await purchasing.create_purchase_order(
            self._at.by(self._at.buyer, f"bought/{one.number}", one.day),
            supplier_id=self._at.id_of("supplier", one.supplier),
            warehouse_id=self._at.id_of("warehouse", self._at.home),
            lines=lines,
        )
        self._orders[one.number] = made.subject_id
        call = self._at.by(self._at.buyer, f"bought/{one.number}/submit", one.day)
        await purchasing.submit_purchase_order(call, purchase_order_id=made.subject_id)
        call = self._at.by(self._at.manager, f"bought/{one.number}/approve", one.day)
        await purchasing.approve_purchase_order(call, purchase_order_id=made.subject_id)

    async def _receive(self, one: Bought, day: date) -> None:
        order_id = self._order(one)
        lines = [
            self._received(self._at.goods[code], line_id, count, one.damaged.get(code, 0), day)
            for line_id, (code, count) in zip(
                await line_ids("purchase_order", order_id), one.goods.items(), strict=True
            )
        ]
        call = self._at.by(self._at.keeper, f"bought/{one.number}/receive", day)
        await receiving.receive_goods(call, purchase_order_id=order_id, lines=lines)

    def _received(self, good: Good, line_id: int, count: int, damaged: int, day: date) -> receiving.ReceivedLine:
        return receiving.ReceivedLine(
            purchase_order_line_id=line_id,
            quantity_accepted=quantity(count - damaged),
            quantity_rejected=quantity(damaged),
            lot=self._at.lot(good, day),
            serials=self._at.numbers(good, count - damaged),
            rejected_serials=self._at.numbers(good, damaged, are_good=False),
            place_id=self._at.bin_of(good),
        )

    async def _sell(self, one: Sold) -> None:
        lines = [
            AskedLine(
                sku_id=self._at.id_of("sku", code),
                quantity=quantity(count),
                unit_price=UnitPrice.of(self._at.goods[code].price),
            )
            for code, count in one.goods.items()
        ]
        made = await sales.create_sales_order(
            self._at.by(self._at.seller, f"sold/{one.number}", one.day),
            customer_id=self._at.id_of("customer", one.customer),
            warehouse_id=self._at.id_of("warehouse", self._at.home),
            lines=lines,
        )
        call = self._at.by(self._at.seller, f"sold/{one.number}/submit", one.day)
        await sales.submit_sales_order(call, sales_order_id=made.subject_id)
        call = self._at.by(self._at.manager, f"sold/{one.number}/approve", one.day)
        await sales.approve_sales_order(call, sales_order_id=made.subject_id)
        if one.left_on:
            await self._ship(one, made.subject_id, one.left_on)

    async def _ship(self, one: Sold, order_id: int, day: date) -> None:
        lines = [
            shipping.ShippedLine(
                sales_order_line_id=line_id, quantity=quantity(count), serials=self._at.taken(code, count)
            )
            for line_id, (code, count) in zip(await line_ids("sales_order", order_id), one.goods.items(), strict=True)
        ]
        call = self._at.by(self._at.keeper, f"sold/{one.number}/ship", day)
        await shipping.ship_goods(call, sales_order_id=order_id, lines=lines)

    async def _send(self, one: Moved) -> None:
        made = await transfers.create_transfer(
            self._at.by(self._at.keeper, f"moved/{one.number}", one.day),
            from_warehouse_id=self._at.id_of("warehouse", self._at.home),
            to_warehouse_id=self._at.id_of("warehouse", self._at.other),
            lines=[
                transfers.AskedGoods(sku_id=self._at.id_of("sku", code), quantity=quantity(count))
                for code, count in one.goods.items()
            ],
        )
        self._orders[one.number] = made.subject_id
        for what, actor, operation in (
            ("submit", self._at.keeper, transfers.submit_transfer),
            ("approve", self._at.manager, transfers.approve_transfer),
            ("dispatch", self._at.keeper, transit.dispatch_transfer),
        ):
            call = self._at.by(actor, f"moved/{one.number}/{what}", one.day)
            await operation(call, transfer_id=made.subject_id)

    async def _arrive(self, one: Moved, day: date) -> None:
        transfer_id = self._order(one)
        lines = [
            transit.ArrivedLine(transfer_line_id=line_id, quantity_accepted=quantity(count))
            for line_id, count in zip(await line_ids("transfer", transfer_id), one.goods.values(), strict=True)
        ]
        call = self._at.by(self._at.keeper, f"moved/{one.number}/receive", day)
        await transit.receive_transfer(call, transfer_id=transfer_id, lines=lines)

    async def _lend(self) -> None:
        loan = self._at.shop.loan
        day = self._at.shop.lent_on(self._last)
        lines = [
            loans.WantedLine(
                sku_id=self._at.id_of("sku", code), quantity=quantity(count), serials=self._at.taken(code, count)
            )
            for code, count in loan.goods.items()
        ]
        made = await loans.create_loan(
            self._at.by(self._at.seller, "loan", day),
            warehouse_id=self._at.id_of("warehouse", self._at.home),
            customer_id=self._at.id_of("customer", loan.customer),
            due_on=day + timedelta(days=loan.for_days),
            lines=lines,
        )
        await loans.approve_loan(self._at.by(self._at.manager, "loan/approve", day), loan_id=made.subject_id)

    async def _assemble(self, one: Hamper) -> None:
        await assembly.assemble_kits(
            self._at.by(self._at.keeper, f"assembled/{one.code}", self._last),
            warehouse_id=self._at.id_of("warehouse", self._at.home),
            sku_id=self._at.id_of("sku", one.code),
            quantity=quantity(one.made),
        )

    async def _count(self) -> None:
        scope = stocktakes.CountScope(category_ids=(self._at.id_of("category", self._at.shop.counted),))
        made = await stocktakes.plan_stocktake(
            self._at.by(self._at.keeper, "stocktake"),
            warehouse_id=self._at.id_of("warehouse", self._at.home),
            scope=scope,
        )
        await stocktakes.start_stocktake(self._at.by(self._at.keeper, "stocktake/start"), stocktake_id=made.subject_id)
        lines = await db.fetch(
            "SELECT id, book_quantity FROM stocktake_line WHERE stocktake_id = ? ORDER BY line_no", (made.subject_id,)
        )
        counts = [
            stocktakes.AskedCount(line_id=line_id, quantity=Quantity(booked - (0 if at else int(quantity(1)))))
            for at, (line_id, booked) in enumerate(lines[: len(lines) // 2])
        ]
        call = self._at.by(self._at.keeper, "stocktake/count")
        await stocktakes.record_counts(call, stocktake_id=made.subject_id, counts=counts)

    def _cost(self, code: str) -> UnitPrice:
        return UnitPrice.of(self._at.goods[code].cost)

    def _order(self, one: Bought | Moved) -> int:
        if one.number not in self._orders:
            raise Unusable(f"order {one.number} was refused")
        return self._orders[one.number]
