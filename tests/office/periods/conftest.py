"""Days around today, and a shop that trades on them."""

from datetime import date, timedelta

import pytest

from jxc_graphql.kit import clock
from jxc_graphql.kit.call import Call
from tests.trade import Trade, make_trade


def day(back: int) -> date:
    """So many days before today."""
    return clock.day_of(clock.now()) - timedelta(days=back)


@pytest.fixture
async def trade(call: Call) -> Trade:
    return await make_trade(call)
