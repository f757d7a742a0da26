"""The one table of what belongs together across features: models, reactions to facts, comparisons of the books."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from jxc_graphql.alerts import operations as alerts
from jxc_graphql.alerts import queries as alert_queries
from jxc_graphql.alerts.events import StockLimitsSet
from jxc_graphql.assembly import queries as assembly_queries
from jxc_graphql.assembly.events import KitsAssembled, KitsDisassembled
from jxc_graphql.auth.operations import ensure_roles, system_call
from jxc_graphql.documents.queries import Difference
from jxc_graphql.kit import clock, db
from jxc_graphql.kit.db.migrate import migrate, pending
from jxc_graphql.kit.jobs import Reactions
from jxc_graphql.kit.settings import Settings
from jxc_graphql.purchasing import queries as purchasing_queries
from jxc_graphql.purchasing.events import GoodsReceived, PurchaseOrderApproved, PurchaseOrderCancelled
from jxc_graphql.sales import operations as sales
from jxc_graphql.sales import queries as sales_queries
from jxc_graphql.sales.events import BackorderAllocated, GoodsShipped, SalesOrderApproved, SalesOrderCancelled
from jxc_graphql.stock import queries as stock_queries
from jxc_graphql.stock.events import OpeningBalancePosted

MODEL_MODULES = (
    "jxc_graphql.kit.journal",
    "jxc_graphql.auth.models",
    "jxc_graphql.documents.models",
    "jxc_graphql.periods.models",
    "jxc_graphql.categories.models",
    "jxc_graphql.catalog.models",
    "jxc_graphql.warehouses.models",
    "jxc_graphql.partners.models",
    "jxc_graphql.lots.models",
    "jxc_graphql.stock.models",
    "jxc_graphql.purchasing.models",
    "jxc_graphql.sales.models",
    "jxc_graphql.assembly.models",
    "jxc_graphql.alerts.models",
)

REACTIONS = Reactions(
    {
        # Goods that came free first go to those who wait for them; only what is then left may calm an alert.
        OpeningBalancePosted: [sales.allocate_backorders, alerts.review],
        GoodsReceived: [sales.allocate_backorders, alerts.review],
        SalesOrderCancelled: [sales.allocate_backorders, alerts.review],
        KitsAssembled: [sales.allocate_backorders, alerts.review],
        KitsDisassembled: [sales.allocate_backorders, alerts.review],
        BackorderAllocated: [alerts.review],
        GoodsShipped: [alerts.review],
        PurchaseOrderApproved: [alerts.review],
        PurchaseOrderCancelled: [alerts.review],
        SalesOrderApproved: [alerts.review],
        StockLimitsSet: [alerts.review],
    }
)

VERIFICATIONS: tuple[Callable[[], Awaitable[list[Difference]]], ...] = (
    stock_queries.differences,
    purchasing_queries.differences,
    sales_queries.differences,
    assembly_queries.differences,
    alert_queries.differences,
)


async def differences() -> list[Difference]:
    """Everything in which projections and documents disagree with the ledger; nothing when the books are right."""
    return [difference for compare in VERIFICATIONS for difference in await compare()]


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[db.Database]:
    """The database of an installation, brought to the state of the code, for the duration of a block."""
    clock.use_zone(settings.time_zone)
    async with db.open(settings, MODEL_MODULES) as database:
        if await pending(database):
            await migrate(database)
        await ensure_roles(system_call())
        yield database
