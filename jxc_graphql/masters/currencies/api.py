"""What clients see of currencies and exchange rates, and how they keep them."""

from datetime import date

from jxc_graphql.gql.declare import Connection, Node, Versioned, connection, entity
from jxc_graphql.kit import numbers
from jxc_graphql.masters.currencies import models, operations
from jxc_graphql.office.documents.actions import document_action


@entity(models.Currency, search="search_text", texts=("code", "name"), few=True)
class Currency(Node, Versioned):
    """A currency (币种) that documents may be in."""

    code: str
    """Code (编码), as ISO 4217 has it."""
    name: str
    """Name (名称)."""
    places: int
    """How many decimal places its amounts have (小数位数)."""
    is_active: bool
    """Whether it may be on new documents (启用)."""
    exchange_rates: "Connection[ExchangeRate]" = connection("currency_id", order_by="-day")
    """What it is worth (汇率), newest day first."""


@entity(models.ExchangeRate)
class ExchangeRate(Node, Versioned):
    """An exchange rate (汇率): what one unit of a currency is worth in the books' currency from a day on."""

    currency: Currency
    """Of which currency."""
    base: str
    """In which currency (本位币): that which the books had when it was set."""
    day: date
    """From which day on (日期)."""
    rate: numbers.RateOfExchange
    """What one unit is worth (汇率)."""
    source: str
    """Where that is from (来源)."""


class Query:
    currencies: Connection[Currency] = connection(order_by="code")
    """Currencies (币种) by code."""
    exchange_rates: Connection[ExchangeRate] = connection(order_by="-day")
    """Exchange rates (汇率), newest day first."""


create_currency = document_action(operations.create_currency, Currency)
update_currency = document_action(operations.update_currency, Currency)
set_exchange_rates = document_action(operations.set_exchange_rates, ExchangeRate, rates="ExchangeRateInput")
