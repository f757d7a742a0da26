"""What happens to suppliers, their prices and customers."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact


class SupplierCreated(Fact, frozen=True, kw_only=True):
    """A supplier was created."""

    makes: ClassVar[str] = "supplier_id"
    supplier_id: int


class SupplierUpdated(Fact, frozen=True, kw_only=True):
    """A supplier's data changed."""

    supplier_id: int


class SupplierHeld(Fact, frozen=True, kw_only=True):
    """A supplier gets no new orders for now."""

    supplier_id: int


class SupplierReleased(Fact, frozen=True, kw_only=True):
    """A supplier that was on hold may get orders again."""

    supplier_id: int


class SupplierPricesSet(Fact, frozen=True, kw_only=True):
    """A supplier asks these prices from now on."""

    supplier_id: int
    supplier_price_ids: tuple[int, ...]


class SupplierPricesRemoved(Fact, frozen=True, kw_only=True):
    """A supplier does not sell these SKUs any more."""

    supplier_id: int
    sku_ids: tuple[int, ...]


class CustomerCreated(Fact, frozen=True, kw_only=True):
    """A customer was created."""

    makes: ClassVar[str] = "customer_id"
    customer_id: int


class CustomerUpdated(Fact, frozen=True, kw_only=True):
    """A customer's data changed."""

    customer_id: int


class SupplierDeleted(Fact, frozen=True, kw_only=True):
    """A supplier with whom there was nothing is no more."""

    supplier_id: int
    code: str


class CustomerDeleted(Fact, frozen=True, kw_only=True):
    """A customer with whom there was nothing is no more."""

    customer_id: int
    code: str


class SupplierPriceDeleted(Fact, frozen=True, kw_only=True):
    """What a supplier asked for a SKU is forgotten."""

    supplier_id: int
    sku_id: int
