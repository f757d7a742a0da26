"""What is right for warehouses."""

from collections.abc import Iterator

from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.text import check_text

CODE_LIMIT = 40
NAME_LIMIT = 100
ADDRESS_LIMIT = 400


class WarehouseInactive(Reason, frozen=True, kw_only=True):
    """A warehouse that is closed takes no new documents."""

    warehouse: str


def check_warehouse(code: str | None, name: str | None, address: str | None) -> Iterator[Reason]:
    """What is wrong with how a warehouse is called; None is not given."""
    yield from check_text(("code",), code, limit=CODE_LIMIT, required=True)
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)
    yield from check_text(("address",), address, limit=ADDRESS_LIMIT)
