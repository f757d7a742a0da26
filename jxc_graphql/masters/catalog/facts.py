"""What happens to products and SKUs."""

from jxc_graphql.kit.journal import Fact


class ProductCreated(Fact, frozen=True, kw_only=True):
    """A product was created."""

    product_id: int


class ProductUpdated(Fact, frozen=True, kw_only=True):
    """A product's data changed, or whether it is active."""

    product_id: int


class SkuCreated(Fact, frozen=True, kw_only=True):
    """A SKU was created."""

    sku_id: int


class SkuUpdated(Fact, frozen=True, kw_only=True):
    """A SKU's code or name changed, or whether it is active."""

    sku_id: int


class SkuUnitsSet(Fact, frozen=True, kw_only=True):
    """A SKU has exactly these other units and barcodes from now on."""

    sku_id: int
