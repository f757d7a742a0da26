"""Four warehouses of two branches, one SKU or more, and how far they are apart."""

import msgspec

from jxc_graphql.books.goods import ledger
from jxc_graphql.books.goods.ledger import Incoming, Move, VirtualPlace
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.categories import operations as categories
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.masters.warehouses.queries import warehouses as known_warehouses
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.warehousing.limits import operations as limits
from jxc_graphql.warehousing.limits.rules import WantedLimit
from jxc_graphql.warehousing.sharing import operations
from jxc_graphql.warehousing.sharing.rules import WantedTime
from tests.make.shop import AT, TODAY


class Branches(msgspec.Struct, frozen=True):
    """The warehouses A, B, C and D by their letters."""

    call: Call
    warehouses: dict[str, KnownWarehouse]
    skus: tuple[int, ...]
    category: int

    def id(self, letter: str) -> int:
        return self.warehouses[letter].id

    def seen_by(self, *letters: str, without: str | None = None) -> Call:
        """A caller who works in these warehouses only."""
        permissions = frozenset(one for one in self.call.permissions if one != without)
        return msgspec.structs.replace(
            self.call, scopes={Dimension.WAREHOUSE: frozenset(self.id(one) for one in letters)}, permissions=permissions
        )

    @db.transactional
    async def stock(self, letter: str, quantity: str, sku: int = 0) -> None:
        place = self.warehouses[letter].stock_place_id
        move = Move(
            sku_id=self.skus[sku], warehouse_id=self.id(letter), from_place_id=VirtualPlace.SUPPLIER,
            to_place_id=place, quantity=Quantity.of(quantity), line_id=new_id(), value=Money.of("1"),
        )  # fmt: skip
        await ledger.post(Call(at=AT), [move], document_id=new_id(), business_date=TODAY)

    @db.transactional
    async def expect(self, letter: str, quantity: str, sku: int = 0) -> None:
        coming = Incoming(sku_id=self.skus[sku], warehouse_id=self.id(letter), quantity=Quantity.of(quantity))
        await ledger.expect([coming], at=AT)

    async def limit(self, letter: str, limit: str, target: str, upper: str | None = None, sku: int = 0) -> None:
        wanted = WantedLimit(
            sku_id=self.skus[sku], warehouse_id=self.id(letter), limit=Quantity.of(limit), target=Quantity.of(target),
            upper=None if upper is None else Quantity.of(upper),
        )  # fmt: skip
        await limits.set_stock_limits(self.call, limits=[wanted])

    def time(self, route: str, days: int | None) -> WantedTime:
        return WantedTime(from_warehouse_id=self.id(route[0]), to_warehouse_id=self.id(route[1]), days=days)

    async def times(self, **days: int | None) -> tuple[int, ...]:
        """AB=2 says that goods travel from A to B in two days."""
        wanted = [self.time(route, each) for route, each in days.items()]
        return (await operations.set_transfer_times(self.call, times=wanted)).transfer_time_ids


async def make_branches(call: Call, skus: int = 1) -> Branches:
    name = str(new_id())
    category = (await categories.create_category(call, code=name, name="c")).category_id
    made = []
    for number in range(skus):
        code = f"{name}-{number}"
        product = await catalog.create_product(call, code=code, name=code, category_id=category)
        made.append(
            (await catalog.create_sku(call, product_id=product.product_id, code=code, name=code, unit="瓶")).sku_id
        )
    ids = {}
    for branch, letters in (("东", "AB"), ("西", "CD")):
        branch_id = (await warehouses.create_branch(call, code=f"{branch}{name}", name=branch)).branch_id
        for one in letters:
            opened = await warehouses.create_warehouse(call, code=f"{one}{name}", name=one, branch_id=branch_id)
            ids[one] = opened.warehouse_id
    known = await known_warehouses(ids.values())
    return Branches(call, {letter: known[one] for letter, one in ids.items()}, tuple(made), category)
