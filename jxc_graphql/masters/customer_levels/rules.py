"""What is right for customer levels."""

from collections.abc import Iterator

from jxc_graphql.kit.changes import Change
from jxc_graphql.kit.errors import Reason
from jxc_graphql.kit.text import check_text

CODE_LIMIT = 20
NAME_LIMIT = 60


def check_customer_level(code: Change[str], name: Change[str]) -> Iterator[Reason]:
    """What is wrong with the texts of a level."""
    yield from check_text(("code",), code, limit=CODE_LIMIT, required=True)
    yield from check_text(("name",), name, limit=NAME_LIMIT, required=True)
