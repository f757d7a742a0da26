"""What is agreed with a partner, as it is given to the operations: data, terms and prices."""

import msgspec

from jxc_graphql.kit.numbers import Quantity, UnitPrice


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a supplier or customer; None means as it is."""

    code: str | None = None
    name: str | None = None
    contact_name: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    tax_number: str | None = None
    payment_days: int | None = None
    is_active: bool | None = None


class AskedPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What a supplier asks for one base unit of a SKU; quantities in base units."""

    sku_id: int
    unit_price: UnitPrice
    minimum_quantity: Quantity = Quantity(0)
    pack_quantity: Quantity = Quantity(10_000)
    lead_time_days: int = 0
    is_preferred: bool = False
