"""What happens to price lists, promotions and minimum prices."""

from typing import ClassVar

from jxc_graphql.kit.journal import Fact


class PriceListCreated(Fact, frozen=True, kw_only=True):
    """There is a price list."""

    price_list_id: int


class PriceListUpdated(Fact, frozen=True, kw_only=True):
    """A price list has another name, another turn, or holds for another time."""

    price_list_id: int


class PriceListDeleted(Fact, frozen=True, kw_only=True):
    """There is no such price list any more."""

    price_list_id: int
    code: str


class ListPricesSet(Fact, frozen=True, kw_only=True):
    """A price list asks these prices from now on."""

    price_list_id: int
    list_price_ids: tuple[int, ...]


class ListPricesRemoved(Fact, frozen=True, kw_only=True):
    """A price list has no price of these SKUs any more."""

    price_list_id: int
    sku_ids: tuple[int, ...]


class PromotionCreated(Fact, frozen=True, kw_only=True):
    """There is a promotion."""

    promotion_id: int


class PromotionUpdated(Fact, frozen=True, kw_only=True):
    """A promotion has another name, another turn, or holds for another time."""

    promotion_id: int


class MinimumPricesSet(Fact, frozen=True, kw_only=True):
    """These SKUs are to be sold for no less from now on."""

    echoes: ClassVar[tuple[str, ...]] = ("minimum_price_ids",)
    minimum_price_id: int
    """The first of them."""
    minimum_price_ids: tuple[int, ...]
