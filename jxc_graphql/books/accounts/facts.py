"""What happens to the chart of accounts; entries are told of by what they follow from."""

from jxc_graphql.kit.journal import Fact


class AccountCreated(Fact, frozen=True, kw_only=True):
    """There is an account."""

    account_id: int


class AccountUpdated(Fact, frozen=True, kw_only=True):
    """An account is called otherwise, or is active or not."""

    account_id: int


class AccountingStandardChosen(Fact, frozen=True, kw_only=True):
    """The chart follows a standard: its accounts have other codes."""

    account_chart_id: int
    standard: str
