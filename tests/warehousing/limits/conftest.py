import pytest

from jxc_graphql.kit.call import Call
from tests.make.plan import Plan, make_plan


@pytest.fixture
async def plan(call: Call) -> Plan:
    return await make_plan(call)
