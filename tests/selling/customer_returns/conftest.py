"""A shop that buys and sells, and two more: one keeps lots, one names each piece."""

from jxc_graphql.masters.catalog.tracking import SkuTracking
from tests.make.begun import begun
from tests.make.trade import make_trade

trade = begun(make_trade)
dairy = begun(make_trade, 2, SkuTracking.LOT)
phones = begun(make_trade, 1, SkuTracking.SERIAL)
