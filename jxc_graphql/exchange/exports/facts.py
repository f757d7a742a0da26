"""What happened to lists that somebody had made into files."""

from jxc_graphql.kit.journal import Fact


class ListExported(Fact, frozen=True, kw_only=True):
    """Somebody had a list made into a file: which one, and how many rows he has of it."""

    data_file_id: int
    list_name: str
    rows: int
