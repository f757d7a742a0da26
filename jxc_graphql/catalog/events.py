"""What happens to categories, products and SKUs."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact


class CategoryCreated(Fact, frozen=True, kw_only=True):
    """A category was created."""

    subject: ClassVar[str] = "category_id"
    category_id: int


class CategoryUpdated(Fact, frozen=True, kw_only=True):
    """A category has another code, name or parent."""

    subject: ClassVar[str] = "category_id"
    category_id: int


class ProductCreated(Fact, frozen=True, kw_only=True):
    """A product was created."""

    subject: ClassVar[str] = "product_id"
    product_id: int


class ProductUpdated(Fact, frozen=True, kw_only=True):
    """A product has another code, name, category or description."""

    subject: ClassVar[str] = "product_id"
    product_id: int


class ProductDeactivated(Fact, frozen=True, kw_only=True):
    """A product and these of its SKUs may not appear on new documents any more."""

    subject: ClassVar[str] = "product_id"
    product_id: int
    sku_ids: tuple[int, ...]


class ProductReactivated(Fact, frozen=True, kw_only=True):
    """A product may be used again; its SKUs are reactivated one by one."""

    subject: ClassVar[str] = "product_id"
    product_id: int


class SkuCreated(Fact, frozen=True, kw_only=True):
    """A SKU was created."""

    subject: ClassVar[str] = "sku_id"
    sku_id: int


class SkuUpdated(Fact, frozen=True, kw_only=True):
    """A SKU has another code or name."""

    subject: ClassVar[str] = "sku_id"
    sku_id: int


class SkuUnitsSet(Fact, frozen=True, kw_only=True):
    """A SKU has exactly these other units and barcodes from now on."""

    subject: ClassVar[str] = "sku_id"
    sku_id: int


class SkuDeactivated(Fact, frozen=True, kw_only=True):
    """A SKU may not appear on new documents any more."""

    subject: ClassVar[str] = "sku_id"
    sku_id: int


class SkuReactivated(Fact, frozen=True, kw_only=True):
    """A SKU may appear on new documents again."""

    subject: ClassVar[str] = "sku_id"
    sku_id: int
