import pytest

from jxc_graphql.kit.call import Call
from tests.make.workshop import Workshop, make_workshop


@pytest.fixture
async def workshop(call: Call) -> Workshop:
    return await make_workshop(call)
