"""What scanners ask."""

from datetime import date, datetime
from typing import Annotated

from jxc_graphql.gql.declare import query, value
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.numbers import Money, Quantity
from jxc_graphql.masters.catalog import queries
from jxc_graphql.masters.catalog.api import Sku
from jxc_graphql.masters.catalog.gs1 import ScanFault
from jxc_graphql.office.auth.permissions import Permission


@value(row_of=("identifier", "data"))
class ScanElement:
    """One thing that a GS1 label says."""

    identifier: str
    """Application identifier, such as 10 for the lot."""
    data: str
    """Its data as they stand on the label."""


@value(row_of=("identifier", "data", "fault"))
class ScanProblem:
    """Something on a GS1 label that cannot be used."""

    identifier: str
    """Application identifier; empty where none can be read."""
    data: str
    """What stands there."""
    fault: ScanFault
    """What is wrong with it."""


@value(requires=Permission.SEE_CATALOG)
class Scan:
    """What a scanned code stands for: one unit of a SKU."""

    sku: Sku
    """The SKU."""
    unit: str
    """The unit that the label is on (单位); the base unit for a SKU code."""
    numerator: int
    """Base units …"""
    denominator: int
    """… in so many of that unit."""
    quantity: Quantity | None
    """What one of that unit is in base units; null where that is no exact quantity."""
    lot_number: str | None
    """The lot that a GS1 label names (批次); else null."""
    serial_number: str | None
    """The serial number that a GS1 label names (序列号); else null."""
    produced_on: date | None
    """The day of production that a GS1 label names (生产日期); else null."""
    expires_on: date | None
    """The day until which a GS1 label says that the goods are good (到期日); else null."""
    expires_at: datetime | None
    """The moment until which they are good, where a GS1 label tells the time of day too (AI 7003); else null."""
    content_gtin: str | None
    """The GTIN of what the labelled unit contains (AI 02), else null; `sku` is of it where the unit has none."""
    variable_count: int | None
    """How many items a trade item of variable measure contains (AI 30); null where the label does not say."""
    contained_count: int | None
    """How many trade items the labelled unit contains (AI 37); null where the label does not say."""
    total_quantity: Quantity | None
    """What those are in base units: so many items, or so many of `unit`; null without a count or where not exact."""
    net_weight: Quantity | None
    """Net weight in kilograms (净重, AI 310n); null where the label does not say."""
    price: Money | None
    """The amount to pay that the label states, in the currency of where it is sold (AI 392n); else null."""
    elements: list[ScanElement]
    """All that a GS1 label says, in its order; empty for other codes."""
    problems: list[ScanProblem]
    """What a GS1 label says and what cannot be used, such as a date that never was."""


@query(Scan | None)
async def scan(
    call: Call, code: Annotated[str, "What the scanner read or people typed, in either case; up to 500 characters."]
) -> queries.Scan | None:
    """What a scanned code stands for (扫码): a barcode, a GS1 label or Digital Link, the code of a SKU; or null."""
    return await queries.scan(call, code)
