"""Documents of every kind are found by the goods on their lines: in the list of their kind, and in that of all."""

import httpx

from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from tests.contracts.kinds import every_kind
from tests.make.contract import Contract
from tests.make.trade import Trade
from tests.test_search import ids


@every_kind
async def test_a_document_is_found_by_its_goods(client: httpx.AsyncClient, trade: Trade, contract: Contract) -> None:
    name = contract.kind.__name__
    document_id = await contract.make(trade.call, **await contract.what(trade))
    made = global_id(name, document_id)
    goods = await db.fetch(
        f"SELECT code, name FROM sku WHERE id IN (SELECT sku_id FROM {contract.table}_line WHERE {contract.key} = ?)",
        (document_id,),
    )
    assert goods
    for kind in ("documents", _list_of(name)):
        for word in {word for words in goods for word in words}:
            assert made in await ids(client, kind, word), (kind, word)
        assert await ids(client, kind, "乌有之物") == []


def _list_of(kind: str) -> str:
    """What its list is called: `purchaseOrders`, `assemblies`."""
    name = kind[0].lower() + kind[1:]
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"
