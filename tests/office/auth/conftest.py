import pytest

from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth import operations
from tests.accounts import PASSWORD


@pytest.fixture
async def ann(call: Call) -> int:
    made = await operations.create_user(call, username="Ann", name="安", password=PASSWORD, roles=["BUYER"])
    return made.user_id
