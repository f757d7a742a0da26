"""A shop that sells by price lists."""

import pytest

from tests.make.begun import begun
from tests.make.pricing import Pricing
from tests.make.trade import Trade, make_trade

trade = begun(make_trade)


@pytest.fixture
def pricing(trade: Trade) -> Pricing:
    return Pricing(trade)
