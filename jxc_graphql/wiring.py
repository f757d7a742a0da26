"""The one table of what belongs together across features."""

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
