"""What happens to the variants of a product."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact


class ProductAttributesSet(Fact, frozen=True, kw_only=True):
    """A product has exactly these attributes from now on."""

    product_id: int


class SkusGenerated(Fact, frozen=True, kw_only=True):
    """SKUs were made for combinations that a product had none for."""

    makes: ClassVar[str] = "sku_ids"
    product_id: int
    sku_ids: tuple[int, ...]


class SkuOptionsSet(Fact, frozen=True, kw_only=True):
    """A SKU stands for another combination, or for none."""

    sku_id: int
