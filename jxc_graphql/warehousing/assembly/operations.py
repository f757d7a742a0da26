"""Writing recipes, making kits, and taking them apart."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Annotated, Any

import msgspec

from jxc_graphql.books import door
from jxc_graphql.books.door import Posted, Posting
from jxc_graphql.books.goods import ledger
from jxc_graphql.books.goods import queries as stock
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.changes import UNSET, Change, UnsetType
from jxc_graphql.kit.errors import NotFound, Reason, UnknownId, reject_if
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.kit.versions import check_version
from jxc_graphql.masters.catalog import queries as catalog
from jxc_graphql.masters.catalog.queries import KnownSku
from jxc_graphql.masters.lots import labels
from jxc_graphql.masters.lots import operations as lots
from jxc_graphql.masters.lots import queries as known_lots
from jxc_graphql.masters.lots.labels import Labelled, LotLabel
from jxc_graphql.masters.warehouses import queries as warehouses
from jxc_graphql.masters.warehouses.queries import KnownWarehouse
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.documents.changing import made_out, opened
from jxc_graphql.office.documents.lines import SkuInactive
from jxc_graphql.office.documents.posting import posting
from jxc_graphql.warehousing.assembly import facts, models, queries, rules
from jxc_graphql.warehousing.assembly.models import ASSEMBLE_GOODS, AssemblyKind
from jxc_graphql.warehousing.assembly.rules import (
    AskedPart,
    Component,
    KitPart,
    Recipe,
    RecoveredComponent,
    UsedComponent,
)

__all__ = [
    "Component",
    "RecoveredComponent",
    "UsedComponent",
    "WorkToDo",
    "assemble_kits",
    "begin",
    "disassemble_kits",
    "make",
    "set_kit_components",
]

_RECIPES, _WORK = "kits", "assembly"
"""Locks: recipes change one after the other, and so do goods, since they leave and come in twice in one transaction."""
ONE = Quantity.of(1)
NO_COST = Money(0)


class WorkToDo(msgspec.Struct, frozen=True, kw_only=True):
    """What a document asks for, found in order."""

    document: models.Assembly
    warehouse: KnownWarehouse
    kit: KitPart
    parts: Sequence[KitPart]
    """Of each component: what is used, or recovered; of what is lost, nothing."""

    @property
    def moving(self) -> list[KitPart]:
        """The parts of which there is something."""
        return [part for part in self.parts if part.quantity > 0]

    @property
    def labelled(self) -> list[Labelled]:
        """The goods that come in, with the labels of their lots."""
        if self.document.kind is not AssemblyKind.DISASSEMBLE:
            return [(self.kit.sku_id, self.kit.lot, ("lot",))]
        return [(part.sku_id, part.lot, (*part.path, "lot") if part.is_named else ("lines",)) for part in self.moving]


@posting(Permission.MANAGE_CATALOG)
async def set_kit_components(
    call: Call,
    *,
    sku_id: Annotated[int, "The SKU that is a kit."],
    components: Annotated[Sequence[Component], "All its components, at most 50; none takes the recipe back."],
    batch_quantity: Annotated[
        Change[Quantity | None], "How many kits they make (配方批量); 1 in a new recipe."
    ] = UNSET,
    expected_version: int | None = None,
) -> facts.KitComponentsSet:
    """Sets the recipe of a kit (设置套件配方), in place of the one it has.

    These components make so many of it, as many as before unless that is said; none of them takes the recipe back.
    Raises `NotFound`, `Conflict`, or `Rejected` with everything that is wrong with the recipe.
    """
    await db.hold(_RECIPES)
    skus = await catalog.skus({sku_id, *(component.sku_id for component in components)})
    if sku_id not in skus:
        raise NotFound(UnknownId(path=("sku_id",), kind="Sku"))
    kit = await models.Kit.get_or_none(sku_id=sku_id)
    if kit:
        check_version(kit, expected_version)
    batch = kit.batch_quantity if kit and components else ONE  # a recipe that is taken back leaves nothing behind
    batch = batch if isinstance(batch_quantity, UnsetType) else ONE if batch_quantity is None else batch_quantity
    reject_if(rules.check_recipe(skus[sku_id], components, batch, skus))
    below = await queries.depths_below(sku_id, [component.sku_id for component in components])
    reject_if(rules.check_nesting(skus[sku_id], components, below, await queries.depth_above(sku_id)))
    known = kit or models.Kit(sku_id=sku_id, version=0)
    known.batch_quantity, known.changed_at = batch, call.at
    known.version += 1
    await known.save(force_create=kit is None)
    await models.KitComponent.filter(kit_id=known.id).delete()
    await models.KitComponent.bulk_create(
        models.KitComponent(kit_id=known.id, position=position, sku_id=one.sku_id, quantity=one.quantity)
        for position, one in enumerate(components, start=1)
    )
    return facts.KitComponentsSet(kit_id=known.id, sku_id=sku_id)


@posting(ASSEMBLE_GOODS)
async def assemble_kits(
    call: Call,
    *,
    warehouse_id: Annotated[int, "Where."],
    sku_id: Annotated[int, "The kit."],
    quantity: Annotated[Quantity, "How many, in its base unit; more than 0."],
    lines: Annotated[
        Sequence[UsedComponent],
        "Components of which lot, place or quantity matters, at most 200 lines; the others go by the recipe.",
    ] = (),
    lot: Annotated[
        LotLabel | None,
        "The lot of the kits (批次标签); it expires with the first of the components' lots unless it says otherwise.",
    ] = None,
    serials: Annotated[Sequence[str], "The numbers of the kits (序列号), where they have serial numbers."] = (),
    place_id: Annotated[int | None, "To which stock place or bin (库位)."] = None,
    extra_cost: Annotated[
        Money, "What the work itself cost (加工费), such as wages; part of the value of the kits."
    ] = NO_COST,
    reason: Annotated[str, "Why it departs from the recipe (差异原因), at most 200 characters."] = "",
    note: str = "",
) -> facts.KitsAssembled:
    """Makes kits of their components (组装): they are worth what went into them, and the extra cost.

    Components that no line names are taken by the recipe, first expired first. Raises `NotFound`, or `Rejected` with
    everything that is wrong: the day, the recipe, lines that depart from it without a reason, InsufficientStock.
    """
    kit = KitPart(
        sku_id=sku_id, quantity=quantity, expected=quantity, path=("quantity",),
        lot=lot, place_id=place_id, serials=tuple(serials),
    )  # fmt: skip
    heading = {"extra_cost": extra_cost, "reason": reason, "note": note}
    job = await begin(
        call,
        AssemblyKind.ASSEMBLE,
        warehouse_id=warehouse_id,
        kit=kit,
        lines=[line.part for line in lines],
        heading=heading,
    )
    level_ids = await make(call, job, rules.moves_out(job.moving, job.warehouse))
    return facts.KitsAssembled(assembly_id=job.document.id, stock_level_ids=level_ids)


async def make(
    call: Call, job: WorkToDo, moves: Sequence[ledger.Move], *, out_of: Collection[int] = ()
) -> tuple[int, ...]:
    """Has components leave for assembly, by moves that name the lines of the job, and kits come in; gives the levels.

    The kits are worth what left and the extra cost. `out_of`: the documents that this carries out.
    """
    document = job.document
    (lot_id,) = await lots.ensure(call, job.labelled)
    level_ids = await _hold_levels(call, job, [lot_id])
    posted = await _post(call, job, moves)
    document.cost = Money.total(posted.values)
    document.value = document.cost + document.extra_cost
    moves_in = rules.moves_in([job.kit], [lot_id], [document.value], job.warehouse)
    await _post(call, job, moves_in, bought=rules.owed(document, job.kit), accrued=rules.accrued(document))
    if lot_id and (expires_on := await stock.first_expiry(document.id, ledger.VirtualPlace.ASSEMBLY)):
        await lots.expire(call, lot_id, expires_on)
    worth = Counter[int]()
    for move, value in zip(moves, posted.values, strict=True):
        worth[move.line_id] += int(value)
    await _write(job, {line_id: Money(value) for line_id, value in worth.items()}, out_of=out_of)
    return level_ids


@posting(ASSEMBLE_GOODS)
async def disassemble_kits(
    call: Call,
    *,
    warehouse_id: Annotated[int, "Where."],
    sku_id: Annotated[int, "The kit."],
    quantity: Annotated[Quantity, "How many, in its base unit; more than 0."],
    lines: Annotated[
        Sequence[RecoveredComponent],
        "Components of which lot, place or quantity matters, at most 200 lines; the others go by the recipe.",
    ] = (),
    lot_id: Annotated[int | None, "Kits of which lot (批次); by default of those that expire first."] = None,
    serials: Annotated[Sequence[str], "Which kits (序列号), where they have serial numbers."] = (),
    place_id: Annotated[int | None, "From which stock place or bin (库位); by default from any."] = None,
    extra_cost: Annotated[Money, "What the work itself cost (加工费); part of the value of what comes out."] = NO_COST,
    reason: Annotated[str, "Why it departs from the recipe (差异原因), at most 200 characters."] = "",
    note: str = "",
) -> facts.KitsDisassembled:
    """Takes kits apart (拆卸): their components share their value by what each costs at present.

    They share the extra cost with it. Components that no line names are recovered by the recipe; a line of less, or of
    nothing, is a loss and takes a reason. Raises as `assemble_kits` does.
    """
    kit = KitPart(
        sku_id=sku_id, quantity=quantity, expected=quantity, path=("quantity",),
        lot_id=lot_id, place_id=place_id, serials=tuple(serials),
    )  # fmt: skip
    heading = {"extra_cost": extra_cost, "reason": reason, "note": note}
    job = await begin(
        call,
        AssemblyKind.DISASSEMBLE,
        warehouse_id=warehouse_id,
        kit=kit,
        lines=[line.part for line in lines],
        heading=heading,
    )
    document, coming = job.document, job.moving
    lot_ids = await lots.ensure(call, job.labelled)
    level_ids = await _hold_levels(call, job, lot_ids)
    costs = await stock.unit_costs(warehouse_id, [part.sku_id for part in coming])
    posted = await _post(call, job, rules.moves_out([job.kit], job.warehouse))
    document.cost = Money.total(posted.values)
    document.value = document.cost + extra_cost
    values = rules.values_of(document.value, coming, costs)
    await _post(call, job, rules.moves_in(coming, lot_ids, values, job.warehouse), accrued=rules.accrued(document))
    await _write(job, dict(zip((part.line_id for part in coming), values, strict=True)))
    return facts.KitsDisassembled(assembly_id=document.id, stock_level_ids=level_ids)


async def begin(
    call: Call,
    kind: AssemblyKind,
    *,
    warehouse_id: int,
    kit: KitPart,
    lines: Sequence[AskedPart],
    heading: dict[str, object],
) -> WorkToDo:
    """The job of a document, when nothing is wrong with it that can be told without its goods."""
    (day, problems), warehouse = await db.together(
        door.posting_date(call), warehouses.usable_warehouse(call, warehouse_id)
    )
    await db.hold(_WORK)
    recipe = await queries.recipe(kit.sku_id)
    named = {
        kit.sku_id,
        *(line.sku_id for line in lines),
        *(one.sku_id for one in (recipe.components if recipe else ())),
    }
    skus = await catalog.skus(named)
    document = made_out(
        models.Assembly,
        call,
        day,
        kind=kind,
        warehouse_id=warehouse_id,
        sku_id=kit.sku_id,
        quantity=kit.quantity,
        **heading,
    )
    problems += rules.check_heading(kit.quantity, document.extra_cost, document.reason, document.note, len(lines))
    problems += _check_kit(kind, kit, recipe, skus)
    reject_if(problems)
    assert recipe
    document.kit_version = recipe.version
    kit = msgspec.structs.replace(kit, line_id=document.id)
    parts = rules.parts(recipe, kit.quantity, lines)
    problems += rules.check_plan(
        rules.AssemblyPlan(
            kind=kind, recipe=recipe, quantity=kit.quantity, parts=parts, skus=skus, reason=document.reason
        )
    )
    everything = [kit, *parts]
    places = await warehouses.places_of({part.place_id for part in everything if part.place_id is not None})
    their_lots = await known_lots.lots({part.lot_id for part in everything if part.lot_id is not None})
    job = WorkToDo(document=document, warehouse=warehouse, kit=kit, parts=parts)
    problems += rules.check_whereabouts(everything, warehouse, places, their_lots)
    reject_if([*problems, *labels.check(job.labelled, skus)])
    return job


def _check_kit(kind: AssemblyKind, kit: KitPart, recipe: Recipe | None, skus: dict[int, KnownSku]) -> list[Reason]:
    if kit.sku_id not in skus:
        raise NotFound(UnknownId(path=("sku_id",), kind="Sku"))
    if recipe is None:
        return [rules.NoRecipe(path=("sku_id",), sku=skus[kit.sku_id].code)]
    if kind is not AssemblyKind.DISASSEMBLE and not skus[kit.sku_id].is_active:
        return [SkuInactive(path=("sku_id",), sku=skus[kit.sku_id].code)]
    return []


async def _hold_levels(call: Call, job: WorkToDo, lot_ids: Iterable[int | None]) -> tuple[int, ...]:
    """Locks all levels of a job at once, in their order, for its goods leave and come in by two postings."""
    touched = {job.kit.sku_id, *(part.sku_id for part in job.moving)}
    coming = {lot_id for lot_id in lot_ids if lot_id is not None}
    return await ledger.hold(call, {(sku_id, job.warehouse.id) for sku_id in touched}, lot_ids=coming)


async def _post(call: Call, job: WorkToDo, moves: Sequence[ledger.Move], **comes_to: Any) -> Posted:
    document = job.document
    of_document = {"document_id": document.id, "business_date": document.business_date}
    return await door.post(Posting(call=call, moves=moves, **of_document, **comes_to))


async def _write(job: WorkToDo, worth: Mapping[int, Money], *, out_of: Collection[int] = ()) -> None:
    """The document, with what each part of which there is something is worth."""
    document = job.document
    lines = (
        models.AssemblyLine(
            id=part.line_id,
            assembly_id=document.id,
            line_no=line_no,
            sku_id=part.sku_id,
            quantity_by_recipe=part.expected,
            quantity=part.quantity,
            value=worth.get(part.line_id, Money(0)),
        )
        for line_no, part in enumerate(job.parts, start=1)
    )
    await opened(document, lines, out_of=out_of)
