"""A shop that buys and sells, and two more: one keeps lots, one names each piece."""

import pytest

from jxc_graphql.kit.call import Call
from jxc_graphql.masters.catalog.tracking import SkuTracking
from tests.make.trade import Trade, make_trade


@pytest.fixture
async def trade(call: Call) -> Trade:
    return await make_trade(call)


@pytest.fixture
async def dairy(call: Call) -> Trade:
    return await make_trade(call, 2, SkuTracking.LOT)


@pytest.fixture
async def phones(call: Call) -> Trade:
    return await make_trade(call, 1, SkuTracking.SERIAL)
