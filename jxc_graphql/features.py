"""All features, lower ones first: what they consist of is found by the names of their files.

A feature is in the schema by its `api` files, in the database by its `models`, heard of by its `facts`, and compared
with the books by the `COMPARISONS` of its `queries`. Whatever needs all of them asks here; tests hold the list to the
folders, and what they import to their ranks.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

RANKS = (
    "office.auth", "office.audit", "office.company", "office.documents",
    "office.periods | office.jobs | office.numbering",
    "office.approvals | office.comments | office.tags | office.attachments", "office.print_templates",
    "masters.categories | masters.taxes | masters.payment_terms | masters.currencies | masters.customer_levels",
    "masters.catalog | masters.warehouses",
    "masters.variants | masters.partners | masters.lots",
    "masters.own_fields",
    "books.accounts", "books.goods | books.dues", "books.trade",
    "buying.purchasing", "buying.receiving", "buying.purchase_amendments | buying.supplier_returns",
    "buying.requests | buying.landed_costs",
    "selling.pricing | selling.credit", "selling.sales", "selling.shipping | selling.quotes",
    "selling.sales_amendments | selling.customer_returns",
    "warehousing.openings | warehousing.transfers | warehousing.relocations | warehousing.stocktakes",
    "warehousing.adjustments | warehousing.revaluations | warehousing.assembly | warehousing.limits",
    "warehousing.loans", "warehousing.processing | warehousing.consignments | warehousing.sharing",
    "insight.alerts | insight.analytics | insight.recalls", "insight.planning", "insight.verification",
    "exchange.exports", "exchange.imports",
)  # fmt: skip
"""Lower ones first: a feature imports from features of lower ranks only, and none beside it knows it."""
FEATURES = tuple(feature for rank in RANKS for feature in rank.split(" | "))

_PACKAGE = Path(__file__).parent


def names(pattern: str) -> Iterator[str]:
    """The modules of all features whose file names match, in the order of their ranks."""
    for feature in FEATURES:
        for path in sorted(_PACKAGE.joinpath(*feature.split(".")).glob(f"{pattern}.py")):
            yield f"jxc_graphql.{feature}.{path.stem}"


def modules(pattern: str) -> list[ModuleType]:
    """The same, imported."""
    return [import_module(name) for name in names(pattern)]
