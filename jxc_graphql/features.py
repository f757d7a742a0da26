"""All features, lower ones first: what they consist of is found by the names of their files.

A feature is in the schema by its `api` files, in the database by its `models`, heard of by its `facts`, and compared
with the books by the `COMPARISONS` of its `queries`. Whatever needs all of them asks here; a test holds this list to
the ranks of `pyproject.toml` and to the folders.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

FEATURES = (
    "office.auth", "office.audit", "office.company", "office.documents", "office.periods",
    "masters.categories", "masters.catalog", "masters.warehouses", "masters.variants", "masters.partners",
    "masters.lots",
    "books.goods",
    "buying.purchasing", "buying.receiving",
    "selling.sales", "selling.shipping",
    "warehousing.openings", "warehousing.transfers", "warehousing.relocations", "warehousing.stocktakes",
    "warehousing.adjustments", "warehousing.revaluations", "warehousing.assembly", "warehousing.limits",
    "warehousing.loans", "warehousing.sharing",
    "insight.alerts", "insight.analytics", "insight.recalls", "insight.verification",
)  # fmt: skip

_PACKAGE = Path(__file__).parent


def names(pattern: str) -> Iterator[str]:
    """The modules of all features whose file names match, in the order of their ranks."""
    for feature in FEATURES:
        for path in sorted(_PACKAGE.joinpath(*feature.split(".")).glob(f"{pattern}.py")):
            yield f"jxc_graphql.{feature}.{path.stem}"


def modules(pattern: str) -> list[ModuleType]:
    """The same, imported."""
    return [import_module(name) for name in names(pattern)]
