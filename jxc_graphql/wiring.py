"""The one table of what belongs together across features: tables, who reacts to what, who checks the books."""

from jxc_graphql.alerts import operations as alerts
from jxc_graphql.alerts import queries as alert_checks
from jxc_graphql.alerts.events import StockLimitsSet
from jxc_graphql.documents.queries import Difference
from jxc_graphql.kit.jobs import Reactions
from jxc_graphql.purchasing import queries as purchasing_checks
from jxc_graphql.purchasing.events import GoodsReceived, PurchaseOrderApproved, PurchaseOrderCancelled
from jxc_graphql.sales import operations as sales
from jxc_graphql.sales import queries as sales_checks
from jxc_graphql.sales.events import BackorderAllocated, GoodsShipped, SalesOrderApproved, SalesOrderCancelled
from jxc_graphql.stock import queries as stock_checks
from jxc_graphql.stock.events import OpeningBalancePosted

MODEL_MODULES = (
    "jxc_graphql.kit.journal",
    "jxc_graphql.auth.models",
    "jxc_graphql.documents.models",
    "jxc_graphql.catalog.models",
    "jxc_graphql.partners.models",
    "jxc_graphql.stock.models",
    "jxc_graphql.purchasing.models",
    "jxc_graphql.sales.models",
    "jxc_graphql.alerts.models",
)

REACTIONS = Reactions(
    {
        # Goods that came free first go to those who wait for them; only what is then left may calm an alert.
        OpeningBalancePosted: (sales.allocate_backorders, alerts.review),
        GoodsReceived: (sales.allocate_backorders, alerts.review),
        SalesOrderCancelled: (sales.allocate_backorders, alerts.review),
        PurchaseOrderApproved: (alerts.review,),
        PurchaseOrderCancelled: (alerts.review,),
        SalesOrderApproved: (alerts.review,),
        BackorderAllocated: (alerts.review,),
        GoodsShipped: (alerts.review,),
        StockLimitsSet: (alerts.review,),
    }
)

VERIFICATIONS = (
    stock_checks.differences,
    purchasing_checks.differences,
    sales_checks.differences,
    alert_checks.differences,
)


async def differences() -> list[Difference]:
    """Everything in the books that does not agree with what it was made from; settle the reactions first."""
    return [difference for verification in VERIFICATIONS for difference in await verification()]
