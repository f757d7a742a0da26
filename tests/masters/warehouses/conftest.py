import pytest

from jxc_graphql.kit.call import Call
from tests.make.site import Site, make_site


@pytest.fixture
async def site(call: Call) -> Site:
    return await make_site(call)
