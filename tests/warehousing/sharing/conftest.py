import pytest

from jxc_graphql.kit.call import Call
from tests.make.branches import Branches, make_branches


@pytest.fixture
async def branches(call: Call) -> Branches:
    return await make_branches(call)
