import pytest

from jxc_graphql.kit.call import Call
from tests.make.dairy import Goods, make_goods


@pytest.fixture
async def goods(call: Call) -> Goods:
    return await make_goods(call)
