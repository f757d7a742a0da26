from collections.abc import Iterator

import pytest

from jxc_graphql.insight.alerts import deadlines
from jxc_graphql.kit.call import Call
from tests.make.watch import Watch, make_watch


@pytest.fixture(autouse=True)
def patient() -> Iterator[None]:
    """The shop's goods came on a day in the past, from which tests count; only what the clock says is put off."""
    deadlines.use_deadlines(expiry_alert_days=30, dead_stock_days=100_000)
    yield
    deadlines.use_deadlines(expiry_alert_days=30, dead_stock_days=90)


@pytest.fixture
async def watch(call: Call) -> Watch:
    return await make_watch(call)
