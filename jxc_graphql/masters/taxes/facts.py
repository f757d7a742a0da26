"""What happens to tax codes."""

from jxc_graphql.kit.journal import Fact


class TaxCodeCreated(Fact, frozen=True, kw_only=True):
    """There is a tax code."""

    tax_code_id: int


class TaxCodeUpdated(Fact, frozen=True, kw_only=True):
    """A tax code has another name, or ends on another day."""

    tax_code_id: int
