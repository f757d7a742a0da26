"""A company with everything in it: every kind of document in every warehouse, and between them."""

from datetime import date, timedelta
from typing import Any

from jxc_graphql import schema, wiring
from jxc_graphql.books.dues import entering
from jxc_graphql.books.dues import operations as dues
from jxc_graphql.books.dues.models import DueKind, OwedBy
from jxc_graphql.books.goods import fitness
from jxc_graphql.exchange.exports.models import DataFile
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import clock, db, links
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity, UnitPrice
from jxc_graphql.masters.catalog import operations as catalog
from jxc_graphql.masters.catalog.tracking import SkuTracking
from jxc_graphql.masters.lots.labels import LotLabel
from jxc_graphql.masters.own_fields import operations as own_fields
from jxc_graphql.masters.own_fields.models import MASTERS, OwnFieldKind, OwnFieldType, ReferenceKind
from jxc_graphql.masters.own_fields.rules import WantedField, WantedValue
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import AskedPrice, Profile
from jxc_graphql.masters.warehouses import operations as warehouses
from jxc_graphql.office.attachments.models import Attachment
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Dimension, Permission
from jxc_graphql.office.comments import operations as comments
from jxc_graphql.office.jobs import operations as jobs
from jxc_graphql.office.jobs.models import JobKind
from jxc_graphql.office.periods import operations as periods
from jxc_graphql.office.tags import operations as tags
from jxc_graphql.warehousing.adjustments.models import AdjustmentReason
from jxc_graphql.warehousing.limits import operations as limits
from jxc_graphql.warehousing.limits.rules import WantedLimit
from jxc_graphql.warehousing.openings import operations as openings
from jxc_graphql.warehousing.openings.rules import OpeningLine
from jxc_graphql.warehousing.revaluations import operations as revaluations
from jxc_graphql.warehousing.revaluations.rules import AskedRevaluation
from jxc_graphql.warehousing.sharing import operations as sharing
from jxc_graphql.warehousing.sharing.rules import WantedTime
from tests.make import corrections
from tests.make.hall import Hall, of, only
from tests.make.haul import Haul
from tests.make.lending import Lender
from tests.make.rights import without
from tests.make.shop import Shop, open_warehouse
from tests.make.trade import Trade
from tests.make.workshop import Workshop, make_workshop

SEEN = {Dimension.BRANCH: 1}
"""Of four warehouses, customers or suppliers the first two are in the scope of whoever has one; of two branches one."""
SHARED = Permission.SEE_SHARED_STOCK
"""Shows by design how much there is in warehouses out of scope, and nothing else."""


def withheld() -> list[Permission]:
    """The permissions without which something of the schema is not shown."""
    found = set()
    for kind in schema.schema().types.objects.values():
        found |= {field.requires for field in kind.fields.values()} | {kind.table.requires if kind.table else None}
    return [one for one in Permission if one in found]


async def make_askers(boss: Call) -> dict[str, int]:
    """By what is hidden from him, somebody with a scope, and for each permission to see somebody who has all others."""
    asked: dict[str, Permission] = {
        **dict.fromkeys(Dimension, SHARED),
        **{permission: permission for permission in withheld()},
    }
    made = {}
    for lacks in dict.fromkeys(asked.values()):
        allowed = sorted(without(lacks, Permission.SEE_AUDIT_LOG))
        await auth.create_role(boss, code=f"NOT_{lacks}", name=lacks, permissions=allowed)
    for name, lacks in asked.items():
        user = await auth.create_user(auth.system_call(), username=name.lower(), name=name, roles=[f"NOT_{lacks}"])
        made[str(name)] = user.user_id
        await auth.create_api_token(auth.system_call(), user_id=user.user_id, name="till")
        await jobs.enqueue(Call(actor_id=user.user_id), JobKind("SWEEP_JOBS"))
    await jobs.enqueue(auth.system_call(), JobKind("SWEEP_JOBS"))
    for dimension in Dimension:
        rows = await db.fetch(f'SELECT id FROM "{dimension.lower()}" ORDER BY id LIMIT {SEEN.get(dimension, 2)}')
        await auth.set_user_scope(
            auth.system_call(), user_id=made[dimension], dimension=dimension, target_ids=[key for (key,) in rows]
        )
    return made


async def make_world() -> dict[str, int]:
    """Fills a migrated, empty database; who may ask, by what is hidden from him."""
    boss = await auth.create_user(auth.system_call(), username="boss", name="Boss", roles=["ADMIN"])
    call = Call(actor_id=boss.user_id, permissions=frozenset(Permission), request_id="world")
    await fitness.begin_day()
    first = await make_workshop(call)
    branches = [(await warehouses.create_branch(call, code=f"B{n}", name=f"门店{n}")).branch_id for n in range(2)]
    shops = [first, *[await _another(first) for _ in range(3)]]
    ids = [one.trade.shop.warehouse.id for one in shops]
    for number, warehouse_id in enumerate(ids):
        await warehouses.update_warehouse(call, warehouse_id=warehouse_id, branch_id=branches[number % 2])
    await _prices(first.trade)
    tracked = await _tracked(first.trade)
    await _open(shops, day=clock.day_of(call.at) - timedelta(days=1))
    for shop in shops:
        await _trade(shop.trade)
        await _correct(shop.trade)
        await _lend(shop.trade)
        await _count(shop.trade, *tracked)
        await shop.set(3, (0, "1"))
        await shop.assemble("1", kit=3)
        await shop.disassemble("1", kit=3)
    for source, target in ((0, 1), (0, 2), (2, 0), (2, 3), (3, 1)):
        here, there = shops[source].trade.shop, shops[target].trade.shop
        haul = Haul(call, here.warehouse, there.warehouse, here.skus)
        await haul.one_of_each()
        await haul.draft((0, "1"))
        await haul.submitted((0, "2"))
        await haul.approved((0, "1"))
        time = WantedTime(from_warehouse_id=here.warehouse.id, to_warehouse_id=there.warehouse.id, days=2 + source)
        await sharing.set_transfer_times(call, times=[time])
    await wiring.REACTIONS.settle()
    await _discuss(call, boss.user_id)
    await periods.close_period(call, through=clock.day_of(call.at) - timedelta(days=1))
    await wiring.REACTIONS.settle()
    await _files(call)
    return await make_askers(call)


async def _files(call: Call) -> None:
    """A file that an export made, and what links to such are signed with."""
    await links.ensure_key()
    told: dict[str, Any] = {
        "owner_id": call.actor_id,
        "hash": "0" * 64,
        "size": 7,
        "rows": 1,
        "rights": "{}",
        "created_at": call.at,
    }
    await DataFile.create(name="stockLevels.csv", **told)


async def _another(first: Workshop) -> Workshop:
    """The same goods, partners and kits in a warehouse of their own, bought there."""
    call, trade = first.call, first.trade
    shop = Shop(call, await open_warehouse(call), trade.shop.skus)
    supplier = await partners.create_supplier(call, profile=_profile(shop, "供应商"))
    customer = await partners.create_customer(call, profile=_profile(shop, "客户"))
    other = Workshop(Trade(call, shop, supplier.supplier_id, customer.customer_id, trade.reactions))
    order = await other.trade.buy((0, "30", "3.5"), (1, "12", "0.75"))
    await other.trade.receive(order, (0, "30"), (1, "12"))
    return other


def _profile(shop: Shop, name: str) -> Profile:
    return Profile(code=f"P{shop.warehouse.id}", name=f"{name} {shop.warehouse.id}")


async def _discuss(call: Call, user_id: int) -> None:
    """Says something about a document of each kind in each pair of places, and gives tags and files to it."""
    rows = await db.fetch("SELECT min(id) FROM document GROUP BY document_kind, warehouse_id, to_warehouse_id")
    words = [(await tags.create_tag(call, name=name)).tag_id for name in ("加急", "缺单据")]
    for number, (document_id,) in enumerate(sorted(rows)):
        given = {"document_id": document_id, "text": f"说明 {number}", "mention_ids": [user_id]}
        comment = await comments.add_comment(call, **given)
        if number % 4 == 1:
            await comments.edit_comment(call, comment_id=comment.comment_id, text=f"更正 {number}")
        if number % 4 == 2:
            await comments.delete_comment(call, comment_id=comment.comment_id)
        await tags.tag_document(call, document_id=document_id, add_tag_ids=words[: number % 3])
        await _file(user_id, number, document_id=document_id)
    await _fill_in(call)
    for column in ("product", "sku", "supplier", "customer"):
        for number, (owner_id,) in enumerate(await db.fetch(f"SELECT id FROM {column} ORDER BY id")):
            await _file(user_id, number, **{f"{column}_id": owner_id})


async def _fill_in(call: Call) -> None:
    """Has documents and master data of each kind say something of their own, and refer to what not all may see."""
    to = {kind: await db.fetch(f'SELECT id FROM "{kind.lower()}" ORDER BY id DESC') for kind in ReferenceKind}
    targets = [(kind, key) for kind, rows in to.items() for (key,) in rows[:3]]
    for kind in OwnFieldKind:
        for target in ReferenceKind:
            wanted = WantedField(name=f"{target}", reference_kind=target)
            given: dict[str, Any] = {"code": f"to_{target.lower()}", "value_type": OwnFieldType.REFERENCE}
            await own_fields.create_own_field(call, kind=kind, wanted=wanted, **given)
        if kind.lower() in MASTERS:
            rows = await db.fetch(f"SELECT id FROM {kind.lower()} ORDER BY id")
        else:
            rows = await db.fetch("SELECT id FROM document WHERE document_kind = ? ORDER BY id", (kind.value,))
        for number, (key,) in enumerate(rows[:6]):
            target, to_id = targets[(number + len(kind)) % len(targets)]
            value = global_id(target.capitalize(), to_id)
            owner = (kind.capitalize() if kind.lower() in MASTERS else "Document", key)
            said = WantedValue(code=f"to_{target.lower()}", value=value)
            await own_fields.set_own_fields(call, owner=owner, fields=[said])


async def _file(user_id: int, number: int, **owner: int) -> None:
    """The row of a file, as if it had been sent; every third one was deleted."""
    row = Attachment(
        **owner, name=f"文件 {number}.png", media_type="image/png", hash=f"{number:064x}", size=number + 1,
        created_by_id=user_id, created_at=clock.now(), position=number,
    )  # fmt: skip
    if number % 3 == 2:
        row.update_from_dict({"deleted_at": clock.now(), "deleted_by_id": user_id})
    await row.save(force_create=True)


async def _prices(trade: Trade) -> None:
    prices = [
        AskedPrice(sku_id=sku_id, unit_price=UnitPrice.of("3.25"), minimum_quantity=Quantity.of("2"))
        for sku_id in trade.shop.skus
    ]
    await partners.set_supplier_prices(trade.call, supplier_id=trade.supplier_id, prices=prices)


async def _tracked(trade: Trade) -> tuple[int, int]:
    """A SKU with lots and one with pieces."""
    ((product_id,),) = await db.fetch("SELECT product_id FROM sku WHERE id = ?", (trade.shop.skus[0],))
    made = [
        await catalog.create_sku(
            trade.call, product_id=product_id, code=f"T-{tracking}", name=f"追踪 {tracking}", unit="件",
            tracking=tracking,
        )
        for tracking in (SkuTracking.LOT, SkuTracking.SERIAL)
    ]  # fmt: skip
    return made[0].sku_id, made[1].sku_id


async def _open(shops: list[Workshop], day: date) -> None:
    for number, shop in enumerate(shops):
        line = OpeningLine(
            sku_id=shop.sku(4), quantity=Quantity.of(str(5 + number)), unit_cost=UnitPrice.of(f"{number + 1}.5")
        )
        await openings.post_opening_balance(
            shop.call, warehouse_id=shop.trade.shop.warehouse.id, business_date=day, lines=[line], note="期初"
        )


async def _trade(trade: Trade) -> None:
    """Orders in every state, received, sold and shipped, and an alert."""
    bought = await trade.buy((0, "5", "1.25"), (1, "2", "3"))
    await trade.receive(bought, (0, "2", "1"))
    await trade.draft_purchase((2, "7", "0.5"), note="草稿")
    sold = await trade.sell((0, "4", "9"), (1, "3", "8.75"))
    await trade.ship(sold, (0, "2"))
    await trade.draft_sale((1, "1", "2"), note="草稿")
    sides = {"customer_id": (trade.customer_id, "COMPANY"), "supplier_id": (trade.supplier_id, "COUNTERPARTY")}
    for side, (whose, owed_by) in sides.items():
        told: dict[str, Any] = {side: whose, "kind": DueKind.PREPAYMENT, "owed_by": OwedBy(owed_by), "note": "预付"}
        paid = await entering.enter_due(trade.call, amount=Money.of("5"), **told)
        await dues.settle_due(trade.call, due_id=paid.due_id, amount=Money.of("3"))
    low = [
        WantedLimit(sku_id=sku_id, warehouse_id=trade.shop.warehouse.id, limit=Quantity.of(limit))
        for sku_id, limit in zip(trade.shop.skus, ("100", "1"), strict=False)
    ]
    await limits.set_stock_limits(trade.call, limits=low)


async def _correct(trade: Trade) -> None:
    shop, call = trade.shop, trade.call
    await corrections.adjust(shop, AdjustmentReason.DAMAGED, corrections.line(shop, "-1"))
    await corrections.draft(shop, AdjustmentReason.FOUND, corrections.line(shop, "1", "2"))
    line = AskedRevaluation(sku_id=shop.skus[0], unit_cost=UnitPrice.of("2.5"))
    for post in (True, False):
        made = await revaluations.create_revaluation(call, warehouse_id=shop.warehouse.id, lines=[line], note="改价")
        if post:
            await revaluations.post_revaluation(call, revaluation_id=made.subject_id)


async def _lend(trade: Trade) -> None:
    lender = Lender(trade)
    lent = await lender.lend((0, "2"))
    await lender.bring(lent, (0, "1"))
    await lender.draft((0, "1"))
    sold = await trade.sell((0, "1", "9"))
    await lender.sell(lent, sold, (0, "1"))


async def _count(trade: Trade, milk: int, phone: int) -> None:
    """Goods in bins, by lot and piece; one stocktake that was posted, and one that is being counted."""
    first, second = await trade.add_bins("A-01", "B-01")
    hall = Hall(trade.call, trade, (first, second), milk, phone)
    place = trade.shop.warehouse.id
    await hall.bring(milk, "4", place_id=first, lot=f"L-{place}", value="8")
    await hall.bring(phone, "2", serials=[f"S1-{place}", f"S2-{place}"], value="20")
    done = await hall.start(scope=only(trade.shop.skus[0]))
    await hall.count(done, of(trade.shop.skus[0], "30"))
    await hall.finish(done)
    going_on = await hall.start(scope=only(milk))
    await hall.count(going_on, of(milk, "3", place_id=first, lot=LotLabel(f"L-{place}")))
