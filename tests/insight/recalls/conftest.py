import pytest

from jxc_graphql.kit.call import Call
from tests.make.bakery import Bakery, make_bakery


@pytest.fixture
async def bakery(call: Call) -> Bakery:
    return await make_bakery(call)
