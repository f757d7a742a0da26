import pytest

from jxc_graphql.kit.call import Call
from tests.make.trade import Trade, make_trade


@pytest.fixture
async def trade(call: Call) -> Trade:
    return await make_trade(call)
