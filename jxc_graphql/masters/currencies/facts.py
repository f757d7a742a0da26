"""What happens to currencies and their rates."""

from jxc_graphql.kit.journal import Fact


class CurrencyCreated(Fact, frozen=True, kw_only=True):
    """There is a currency."""

    currency_id: int


class CurrencyUpdated(Fact, frozen=True, kw_only=True):
    """A currency has another name, or is on new documents again or no more."""

    currency_id: int


class ExchangeRatesSet(Fact, frozen=True, kw_only=True):
    """Currencies are worth this from days on."""

    change_id: int
    exchange_rate_ids: tuple[int, ...]
