"""What happened in assembly."""

from jxc_graphql.books.goods.facts import GoodsMoved
from jxc_graphql.kit.journal import Fact


class KitComponentsSet(Fact, frozen=True, kw_only=True):
    """A SKU has another recipe from now on."""

    kit_id: int
    sku_id: int


class KitsAssembled(GoodsMoved, Fact, frozen=True, kw_only=True):
    """Components became kits."""

    assembly_id: int


class KitsDisassembled(GoodsMoved, Fact, frozen=True, kw_only=True):
    """Kits became components again."""

    assembly_id: int
