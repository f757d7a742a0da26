"""What happened in assembly."""

from typing import ClassVar

from jxc_graphql.books.goods.facts import GOODS_MOVED
from jxc_graphql.kit.journal import Fact, Meaning


class KitComponentsSet(Fact, frozen=True, kw_only=True):
    """A SKU has another recipe from now on."""

    kit_id: int
    sku_id: int


class KitsAssembled(Fact, frozen=True, kw_only=True):
    """Components became kits."""

    means: ClassVar[Meaning] = GOODS_MOVED
    assembly_id: int
    stock_level_ids: tuple[int, ...]


class KitsDisassembled(Fact, frozen=True, kw_only=True):
    """Kits became components again."""

    means: ClassVar[Meaning] = GOODS_MOVED
    assembly_id: int
    stock_level_ids: tuple[int, ...]
