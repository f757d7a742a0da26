"""A folder of files beside the database, and something that has some."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db, links
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade
from tests.shelves import KINDS, Kept, shelf

shop = begun(make_trade, 1)


@pytest.fixture(params=KINDS)
async def folder(database: db.Database, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Kept]:
    """Where files are kept; all of them together may have 100 kB, each 50."""
    with shelf(request.param, tmp_path / "files", "attachments") as place:
        told = {"files_dir": place.files, "files_url": place.url, "file_bytes": 50_000, "files_bytes": 100_000}
        database.settings = msgspec.structs.replace(database.settings, **told)
        await links.ensure_key()
        yield place


@pytest.fixture
async def order(shop: Trade) -> str:
    return global_id("PurchaseOrder", await shop.draft_purchase((0, "1", "2")))


@pytest.fixture
async def product(shop: Trade) -> str:
    ((product_id,),) = await db.fetch("SELECT product_id FROM sku WHERE id = ?", (shop.shop.skus[0],))
    return global_id("Product", product_id)
