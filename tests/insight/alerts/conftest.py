import pytest

from jxc_graphql.kit import db
from tests.make.begun import begun
from tests.make.settings import company_says
from tests.make.shop import Shop, make_shop
from tests.make.watch import Watch, watched


@pytest.fixture
async def database(database: db.Database) -> db.Database:
    """The shop's goods came on a day in the past, from which tests count; only what the clock says is put off."""
    await company_says(dead_stock_days=100_000)
    return database


shop = begun(make_shop)


@pytest.fixture
def watch(shop: Shop) -> Watch:
    return watched(shop)
