import pytest

from jxc_graphql.kit.call import Call
from tests.make.lending import Lender, make_lender


@pytest.fixture
async def lender(call: Call) -> Lender:
    return await make_lender(call)
