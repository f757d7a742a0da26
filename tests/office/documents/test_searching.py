"""Documents of all kinds are found by what they come to and by their tags, by whoever may see that."""

from typing import Any

import httpx
import pytest

from jxc_graphql.gql.schema.scalars import read_global_id
from jxc_graphql.kit import db
from jxc_graphql.office.auth.operations import create_role
from jxc_graphql.office.auth.permissions import Permission
from jxc_graphql.office.tags import operations as tags
from tests.make.begun import begun
from tests.make.clients import signed_in
from tests.make.rights import without
from tests.make.shop import open_warehouse
from tests.make.trade import Trade, make_trade

trade = begun(make_trade, 2)


async def found(client: httpx.AsyncClient, search: str, kind: str = "documents") -> list[int]:
    query = f"query ($words: String!) {{ {kind}(first: 20, search: $words) {{ totalCount nodes {{ id }} }} }}"
    answer = (await client.post("/graphql", json={"query": query, "variables": {"words": search}})).json()
    assert "errors" not in answer, answer
    ids = [read_global_id(node["id"])[1] for node in answer["data"][kind]["nodes"]]
    assert answer["data"][kind]["totalCount"] == len(ids) == len({*ids})
    return sorted(ids)


class Desk:
    """An order of 1234.5 bought, another of 77.35 sold, and who asks for them."""

    def __init__(self, trade: Trade, bought: int, sold: int) -> None:
        self.trade, self.bought, self.sold = trade, bought, sold


@pytest.fixture
async def desk(trade: Trade) -> Desk:
    bought = await trade.draft_purchase((0, "10", "123.45"))
    sold = await trade.draft_sale((1, "7", "11.05"))
    await trade.draft_purchase((0, "1", "1"))
    return Desk(trade, bought, sold)


@pytest.mark.parametrize("typed", ["1234.50", "1234.5", "1,234.50", "￥1234.50", "¥1,234.5", "１２３４．５０"])
async def test_an_amount_is_found_however_it_is_typed(client: httpx.AsyncClient, desk: Desk, typed: str) -> None:
    assert await found(client, typed) == [desk.bought]
    assert await found(client, typed, "purchaseOrders") == [desk.bought]


async def test_an_amount_is_that_and_no_part_of_another(client: httpx.AsyncClient, desk: Desk) -> None:
    assert await found(client, "77.35") == [desk.sold]
    assert await found(client, "77.35", "salesOrders") == [desk.sold]
    for other in ("1234", "234.5", "1234.51", "-77.35", "77.35001", "99999999999999999999"):
        assert await found(client, other) == [], other
    assert await found(client, "1234.50 可乐") == [desk.bought]
    assert await found(client, "1234.50 77.35") == []


async def test_who_does_not_see_an_amount_does_not_find_by_it(desk: Desk) -> None:
    call = desk.trade.call
    await create_role(call, code="NO_COST", name="…", permissions=sorted(without(Permission.SEE_COST)))
    elsewhere = await open_warehouse(call)
    async with signed_in("bob", "NO_COST") as (bob, _), signed_in("cid", "NO_COST", elsewhere.id) as (cid, _):
        assert await found(bob, "1234.50") == await found(bob, "1234.50", "purchaseOrders") == []
        assert await found(bob, "77.35") == await found(bob, "77.35", "salesOrders") == [desk.sold]
        assert await found(cid, "77.35") == []
    sees = [Permission.SEE_COST, Permission.SEE_PURCHASING]
    await create_role(call, code="BUYS", name="…", permissions=sees)
    async with signed_in("dan", "BUYS") as (dan, _):
        assert (await found(dan, "1234.50"), await found(dan, "77.35")) == ([desk.bought], [])


async def test_tags_find_their_documents(client: httpx.AsyncClient, desk: Desk) -> None:
    call = desk.trade.call
    tag = (await tags.create_tag(call, name="重要客户")).tag_id
    await tags.tag_document(call, document_id=desk.sold, add_tag_ids=[tag])
    for typed in ("重要客户", "重要", "zhongyao", "zykh", "客户 77.35"):
        assert await found(client, typed) == [desk.sold], typed
        assert await found(client, typed, "salesOrders") == [desk.sold], typed
    assert await found(client, "zhongyao 1234.50") == []
    await tags.update_tag(call, tag_id=tag, name="Rush")
    assert (await found(client, "重要"), await found(client, "rush")) == ([], [desk.sold])
    await tags.tag_document(call, document_id=desk.sold, remove_tag_ids=[tag])
    assert await found(client, "rush") == []


async def test_indexes_lead_to_amounts_and_tags(client: httpx.AsyncClient, desk: Desk) -> None:
    body = {"query": '{ documents(first: 5, search: "1234.50") { nodes { id } } }'}
    with db.statements() as sent:
        await client.post("/graphql", json=body)
    (statement,) = [one for one in sent if "search_text" in one]
    steps = await plan(statement)
    for index in ("idx_document_amount", "idx_document_ta"):
        assert any(index in one for one in steps), index
    assert [one for one in steps if looks_through(one)] == []


@db.transactional
async def plan(statement: str) -> list[str]:
    """The steps by which a database answers a statement, where its tables were large."""
    values = [value_for(before) for before in statement.split("?")[:-1]]
    if db.dialect() == "sqlite":
        return [str(row[3]) for row in await db.fetch(f"EXPLAIN QUERY PLAN {statement}", [*map(str, values)])]
    await db.fetch("SET LOCAL enable_seqscan = off")
    return [str(row[0]) for row in await db.fetch(f"EXPLAIN {statement}", values)]


def value_for(before: str) -> Any:
    """Something that can stand behind this piece of a statement."""
    return ["12"] if before.endswith("@> ") else 12 if before.endswith("= ") else "12"


def looks_through(step: str) -> bool:
    """Whether a step goes through all rows of a table that grows with what happens."""
    names = ("w0", "document_tag")
    return any(f"SCAN {name}" in step and "INDEX" not in step for name in names) or "Seq Scan on document" in step
