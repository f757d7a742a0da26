import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from tests.make.settings import company_says
from tests.make.watch import Watch, make_watch


@pytest.fixture
async def database(database: db.Database) -> db.Database:
    """The shop's goods came on a day in the past, from which tests count; only what the clock says is put off."""
    await company_says(dead_stock_days=100_000)
    return database


@pytest.fixture
async def watch(call: Call) -> Watch:
    return await make_watch(call)
