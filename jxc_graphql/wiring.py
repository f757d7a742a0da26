"""The one table of what belongs together across features: models, reactions to facts, the database they live in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jxc_graphql.adjustments.events import AdjustmentPosted
from jxc_graphql.alerts import deadlines
from jxc_graphql.alerts import operations as alerts
from jxc_graphql.assembly.events import KitsAssembled, KitsDisassembled
from jxc_graphql.auth.operations import ensure_roles, system_call
from jxc_graphql.documents import approval
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.db.migrate import migrate, pending
from jxc_graphql.kit.jobs import Reactions
from jxc_graphql.kit.settings import Settings
from jxc_graphql.limits.events import StockLimitsCopied, StockLimitsRemoved, StockLimitsScaled, StockLimitsSet
from jxc_graphql.lots.events import LotBlocked, LotUnblocked, LotUpdated
from jxc_graphql.moves.events import PlacesMoved
from jxc_graphql.openings.events import OpeningBalancePosted
from jxc_graphql.periods.events import PeriodClosed, PeriodReopened
from jxc_graphql.purchasing.events import PurchaseOrderApproved, PurchaseOrderCancelled
from jxc_graphql.receiving.events import GoodsReceived
from jxc_graphql.sales import operations as sales
from jxc_graphql.sales.events import BackorderAllocated, SalesOrderApproved, SalesOrderCancelled
from jxc_graphql.shipping.events import GoodsShipped
from jxc_graphql.stock import closing
from jxc_graphql.stocktakes import operations as stocktakes
from jxc_graphql.stocktakes.events import StocktakePosted
from jxc_graphql.transfers.events import (
    TransferApproved,
    TransferCancelled,
    TransferClosed,
    TransferDispatched,
    TransferReceived,
)
from jxc_graphql.verification.events import ProjectionsRebuilt

MODEL_MODULES = (
    "jxc_graphql.kit.journal",
    "jxc_graphql.gql.wire.streams",
    "jxc_graphql.auth.models",
    "jxc_graphql.documents.models",
    "jxc_graphql.periods.models",
    "jxc_graphql.categories.models",
    "jxc_graphql.catalog.models",
    "jxc_graphql.warehouses.models",
    "jxc_graphql.partners.models",
    "jxc_graphql.lots.models",
    "jxc_graphql.stock.models",
    "jxc_graphql.openings.models",
    "jxc_graphql.adjustments.models",
    "jxc_graphql.revaluations.models",
    "jxc_graphql.purchasing.models",
    "jxc_graphql.sales.models",
    "jxc_graphql.transfers.models",
    "jxc_graphql.moves.models",
    "jxc_graphql.stocktakes.models",
    "jxc_graphql.receiving.models",
    "jxc_graphql.shipping.models",
    "jxc_graphql.limits.models",
    "jxc_graphql.assembly.models",
    "jxc_graphql.alerts.models",
    "jxc_graphql.sharing.models",
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
    approval.use_threshold(settings.adjustment_threshold)
    deadlines.use_deadlines(expiry_alert_days=settings.expiry_alert_days, dead_stock_days=settings.dead_stock_days)
    async with db.open(settings, MODEL_MODULES) as database:
        if await pending(database):
            await migrate(database)
        await ensure_roles(system_call())
        yield database
