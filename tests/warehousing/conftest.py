"""Two warehouses, and goods to be moved about."""

import pytest

from jxc_graphql.kit.call import Call
from tests.make.haul import Haul, make_haul
from tests.make.shop import Shop, make_shop


@pytest.fixture
async def haul(call: Call) -> Haul:
    return await make_haul(call)


@pytest.fixture
async def shop(call: Call) -> Shop:
    return await make_shop(call)
