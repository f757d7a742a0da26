"""What is recorded of those who only looked."""

from jxc_graphql.kit.journal import Fact


class CostsRead(Fact, frozen=True, kw_only=True):
    """Somebody who may see costs read a report that shows them."""

    user_id: int
    report: str


class DataExported(Fact, frozen=True, kw_only=True):
    """So many rows left the program as a file; the user 0 is the system's."""

    user_id: int
    what: str
    rows: int
