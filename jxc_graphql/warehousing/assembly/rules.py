"""Which recipes there can be, and what an assembly takes and gives."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Annotated

import msgspec

from jxc_graphql.books.goods.ledger import Move, VirtualPlace
from jxc_graphql.books.trades import Trade
from jxc_graphql.kit.errors import Path, Reason, UnknownId
from jxc_graphql.kit.fen import Amounts
from jxc_graphql.kit.ids import new_id
from jxc_graphql.kit.numbers import (
    Money,
    Quantity,
    UnitPrice,
    amount,
    check_not_negative,
    check_positive,
    divide,
    share,
)
from jxc_graphql.kit.text import check_text
from jxc_graphql.masters.catalog.queries import KnownSku
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.masters.lots.queries import KnownLot
from jxc_graphql.masters.warehouses.places import PlaceKind
from jxc_graphql.masters.warehouses.queries import KnownPlace, KnownWarehouse
from jxc_graphql.office.documents.lines import SkuInactive
from jxc_graphql.office.documents.rules import TooManyLines, check_note
from jxc_graphql.warehousing.assembly.models import Assembly, AssemblyKind

MAX_COMPONENTS = 50
"""Components of one recipe."""
MAX_LINES = 200
"""Lines of one assembly: a component may stand in several, of different lots or places."""
MAX_DEPTH = 5
"""Kits within kits."""
REASON_LIMIT = 200


class NoRecipe(Reason, frozen=True, kw_only=True):
    """The SKU is no kit, or its recipe was taken back."""

    sku: str


class KitCycle(Reason, frozen=True, kw_only=True):
    """The kit would be made of itself."""

    sku: str


class KitTooDeep(Reason, frozen=True, kw_only=True):
    """Kits would lie in kits deeper than they may."""

    depth: int
    limit: int


class ComponentRepeated(Reason, frozen=True, kw_only=True):
    """A SKU stands twice in a recipe."""

    sku: str


class NotInRecipe(Reason, frozen=True, kw_only=True):
    """The SKU is not in the recipe of the kit."""

    sku: str


class InexactComponent(Reason, frozen=True, kw_only=True):
    """By the recipe so many kits take a quantity of a component that nobody can measure."""

    sku: str


class DeviationUnexplained(Reason, frozen=True, kw_only=True):
    """More or less of a component than the recipe says, and no reason given."""

    sku: str
    expected: Quantity
    """What the recipe says."""
    quantity: Quantity
    """What all lines of the component say together."""


class MoreThanRecipe(Reason, frozen=True, kw_only=True):
    """More of a component than the recipe says cannot come out of kits."""

    sku: str
    expected: Quantity
    quantity: Quantity


class NothingRecovered(Reason, frozen=True, kw_only=True):
    """Nothing would be left of the kits; what is worth nothing any more is written off."""


class PlaceNotForSale(Reason, frozen=True, kw_only=True):
    """Assembly works with goods that can be sold, at stock places and their bins."""

    place: str


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """What goes into a kit."""

    sku_id: int
    """What."""
    quantity: Annotated[Quantity, check_positive]
    """How much for the whole batch, in its base unit; more than 0."""


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """What so many kits are made of."""

    kit_id: int
    version: int
    batch_quantity: Quantity
    components: tuple[Component, ...]


class AskedPart(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be used or recovered of a component: of which lot, from or to which place, which pieces."""

    sku_id: int
    quantity: Quantity
    lot_id: int | None = None
    lot: LotLabel | None = None
    place_id: int | None = None
    serials: tuple[str, ...] = ()


class UsedComponent(msgspec.Struct, frozen=True, kw_only=True):
    """What to use of a component."""

    sku_id: int
    """The component."""
    quantity: Quantity
    """How much, in its base unit; all lines of a component together as the recipe says, unless there is a reason."""
    lot_id: int | None = None
    """Of which lot (批次); by default of those that expire first."""
    place_id: int | None = None
    """From which stock place or bin (库位); by default from any."""
    serials: tuple[str, ...] = ()
    """Which pieces (序列号), where the component has serial numbers."""

    @property
    def part(self) -> AskedPart:
        """As either kind of assembly asks for it."""
        return AskedPart(**msgspec.structs.asdict(self))


class RecoveredComponent(msgspec.Struct, frozen=True, kw_only=True):
    """What comes back of a component."""

    sku_id: int
    """The component."""
    quantity: Quantity
    """How much, in its base unit; less than the recipe says, or 0, is a loss (损耗) and takes a reason."""
    lot: LotLabel | None = None
    """Its lot (批次标签), where the component is tracked by lot."""
    place_id: int | None = None
    """To which stock place or bin (库位)."""
    serials: tuple[str, ...] = ()
    """Which pieces (序列号), where the component has serial numbers."""

    @property
    def part(self) -> AskedPart:
        """As either kind of assembly asks for it."""
        return AskedPart(**msgspec.structs.asdict(self))


class KitPart(msgspec.Struct, frozen=True, kw_only=True):
    """So much of a SKU that leaves or comes; `expected` is what the recipe says, in the first part of each SKU."""

    sku_id: int
    quantity: Quantity
    expected: Quantity
    path: Path
    line_id: int = msgspec.field(default_factory=new_id)
    lot_id: int | None = None
    lot: LotLabel | None = None
    place_id: int | None = None
    serials: tuple[str, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether a line asks for it, and not the recipe alone."""
        return self.path[:1] == ("lines",)


class AssemblyPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What an assembly is going to do; `skus` are those that exist of all that it names."""

    kind: AssemblyKind
    recipe: Recipe
    quantity: Quantity
    parts: Sequence[KitPart]
    skus: Mapping[int, KnownSku]
    reason: str


def check_recipe(
    sku: KnownSku, components: Sequence[Component], batch_quantity: Quantity, skus: Mapping[int, KnownSku]
) -> Iterator[Reason]:
    """What is wrong with a recipe by itself: the batch, how many components, then one by one."""
    yield from check_positive(batch_quantity, ("batch_quantity",))
    if len(components) > MAX_COMPONENTS:
        yield TooManyLines(path=("components",), lines=len(components), limit=MAX_COMPONENTS)
    seen: set[int] = set()
    for index, component in enumerate(components[:MAX_COMPONENTS]):
        path: Path = ("components", index)
        known = skus.get(component.sku_id)
        yield from check_positive(component.quantity, (*path, "quantity"))
        if known is None:
            yield UnknownId(path=(*path, "sku_id"), kind="Sku")
        elif component.sku_id == sku.id:
            yield KitCycle(path=(*path, "sku_id"), sku=known.code)
        elif component.sku_id in seen:
            yield ComponentRepeated(path=(*path, "sku_id"), sku=known.code)
        elif not known.is_active:
            yield SkuInactive(path=(*path, "sku_id"), sku=known.code)
        seen.add(component.sku_id)


def check_nesting(
    sku: KnownSku, components: Sequence[Component], below: Mapping[int, tuple[int, bool]], above: int
) -> Iterator[Reason]:
    """Whether kits would lie in themselves, or too deep.

    `below`: for each component, how many kits lie in one another in it, and whether this one is among them; `above`: in
    how many kits, in one another, this one lies.
    """
    for index, component in enumerate(components):
        depth, comes_round = below[component.sku_id]
        if comes_round:
            yield KitCycle(path=("components", index, "sku_id"), sku=sku.code)
        elif above + 1 + depth > MAX_DEPTH:
            yield KitTooDeep(path=("components", index, "sku_id"), depth=above + 1 + depth, limit=MAX_DEPTH)


def check_heading(quantity: Quantity, extra_cost: Money, reason: str, note: str, lines: int) -> Iterator[Reason]:
    """What is wrong with an assembly before its recipe is looked at."""
    yield from check_positive(quantity, ("quantity",))
    yield from check_not_negative(extra_cost, ("extra_cost",))
    yield from check_text(("reason",), reason, limit=REASON_LIMIT)
    yield from check_note(note)
    if lines > MAX_LINES:
        yield TooManyLines(path=("lines",), lines=lines, limit=MAX_LINES)


def parts(recipe: Recipe, quantity: Quantity, lines: Sequence[AskedPart]) -> list[KitPart]:
    """What so many kits take or give: the lines that are named, and by the recipe whatever is not named."""
    expected = {one.sku_id: _expected(recipe, one, quantity) for one in recipe.components}
    told: set[int] = set()
    found = []
    for index, line in enumerate(lines[:MAX_LINES]):
        first = Quantity(0) if line.sku_id in told else expected.get(line.sku_id, Quantity(0))
        told.add(line.sku_id)
        found.append(KitPart(expected=first, path=("lines", index), **msgspec.structs.asdict(line)))
    found += [
        KitPart(sku_id=sku_id, quantity=so_much, expected=so_much, path=("quantity",))
        for sku_id, so_much in expected.items()
        if sku_id not in told
    ]
    return found


def _expected(recipe: Recipe, component: Component, quantity: Quantity) -> Quantity:
    return Quantity(divide(int(quantity) * int(component.quantity), int(recipe.batch_quantity)))


def check_plan(plan: AssemblyPlan) -> Iterator[Reason]:
    """What is wrong with what is used or recovered, compared with the recipe."""
    for part in plan.parts:
        if part.sku_id not in plan.skus:
            yield UnknownId(path=(*part.path, "sku_id"), kind="Sku")
        elif part.sku_id not in {one.sku_id for one in plan.recipe.components}:
            yield NotInRecipe(path=(*part.path, "sku_id"), sku=plan.skus[part.sku_id].code)
        if part.is_named:
            check = check_not_negative if plan.kind is AssemblyKind.DISASSEMBLE else check_positive
            yield from check(part.quantity, (*part.path, "quantity"))
    for component in plan.recipe.components:
        yield from _check_component(plan, component)
    if not any(part.quantity > 0 for part in plan.parts):
        yield NothingRecovered(path=("lines",))


def _check_component(plan: AssemblyPlan, component: Component) -> Iterator[Reason]:
    """Whether a component is used as the recipe says, or a reason told."""
    first, *others = [part for part in plan.parts if part.sku_id == component.sku_id]
    used = first.quantity + Quantity.total(part.quantity for part in others)
    code, expected = plan.skus[component.sku_id].code, first.expected
    if int(used) * int(plan.recipe.batch_quantity) == int(plan.quantity) * int(component.quantity):
        return
    if not first.is_named:
        yield InexactComponent(path=first.path, sku=code)
    elif plan.kind is AssemblyKind.DISASSEMBLE and used > expected:
        yield MoreThanRecipe(path=(*first.path, "quantity"), sku=code, expected=expected, quantity=used)
    elif not plan.reason.strip():
        yield DeviationUnexplained(path=(*first.path, "quantity"), sku=code, expected=expected, quantity=used)


def check_whereabouts(
    found: Iterable[KitPart],
    warehouse: KnownWarehouse,
    places: Mapping[int, KnownPlace],
    lots: Mapping[int, KnownLot],
) -> Iterator[Reason]:
    """Whether places are of the warehouse and for goods that can be sold, and lots of their SKUs."""
    for part in found:
        path = part.path if part.is_named else ()
        if part.place_id is not None:
            place = places.get(part.place_id)
            if place is None or place.warehouse_id != warehouse.id:
                yield UnknownId(path=(*path, "place_id"), kind="Place")
            elif place.kind is not PlaceKind.STOCK:
                yield PlaceNotForSale(path=(*path, "place_id"), place=place.code)
        if part.lot_id is not None and (part.lot_id not in lots or lots[part.lot_id].sku_id != part.sku_id):
            yield UnknownId(path=(*path, "lot_id"), kind="Lot")


def moves_out(found: Iterable[KitPart], warehouse: KnownWarehouse) -> list[Move]:
    """From stock, or the place that is named, to where goods change their shape."""
    return [
        Move(
            sku_id=part.sku_id,
            warehouse_id=warehouse.id,
            from_place_id=part.place_id or warehouse.stock_place_id,
            to_place_id=VirtualPlace.ASSEMBLY,
            or_bins=part.place_id is None,
            quantity=part.quantity,
            lot_id=part.lot_id,
            serials=part.serials,
            line_id=part.line_id,
            path=part.path,
        )
        for part in found
    ]


def moves_in(
    found: Sequence[KitPart], lot_ids: Sequence[int | None], values: Sequence[Money], warehouse: KnownWarehouse
) -> list[Move]:
    """From where goods change their shape to stock, or the place that is named; new on the day of the document."""
    return [
        Move(
            sku_id=part.sku_id,
            warehouse_id=warehouse.id,
            from_place_id=VirtualPlace.ASSEMBLY,
            to_place_id=part.place_id or warehouse.stock_place_id,
            quantity=part.quantity,
            lot_id=lot_id,
            serials=part.serials,
            line_id=part.line_id,
            value=value,
            path=part.path,
        )
        for part, lot_id, value in zip(found, lot_ids, values, strict=True)
    ]


def owed(document: Assembly, kit: KitPart) -> Trade | None:
    """What a processor is owed for what he made: his fee, without tax."""
    if document.supplier_id is None or not document.extra_cost:
        return None
    fee = Amounts(net=document.extra_cost, gross=document.extra_cost)
    return Trade(partner_id=document.supplier_id, amounts={kit.line_id: fee})


def accrued(document: Assembly) -> Money:
    """What the work cost, where no processor is owed for it."""
    return Money(0) if document.supplier_id else document.extra_cost


def values_of(value: Money, found: Sequence[KitPart], costs: Mapping[int, UnitPrice]) -> list[Money]:
    """The value of kits shared out over what comes out of them: by cost where all have one, else by quantity."""
    by_cost = [int(amount(part.quantity, costs.get(part.sku_id, UnitPrice(0)))) for part in found]
    return share(value, by_cost if all(by_cost) else [int(part.quantity) for part in found])


def whole_kits(
    available: Mapping[int, Quantity], components: Collection[Component], batch_quantity: Quantity
) -> tuple[Quantity, int | None]:
    """How many whole kits can be made of what is available, and which component sets the limit."""
    one = 10**Quantity.places
    made = [
        (int(available.get(each.sku_id, Quantity(0))) * int(batch_quantity) // (int(each.quantity) * one), each.sku_id)
        for each in components
    ]
    most, scarcest = min(made, key=lambda each: each[0], default=(0, None))
    return Quantity(most * one), scarcest
