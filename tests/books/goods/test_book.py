"""The book of goods under any sequence of what can happen to it, against a model of a few lines."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from datetime import date
from typing import Any, TypeVar

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jxc_graphql.books.goods import queries, rebuild
from jxc_graphql.books.goods.ledger import Charge, ValueChange, VirtualPlace
from jxc_graphql.insight.verification.queries import told as told_of_goods
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Rejected
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog.tracking import ValuationMethod
from jxc_graphql.office.auth.operations import create_user, ensure_roles, system_call
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.warehousing.openings import operations
from jxc_graphql.warehousing.openings.operations import OpeningLine
from jxc_graphql.wiring import MODEL_MODULES
from tests.make.shop import AT, Shop, make_shop

T = TypeVar("T")

skus = st.integers(0, 1)
quantities = st.integers(1, 80_000).map(Quantity)
values = st.integers(0, 10**6).map(Money)
DAY = date(2025, 12, 31)


class Asked(msgspec.Struct):
    """What an owner asks for, and what is kept for it."""

    sku: int
    wanted: int
    kept: int = 0


async def administrator() -> Call:
    await ensure_roles(system_call())
    admin = await create_user(system_call(), username="admin", name="Administrator", roles=["ADMIN"])
    return Call(actor_id=admin.user_id, permissions=frozenset(Permission), at=AT)


class Book(RuleBasedStateMachine):
    """Goods of two SKUs in one warehouse; a document that the model refuses must be refused, and no other."""

    runner: asyncio.Runner
    call: Call
    owners: Bundle[int] = Bundle("owners")

    def run(self, action: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await action

        return self.runner.run(awaited())

    @initialize()
    def open(self) -> None:
        self.shop: Shop = self.run(make_shop(self.call, skus=2))
        self.stock: Counter[int] = Counter()
        self.damaged: Counter[int] = Counter()
        self.claims: dict[int, Asked] = {}
        self.lines: list[int] = []
        self.brought: dict[int, tuple[int, int]] = {}
        self.returned: Counter[int] = Counter()

    def reserved(self, sku: int) -> int:
        return sum(one.kept for one in self.claims.values() if one.sku == sku)

    def settle(self) -> None:
        """Who asked first is served first; who asked last gives back first."""
        for sku in range(2):
            asked = [one for one in self.claims.values() if one.sku == sku]
            for one in reversed(asked):
                one.kept -= max(min(self.reserved(sku) - self.stock[sku], one.kept), 0)
            for one in asked:
                one.kept += min(one.wanted - one.kept, self.stock[sku] - self.reserved(sku))

    def post(self, possible: bool, *moves: Any, uses: dict[int, Quantity] | None = None) -> None:
        try:
            self.run(self.shop.post(*moves, uses=uses))
        except Rejected:
            assert not possible
        else:
            assert possible

    @rule(sku=skus, quantity=quantities, value=values)
    def receive(self, sku: int, quantity: Quantity, value: Money) -> None:
        coming = self.shop.coming(str(quantity), str(value), sku)
        self.post(True, coming)
        self.stock[sku] += int(quantity)
        self.lines.append(coming.line_id)
        self.brought[coming.line_id] = sku, int(quantity)

    @precondition(lambda self: self.lines)
    @rule(data=st.data(), quantity=quantities)
    def send_back(self, data: st.DataObject, quantity: Quantity) -> None:
        line_id = data.draw(st.sampled_from(self.lines))
        sku, brought = self.brought[line_id]
        part = min(int(quantity), brought - self.returned[line_id])
        if not part:
            return
        possible = part <= self.stock[sku] - self.reserved(sku)
        source = self.shop.warehouse.stock_place_id
        going = {"sku": sku, "of_line_id": line_id}
        self.post(possible, self.shop.move(source, VirtualPlace.SUPPLIER, str(Quantity(part)), None, **going))
        if possible:
            self.stock[sku] -= part
            self.returned[line_id] += part

    @rule(sku=skus, quantity=quantities, value=values)
    def send_from_the_supplier(self, sku: int, quantity: Quantity, value: Money) -> None:
        ends = VirtualPlace.SUPPLIER, VirtualPlace.CUSTOMER
        self.post(True, self.shop.move(*ends, str(quantity), str(value), sku))

    @precondition(lambda self: self.lines)
    @rule(data=st.data(), amount=st.integers(-(10**6), 10**6).map(Money))
    def charge(self, data: st.DataObject, amount: Money) -> None:
        line_id = data.draw(st.sampled_from(self.lines))
        besides = Quantity(self.returned[line_id])
        charged = self.run(self.shop.charge(Charge(line_id=line_id, amount=amount, besides=besides)))
        assert charged.values[0] + charged.sold_values[0] == amount

    @rule(sku=skus, value=values)
    def revalue(self, sku: int, value: Money) -> None:
        level = self.shop.warehouse.id, self.shop.skus[sku]
        change = ValueChange(warehouse_id=level[0], sku_id=level[1], line_id=new_id(), to=value)
        try:
            self.run(self.shop.revalue(change))
        except Rejected:
            assert not self.stock[sku] + self.damaged[sku]

    @rule(valuation=st.sampled_from(ValuationMethod))
    def value_by(self, valuation: ValuationMethod) -> None:
        self.run(self.shop.value_by(valuation))

    @rule(lines=st.lists(st.tuples(skus, quantities), min_size=1, max_size=3))
    def open_balance(self, lines: list[tuple[int, Quantity]]) -> None:
        opening = [
            OpeningLine(sku_id=self.shop.skus[sku], quantity=quantity, unit_cost=UnitPrice(333_333))
            for sku, quantity in lines
        ]
        self.run(
            operations.post_opening_balance(
                self.call, warehouse_id=self.shop.warehouse.id, business_date=DAY, lines=opening
            )
        )
        for sku, quantity in lines:
            self.stock[sku] += int(quantity)

    @rule(lines=st.lists(st.tuples(skus, quantities), min_size=1, max_size=3))
    def ship(self, lines: list[tuple[int, Quantity]]) -> None:
        asked: Counter[int] = Counter()
        for sku, quantity in lines:
            asked[sku] += int(quantity)
        possible = all(asked[sku] <= self.stock[sku] - self.reserved(sku) for sku in asked)
        self.post(possible, *(self.shop.going(str(quantity), sku) for sku, quantity in lines))
        if possible:
            self.stock.subtract(asked)

    @rule(sku=skus, quantity=quantities)
    def damage(self, sku: int, quantity: Quantity) -> None:
        possible = quantity <= self.stock[sku]
        places = self.shop.warehouse
        self.post(possible, self.shop.move(places.stock_place_id, places.damaged_place_id, str(quantity), None, sku))
        if possible:
            self.stock[sku] -= int(quantity)
            self.damaged[sku] += int(quantity)

    @rule(sku=skus, quantity=quantities)
    def scrap(self, sku: int, quantity: Quantity) -> None:
        possible = quantity <= self.damaged[sku]
        self.post(
            possible,
            self.shop.move(self.shop.warehouse.damaged_place_id, VirtualPlace.SCRAP, str(quantity), None, sku),
        )
        if possible:
            self.damaged[sku] -= int(quantity)

    @rule(target=owners, sku=skus, quantity=quantities)
    def claim(self, sku: int, quantity: Quantity) -> int:
        owner_id = new_id()
        got = self.run(self.shop.reserve(self.shop.wish(str(quantity), owner_id, sku)))
        self.claims[owner_id] = Asked(sku, int(quantity))
        self.settle()
        assert got == {owner_id: self.claims[owner_id].kept}
        return owner_id

    @rule(owner_id=owners)
    def release(self, owner_id: int) -> None:
        self.run(self.shop.release(owner_id))
        self.claims.pop(owner_id, None)

    @rule(owner_id=owners, quantity=quantities)
    def ship_for_a_claim(self, owner_id: int, quantity: Quantity) -> None:
        if (asked := self.claims.get(owner_id)) is None or not asked.wanted:
            return
        shipped = min(int(quantity), asked.wanted)
        possible = shipped <= asked.kept
        self.post(possible, self.shop.going(str(Quantity(shipped)), asked.sku), uses={owner_id: Quantity(shipped)})
        if possible:
            self.stock[asked.sku] -= shipped
            asked.wanted, asked.kept = asked.wanted - shipped, asked.kept - shipped

    @invariant()
    def agrees_with_itself_and_with_the_model(self) -> None:
        if not hasattr(self, "shop"):
            return
        self.settle()
        assert self.run(queries.differences()) == []
        assert self.run(rebuild.differences(self.shop.skus, told_of_goods())) == []
        kept = {owner_id: Quantity(one.kept) for owner_id, one in self.claims.items() if one.wanted}
        select = "SELECT owner_id, claim.reserved FROM claim JOIN stock_level AS level ON level.id = stock_level_id"
        assert dict(self.run(db.fetch(f"{select} WHERE warehouse_id = ?", (self.shop.warehouse.id,)))) == kept
        for sku in range(2):
            level = self.run(self.shop.level(sku))
            told = [level.get(name, "0") for name in ("on_hand", "sellable", "reserved", "available")]
            stock, reserved = self.stock[sku], self.reserved(sku)
            model = [stock + self.damaged[sku], stock, reserved, stock - reserved]
            assert told == [str(Quantity(number)) for number in model]


def test_the_book_always_agrees_with_itself(database_url: str) -> None:
    with asyncio.Runner() as runner:
        opened = db.open(database_url, MODEL_MODULES)
        runner.run(opened.__aenter__())
        try:
            machine = type("Book", (Book,), {"runner": runner, "call": runner.run(administrator())})
            run_state_machine_as_test(
                machine, settings=settings(max_examples=20, stateful_step_count=20, deadline=None)
            )
        finally:
            runner.run(opened.__aexit__(None, None, None))
