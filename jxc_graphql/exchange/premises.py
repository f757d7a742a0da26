"""Setting up a shop that was made for a demo: who and what there is, and what there was on the first day."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from jxc_graphql.exchange.imports.cells import SentRow
from jxc_graphql.exchange.loading import Loading, Step
from jxc_graphql.exchange.sheet import Row
from jxc_graphql.exchange.shop import Colleague, Good, Hamper, House, Named, Shop, Trader
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import AskedPrice, Profile
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth import queries as users
from jxc_graphql.warehousing.assembly import operations as assembly
from jxc_graphql.warehousing.limits.operations import WantedLimit, set_stock_limits
from jxc_graphql.warehousing.openings import operations as openings

Run = Callable[[], Awaitable[None]]


class Premises(Loading):
    """One run: the pieces with serial numbers that are there, and who does what."""

    def __init__(self, call: Call, shop: Shop, last: date) -> None:
        self.opened_on = shop.opened_on(last)
        super().__init__(call, shop.source, first_day=self.opened_on)
        self.shop = shop
        self.goods = {one.code: one for one in shop.goods}
        self.home, self.other = (house.code for house in shop.warehouses)
        self.manager, self.buyer, self.seller, self.keeper = (one.code for one in shop.colleagues)
        self._pieces: dict[str, list[str]] = {one.code: [] for one in shop.goods}
        self._made: dict[str, int] = dict.fromkeys(self.goods, 0)

    def steps(self) -> list[Step]:
        """Everything that is there when it opens."""
        shop = self.shop
        return [
            *(self._step("users", one, partial(self._user, one)) for one in shop.colleagues),
            *(self._step("branches", one, partial(self._branch, one)) for one in shop.branches),
            *(self._step("warehouses", one, partial(self._warehouse, one)) for one in shop.warehouses),
            *(self._step("categories", one, partial(self._category, one)) for one in shop.categories),
            *(self._step("products", one, partial(self._good, one)) for one in shop.goods),
            *(self._step("products", one, partial(self._kit, one)) for one in shop.kits),
            *(self._step("suppliers", one, partial(self._supplier, one)) for one in shop.suppliers),
            *(self._step("customers", one, partial(self._customer, one)) for one in shop.customers),
            Step("stock limits", self.row("limits"), self._limits),
            Step("opening balances", self.row("opening"), self._opening),
        ]

    def row(self, what: str) -> Row:
        """What a step is about, where no file says it."""
        return Row(file=f"{self.shop.source} {what}", line=1, cells=SentRow(number=1, cells={}))

    def by(self, colleague: str, key: str, day: date | None = None) -> Call:
        """The call with which a colleague did something on a day."""
        return self.acting(self.id_of("user", colleague), key, day)

    def _step(self, kind: str, one: Named, run: Run) -> Step:
        return Step(kind, self.row(one.code), run)

    async def _user(self, one: Colleague) -> None:
        known = await users.user_id_of(one.code)
        if known is None:
            made = await auth.create_user(self._call, username=one.code, name=one.name, roles=[one.role])
            known = made.user_id
        self._ids["user", one.code] = known

    async def _branch(self, one: Named) -> None:
        call = self.by(self.manager, f"branch/{one.code}")
        self._ids["branch", one.code] = (await warehouses.create_branch(call, code=one.code, name=one.name)).branch_id

    async def _warehouse(self, one: House) -> None:
        made = await warehouses.create_warehouse(
            self.by(self.manager, f"warehouse/{one.code}"),
            code=one.code,
            name=one.name,
            branch_id=self.id_of("branch", one.branch),
        )
        self._ids["warehouse", one.code] = made.warehouse_id
        if one.bins:
            call, bins = (
                self.by(self.manager, f"bins/{one.code}"),
                [warehouses.WantedBin(code=code) for code in one.bins],
            )
            fact = await warehouses.create_bins(call, warehouse_id=made.warehouse_id, bins=bins)
            self._ids.update({("bin", code): place_id for code, place_id in zip(one.bins, fact.place_ids, strict=True)})

    async def _category(self, one: Named) -> None:
        call = self.by(self.manager, f"category/{one.code}")
        made = await categories.create_category(call, code=one.code, name=one.name)
        self._ids["category", one.code] = made.category_id

    async def _good(self, one: Good) -> None:
        await self._sku(
            one,
            one.category,
            unit=one.unit,
            tracking=SkuTracking(one.tracking),
            shelf_life_days=one.shelf_life_days,
            units=[catalog.Unit(name=one.box, numerator=one.box_of)] if one.box else [],
            barcodes=[catalog.Label(code=one.barcode)] if one.barcode else [],
        )

    async def _sku(self, one: Named, category: str, **more: Any) -> None:
        product = await catalog.create_product(
            self.by(self.manager, f"product/{one.code}"),
            code=one.code,
            name=one.name,
            category_id=self.id_of("category", category),
        )
        call = self.by(self.manager, f"sku/{one.code}")
        made = await catalog.create_sku(call, product_id=product.product_id, code=one.code, name=one.name, **more)
        self._ids["sku", one.code] = made.sku_id

    async def _kit(self, one: Hamper) -> None:
        await self._sku(one, one.category, unit=one.unit)
        parts = [
            assembly.Component(sku_id=self.id_of("sku", code), quantity=quantity(count))
            for code, count in one.of.items()
        ]
        call = self.by(self.manager, f"recipe/{one.code}")
        await assembly.set_kit_components(call, sku_id=self.id_of("sku", one.code), components=parts)

    async def _supplier(self, one: Trader) -> None:
        call = self.by(self.manager, f"supplier/{one.code}")
        made = await partners.create_supplier(call, profile=_profile(one))
        self._ids["supplier", one.code] = made.supplier_id
        prices = [
            AskedPrice(
                sku_id=self.id_of("sku", good.code),
                unit_price=UnitPrice.of(good.cost),
                pack_quantity=quantity(good.box_of or 1),
                lead_time_days=one.days,
                is_preferred=True,
            )
            for good in self.shop.goods
            if good.supplier == one.code
        ]
        call = self.by(self.manager, f"supplier_prices/{one.code}")
        await partners.set_supplier_prices(call, supplier_id=made.supplier_id, prices=prices)

    async def _customer(self, one: Trader) -> None:
        call = self.by(self.manager, f"customer/{one.code}")
        self._ids["customer", one.code] = (await partners.create_customer(call, profile=_profile(one))).customer_id

    async def _limits(self) -> None:
        limits = [
            WantedLimit(
                sku_id=self.id_of("sku", one.code),
                warehouse_id=self.id_of("warehouse", self.home),
                limit=quantity(one.limit),
                target=quantity(one.target),
            )
            for one in self.shop.goods
            if one.target
        ]
        await set_stock_limits(self.by(self.manager, "stock_limits"), limits=limits)

    async def _opening(self) -> None:
        lines = [
            openings.OpeningLine(
                sku_id=self.id_of("sku", one.code),
                quantity=quantity(one.opening),
                unit_cost=UnitPrice.of(one.cost),
                lot=self.lot(one, self.opened_on),
                serials=self.numbers(one, one.opening),
                place_id=self.bin_of(one),
            )
            for one in self.shop.goods
            if one.opening
        ]
        await openings.post_opening_balance(
            self.by(self.manager, "opening"),
            warehouse_id=self.id_of("warehouse", self.home),
            business_date=self.opened_on,
            lines=lines,
        )

    def bin_of(self, good: Good) -> int | None:
        """Where it is kept."""
        return self.id_of("bin", good.bin) if good.bin else None

    def lot(self, good: Good, day: date) -> LotLabel | None:
        """What its label says when it comes on a day."""
        if good.tracking != SkuTracking.LOT:
            return None
        return LotLabel(number=f"{day:%Y%m%d}", produced_on=day - timedelta(days=7))

    def numbers(self, good: Good, count: int, *, are_good: bool = True) -> tuple[str, ...]:
        """New serial numbers."""
        if good.tracking != SkuTracking.SERIAL:
            return ()
        first = self._made[good.code] + 1
        self._made[good.code] += count
        made = tuple(f"{good.code}-{number:05}" for number in range(first, first + count))
        self._pieces[good.code] += made if are_good else ()
        return made

    def taken(self, code: str, count: int) -> tuple[str, ...]:
        """The serial numbers of pieces that leave, the oldest first."""
        gone, self._pieces[code] = self._pieces[code][:count], self._pieces[code][count:]
        return tuple(gone)


def quantity(count: int) -> Quantity:
    """So many of something."""
    return Quantity.of(str(count))


def _profile(one: Trader) -> Profile:
    return Profile(code=one.code, name=one.name, contact_name=one.contact_name, phone=one.phone, address=one.address)
