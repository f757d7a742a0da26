"""A shop that buys and sells."""

from tests.make.begun import begun
from tests.make.trade import make_trade

trade = begun(make_trade)
