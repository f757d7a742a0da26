"""What happens to products and SKUs."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact


class ProductCreated(Fact, frozen=True, kw_only=True):
    """A product was created."""

    makes: ClassVar[str] = "product_id"
    product_id: int


class ProductUpdated(Fact, frozen=True, kw_only=True):
    """A product's data changed, or whether it is active."""

    product_id: int


class SkuCreated(Fact, frozen=True, kw_only=True):
    """A SKU was created."""

    makes: ClassVar[str] = "sku_id"
    sku_id: int


class SkuUpdated(Fact, frozen=True, kw_only=True):
    """A SKU's code or name changed, or whether it is active."""

    sku_id: int


class SkuUnitsSet(Fact, frozen=True, kw_only=True):
    """A SKU has exactly these other units and barcodes from now on."""

    sku_id: int


class ProductDeleted(Fact, frozen=True, kw_only=True):
    """A product without SKUs is no more."""

    product_id: int
    code: str


class SkuDeleted(Fact, frozen=True, kw_only=True):
    """A SKU that was never used is no more."""

    sku_id: int
    code: str


class SkuUnitDeleted(Fact, frozen=True, kw_only=True):
    """A SKU has this unit no more."""

    sku_id: int
    name: str
