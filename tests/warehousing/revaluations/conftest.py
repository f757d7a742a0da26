"""A warehouse and some SKUs."""

import pytest

from jxc_graphql.kit.call import Call
from tests.make.shop import Shop, make_shop


@pytest.fixture
async def shop(call: Call) -> Shop:
    return await make_shop(call)
