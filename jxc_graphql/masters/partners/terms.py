"""What is agreed with a partner, as it is given to the operations: data, terms and prices."""

import msgspec

from jxc_graphql.kit.changes import UNSET, Change
from jxc_graphql.kit.numbers import Quantity, UnitPrice
from jxc_graphql.masters.partners.models import CreditGrade


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be known of a supplier or customer."""

    code: Change[str] = UNSET
    name: Change[str] = UNSET
    contact_name: Change[str | None] = UNSET
    phone: Change[str | None] = UNSET
    email: Change[str | None] = UNSET
    address: Change[str | None] = UNSET
    tax_number: Change[str | None] = UNSET
    payment_term_id: Change[int | None] = UNSET
    is_active: Change[bool] = UNSET
    level_id: Change[int | None] = UNSET
    """Of a customer alone."""
    credit_grade: Change[CreditGrade] = UNSET
    """Of a supplier alone."""


PIECE = Quantity(10_000)
"""One base unit."""


class AskedPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What a supplier asks for one unit of a SKU, the base unit for none (None); quantities in base units.

    Without a currency it is in that of the books.
    """

    sku_id: int
    unit_price: UnitPrice
    unit_id: Change[int | None] = UNSET
    currency: Change[str | None] = UNSET
    minimum_quantity: Change[Quantity | None] = UNSET
    pack_quantity: Change[Quantity | None] = UNSET
    lead_time_days: Change[int | None] = UNSET
    is_preferred: Change[bool] = UNSET
    expected_version: int | None = None
