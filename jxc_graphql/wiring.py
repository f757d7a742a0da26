"""The one table of what belongs together across features: models, reactions to facts, the database they live in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jxc_graphql.books.goods import closing
from jxc_graphql.buying.purchasing.facts import PurchaseOrderApproved, PurchaseOrderCancelled
from jxc_graphql.buying.receiving.facts import GoodsReceived
from jxc_graphql.insight.alerts import deadlines
from jxc_graphql.insight.alerts import operations as alerts
from jxc_graphql.insight.verification.facts import ProjectionsRebuilt
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.db.migrate import migrate, pending
from jxc_graphql.kit.jobs import Reactions
from jxc_graphql.kit.settings import Settings
from jxc_graphql.masters.lots.facts import LotBlocked, LotUnblocked, LotUpdated
from jxc_graphql.office.auth.operations import ensure_roles, share_places, system_call
from jxc_graphql.office.documents import approval
from jxc_graphql.office.periods.facts import PeriodClosed, PeriodReopened
from jxc_graphql.selling.sales import operations as sales
from jxc_graphql.selling.sales.facts import BackorderAllocated, SalesOrderApproved, SalesOrderCancelled
from jxc_graphql.selling.shipping.facts import GoodsShipped
from jxc_graphql.warehousing.adjustments.facts import AdjustmentPosted
from jxc_graphql.warehousing.assembly.facts import KitsAssembled, KitsDisassembled
from jxc_graphql.warehousing.limits.facts import (
    StockLimitsCopied,
    StockLimitsRemoved,
    StockLimitsScaled,
    StockLimitsSet,
)
from jxc_graphql.warehousing.openings.facts import OpeningBalancePosted
from jxc_graphql.warehousing.relocations.facts import PlacesMoved
from jxc_graphql.warehousing.stocktakes import operations as stocktakes
from jxc_graphql.warehousing.stocktakes.facts import StocktakePosted
from jxc_graphql.warehousing.transfers.facts import (
    TransferApproved,
    TransferCancelled,
    TransferClosed,
    TransferDispatched,
    TransferReceived,
)

MODEL_MODULES = (
    "jxc_graphql.kit.db.node",
    "jxc_graphql.kit.journal",
    "jxc_graphql.gql.wire.streams",
    "jxc_graphql.office.auth.models",
    "jxc_graphql.office.documents.models",
    "jxc_graphql.office.periods.models",
    "jxc_graphql.masters.categories.models",
    "jxc_graphql.masters.catalog.models",
    "jxc_graphql.masters.warehouses.models",
    "jxc_graphql.masters.partners.models",
    "jxc_graphql.masters.lots.models",
    "jxc_graphql.books.goods.models",
    "jxc_graphql.warehousing.openings.models",
    "jxc_graphql.warehousing.adjustments.models",
    "jxc_graphql.warehousing.revaluations.models",
    "jxc_graphql.buying.purchasing.models",
    "jxc_graphql.selling.sales.models",
    "jxc_graphql.warehousing.transfers.models",
    "jxc_graphql.warehousing.relocations.models",
    "jxc_graphql.warehousing.stocktakes.models",
    "jxc_graphql.buying.receiving.models",
    "jxc_graphql.selling.shipping.models",
    "jxc_graphql.warehousing.limits.models",
    "jxc_graphql.warehousing.assembly.models",
    "jxc_graphql.insight.alerts.models",
    "jxc_graphql.warehousing.sharing.models",
)

REACTIONS = Reactions(
    {
        # Goods that came free first go to those who wait for them; only what is then left may calm an alert.
        # Whatever moved goods flags them in stocktakes under way.
        OpeningBalancePosted: [sales.allocate_backorders, alerts.review, stocktakes.flag_moved_goods],
        AdjustmentPosted: [sales.allocate_backorders, alerts.review, stocktakes.flag_moved_goods],
        GoodsReceived: [sales.allocate_backorders, alerts.review, stocktakes.flag_moved_goods],
        StocktakePosted: [sales.allocate_backorders, alerts.review, stocktakes.flag_moved_goods],
        SalesOrderCancelled: [sales.allocate_backorders, alerts.review],
        KitsAssembled: [sales.allocate_backorders, alerts.review, stocktakes.flag_moved_goods],
        KitsDisassembled: [sales.allocate_backorders, alerts.review, stocktakes.flag_moved_goods],
        BackorderAllocated: [alerts.review],
        GoodsShipped: [alerts.review, stocktakes.flag_moved_goods],
        PurchaseOrderApproved: [alerts.review],
        PurchaseOrderCancelled: [alerts.review],
        SalesOrderApproved: [alerts.review],
        TransferApproved: [alerts.review],
        TransferDispatched: [sales.allocate_backorders, alerts.review, stocktakes.flag_moved_goods],
        TransferReceived: [sales.allocate_backorders, alerts.review, stocktakes.flag_moved_goods],
        TransferClosed: [sales.allocate_backorders, alerts.review, stocktakes.flag_moved_goods],
        TransferCancelled: [sales.allocate_backorders, alerts.review],
        PlacesMoved: [sales.allocate_backorders, alerts.review, stocktakes.flag_moved_goods],
        StockLimitsSet: [alerts.review],
        StockLimitsRemoved: [alerts.review],
        StockLimitsCopied: [alerts.review],
        StockLimitsScaled: [alerts.review],
        LotUpdated: [alerts.review_lot],
        LotBlocked: [alerts.review_lot],
        LotUnblocked: [alerts.review_lot],
        PeriodClosed: [closing.write_balances],
        PeriodReopened: [closing.drop_balances],
        ProjectionsRebuilt: [sales.allocate_backorders, alerts.review],
    }
)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[db.Database]:
    """The database of an installation, brought to the state of the code, for the duration of a block."""
    clock.use_zone(settings.time_zone)
    share_places(settings.workers)
    approval.use_threshold(settings.adjustment_threshold)
    deadlines.use_deadlines(expiry_alert_days=settings.expiry_alert_days, dead_stock_days=settings.dead_stock_days)
    async with db.open(settings, MODEL_MODULES) as database:
        if await pending(database):
            await migrate(database)
        await ensure_roles(system_call())
        yield database
