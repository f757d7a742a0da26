import pytest

from jxc_graphql.kit.call import Call
from tests.make.hall import Hall, make_hall


@pytest.fixture
async def hall(call: Call) -> Hall:
    return await make_hall(call)
