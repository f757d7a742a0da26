import pytest

from jxc_graphql.kit.call import Call
from tests.make.group import Group, make_group


@pytest.fixture
async def group(call: Call) -> Group:
    return await make_group(call)
