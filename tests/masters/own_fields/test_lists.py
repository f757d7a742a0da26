"""Lists by own fields give what a naive model of them gives, on both databases, page by page."""

from collections.abc import Callable, Collection, Iterator, Sequence
from decimal import Decimal
from itertools import product
from typing import Any

import httpx
import pytest

from jxc_graphql.gql.plan.coded import said
from jxc_graphql.gql.plan.sql import DIALECTS
from jxc_graphql.gql.schema.scalars import global_id
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.masters.partners import operations as partners
from jxc_graphql.masters.partners.terms import Profile
from jxc_graphql.office.auth import operations as auth
from jxc_graphql.office.auth.permissions import Dimension
from jxc_graphql.schema import schema
from tests.make.begun import begun
from tests.make.trade import Trade, make_trade
from tests.masters.own_fields.test_api import fill, make
from tests.operations import answered, ask, send, sign_in_as

SIZE = 9
TEXTS = ["b", "B", None, "ab", "春季", "春", "ab", None, "10"]
NUMBERS = ["-2.5", "10", "9", None, "-10", "10", "0", "9.001", None]
DAYS = [None, "2026-01-31", "2025-12-01", "2026-02-01", "2026-01-31", None, "0999-12-31", "2026-10-01", "2026-09-30"]
shop = begun(make_trade, SIZE)
Said = dict[str, str | None]


@pytest.fixture
async def skus(client: httpx.AsyncClient, shop: Trade) -> dict[str, Said]:
    """What each SKU says, by its id, in the order of ids."""
    await make(client, "SKU", "season")
    await make(client, "SKU", "weight", "NUMBER", decimals=3)
    await make(client, "SKU", "since", "DATE")
    await make(client, "CUSTOMER", "season")
    await fill(client, global_id("Customer", shop.customer_id), season="b")
    all_said = {}
    for sku_id, *told in zip(sorted(shop.shop.skus), TEXTS, NUMBERS, DAYS, strict=True):
        all_said[global_id("Sku", sku_id)] = dict(zip(("season", "weight", "since"), told, strict=True))
    for thing, values in all_said.items():
        assert (await fill(client, thing, **values))["userErrors"] == []
    return all_said


async def found(client: httpx.AsyncClient, **asked: Any) -> list[str]:
    return [one["id"] for one in (await ask(client, "own_fields", "SkusByOwnFields", asked))["nodes"]]


def key(code: str, text: str | None) -> Any:
    return Decimal(text or "") if code == "weight" else text


COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "LT": lambda one, other: one < other,
    "LTE": lambda one, other: one <= other,
    "GT": lambda one, other: one > other,
    "GTE": lambda one, other: one >= other,
    "EQ": lambda one, other: one == other,
}


def fulfils(code: str, op: str, value: str, said: str | None) -> bool:
    match op:
        case "EMPTY":
            return said is None
        case "NOT_EMPTY":
            return said is not None
        case "NOT":
            return said is None or key(code, said) != key(code, value)
        case "STARTS_WITH":
            return said is not None and code == "season" and said.startswith(value)
        case "CONTAINS":
            return said is not None and code == "season" and value.lower() in said.lower()
    return said is not None and COMPARED[op](key(code, said), key(code, value))


def asked() -> Iterator[tuple[str, str, str]]:
    for code, values in (
        ("season", ("b", "春", "10", "zz")),
        ("weight", ("10", "-2.5", "9.0", "100")),
        ("since", ("2026-01-31", "2026-09-30", "0999-12-31")),
    ):
        for op in (*COMPARED, "NOT", "EMPTY", "NOT_EMPTY", "STARTS_WITH", "CONTAINS"):
            yield from product((code,), (op,), values)


async def test_filters_find_what_a_naive_model_finds(client: httpx.AsyncClient, skus: dict[str, Said]) -> None:
    for code, op, value in asked():
        of_value = {} if op in {"EMPTY", "NOT_EMPTY"} else {"value": value}
        where = {"fields": [{"code": code, "op": op, **of_value}]}
        expected = [thing for thing, said in skus.items() if fulfils(code, op, value, said[code])]
        assert sorted(await found(client, where=where)) == sorted(expected), (code, op, value)


async def test_several_conditions_and_values(client: httpx.AsyncClient, skus: dict[str, Said]) -> None:
    both = {"fields": [{"code": "weight", "op": "GTE", "value": "9"}, {"code": "since", "op": "NOT_EMPTY"}]}
    things = [*skus]
    assert sorted(await found(client, where=both)) == sorted([things[1], things[2], things[7]])
    some = {"fields": [{"code": "season", "op": "IN", "values": ["ab", "10", "x"]}]}
    assert sorted(await found(client, where=some)) == sorted([things[3], things[6], things[8]])
    others = {"fields": [{"code": "weight", "op": "NOT_IN", "values": ["10.000", "9"]}]}
    left = [thing for thing, said in skus.items() if said["weight"] not in {"10", "9"}]
    assert sorted(await found(client, where=others)) == sorted(left)
    either = {"or": [{"fields": [{"code": "weight", "value": "0"}]}, {"fields": [{"code": "season", "value": "B"}]}]}
    assert sorted(await found(client, where=either)) == sorted([things[1], things[6]])
    assert await found(client, where={"fields": [{"code": "nothing", "value": "0"}]}) == []
    assert await found(client, where={"fields": [{"code": "weight", "value": "heavy"}]}) == []
    assert len(await found(client, where={"fields": [{"code": "nothing", "op": "EMPTY"}]})) == SIZE
    assert len(await found(client, where={"fields": []})) == SIZE


@pytest.mark.parametrize("where", [None, {"fields": [{"code": "since", "op": "NOT_EMPTY"}]}], ids=["all", "some"])
@pytest.mark.parametrize("code", ["season", "weight", "since"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_pages_are_in_the_order_of_values(
    client: httpx.AsyncClient, skus: dict[str, Said], code: str, direction: str, where: Any
) -> None:
    rows = [thing for thing, said in skus.items() if where is None or said["since"] is not None]
    filled = sorted((one for one in rows if skus[one][code] is not None), key=lambda one: key(code, skus[one][code]))
    expected = [*filled, *(one for one in rows if skus[one][code] is None)]
    if direction == "DESC":
        backwards = rows[::-1]
        filled = sorted(
            (one for one in backwards if skus[one][code] is not None),
            key=lambda one: key(code, skus[one][code]), reverse=True,
        )  # fmt: skip
        filled = stable(filled, backwards, code, skus)
        expected = [*(one for one in backwards if skus[one][code] is None), *filled]
    order = [{"field": "OWN", "code": code, "direction": direction}]
    seen: list[str] = []
    after = None
    while True:
        variables = {"first": 2, "after": after, "orderBy": order, "where": where}
        page = await ask(client, "own_fields", "SkusByOwnFields", variables)
        seen += [one["id"] for one in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == expected


def stable(filled: list[str], rows: list[str], code: str, skus: dict[str, Said]) -> list[str]:
    """What is equal stands as the ids do, from the last."""
    return sorted(filled, key=lambda one: (-rank(one, filled, code, skus), rows.index(one)))


def rank(one: str, filled: list[str], code: str, skus: dict[str, Said]) -> int:
    values = sorted({key(code, str(skus[other][code])) for other in filled})
    return values.index(key(code, str(skus[one][code])))


async def test_documents_of_all_kinds_are_in_one_order(client: httpx.AsyncClient, shop: Trade) -> None:
    for kind in ("PURCHASE_ORDER", "SALES_ORDER"):
        await make(client, kind, "rank", "NUMBER")
    bought = [global_id("PurchaseOrder", await shop.draft_purchase((0, "1", "2"))) for _ in range(3)]
    sold = [global_id("SalesOrder", await shop.draft_sale((0, "1", "2"))) for _ in range(3)]
    for thing, value in zip((bought[0], sold[0], bought[1], sold[1]), ("3", "20", "100", "-1"), strict=True):
        await fill(client, thing, rank=value)
    order = [{"field": "OWN", "code": "rank"}]
    page = await ask(client, "own_fields", "DocumentsByOwnFields", {"orderBy": order})
    assert [one["id"] for one in page["nodes"]] == [sold[1], bought[0], sold[0], bought[1], bought[2], sold[2]]
    where = {"fields": [{"code": "rank", "op": "GT", "value": "3"}]}
    page = await ask(client, "own_fields", "DocumentsByOwnFields", {"orderBy": order, "where": where})
    assert [one["id"] for one in page["nodes"]] == [sold[0], bought[1]]
    text = """query ($w: PurchaseOrderWhere, $o: [PurchaseOrderOrder!]) {
        purchaseOrders(where: $w, orderBy: $o) { totalCount nodes { id } }
    }"""
    body = {"query": text, "variables": {"w": where, "o": [*order, {"field": "NUMBER"}]}}
    own = (await client.post("/graphql", json=body)).json()["data"]["purchaseOrders"]
    assert own == {"totalCount": 1, "nodes": [{"id": bought[1]}]}
    through = {"query": "query ($w: SalesOrderWhere) { salesOrders(where: $w) { totalCount } }"}
    await make(client, "CUSTOMER", "grade")
    await fill(client, global_id("Customer", shop.customer_id), grade="A")
    for grade, count in (("A", 3), ("B", 0)):
        given = {"w": {"customer": {"fields": [{"code": "grade", "value": grade}]}}}
        answer = (await client.post("/graphql", json={**through, "variables": given})).json()
        assert answer["data"]["salesOrders"]["totalCount"] == count


async def test_references_are_in_the_order_of_the_names_that_are_seen(client: httpx.AsyncClient, shop: Trade) -> None:
    await make(client, "SKU", "maker", "REFERENCE", referenceKind="SUPPLIER")
    names = ["丙", "乙", "甲", "B", "a"]
    made = [await partners.create_supplier(shop.call, profile=Profile(code=f"M{one}", name=one)) for one in names]
    things = [global_id("Sku", one) for one in sorted(shop.shop.skus)]
    makers: dict[str, str | None] = dict(zip(things, [names[n] for n in (1, 0, 2, 4, 1, 3)], strict=False))
    keys = {name: one.supplier_id for name, one in zip(names, made, strict=True)}
    for thing, name in makers.items():
        await fill(client, thing, maker=global_id("Supplier", keys[name or ""]))

    async def check(seen: Collection[str]) -> None:
        said = [(str(name), one) for one, name in makers.items() if name in seen]
        filled = sorted(
            said, key=lambda each: (each[0], things.index(each[1]))
        )  # ids as numbers, not as they are written
        expected = [*filled, *((None, one) for one in things if makers.get(one) not in seen)]
        for direction, rows in (("ASC", expected), ("DESC", expected[::-1])):
            order = [{"field": "OWN", "code": "maker", "direction": direction}]
            asked = {"first": 2, "orderBy": order}
            page = await ask(client, "own_fields", "SkusByOwnFields", asked)
            nodes = page["nodes"]
            while page["pageInfo"]["hasNextPage"]:
                further = {**asked, "after": page["pageInfo"]["endCursor"]}
                page = await ask(client, "own_fields", "SkusByOwnFields", further)
                nodes += page["nodes"]
            found = [(next((each["text"] for each in one["fields"]), None), one["id"]) for one in nodes]
            assert found == rows

    await answered(client, "CreateRole", {"input": {"code": "SHELVES", "name": "x", "permissions": ["SEE_CATALOG"]}})
    await check(names)
    await sign_in_as(client, "BUYER")
    ((buyer,),) = await db.fetch("SELECT id FROM \"user\" WHERE username = 'buyer'")
    await auth.set_user_scope(
        auth.system_call(), user_id=buyer, dimension=Dimension.SUPPLIER, target_ids=[keys["B"], keys["丙"]]
    )
    await check(["B", "丙"])
    await sign_in_as(client, "SHELVES")
    await check([])


async def test_sorting_by_two_long_codes_that_begin_alike(client: httpx.AsyncClient, skus: dict[str, Said]) -> None:
    codes = [f"{'long' * 9}_{end}" for end in "ab"]
    for code, values in zip(codes, (("1", "1", "0"), ("y", "x", "z")), strict=True):
        await make(client, "SKU", code)
        for thing, value in zip(skus, values, strict=False):
            await fill(client, thing, **{code: value})
    order = [{"field": "OWN", "code": code} for code in codes]
    things = [*skus]
    assert (await found(client, orderBy=order))[:3] == [things[2], things[1], things[0]]


async def test_what_cannot_be_asked_is_refused(client: httpx.AsyncClient) -> None:
    for wish in ({"field": "OWN"}, {"field": "OWN", "code": 'x"; --'}):
        answer = await send(client, "own_fields", "SkusByOwnFields", {"orderBy": [wish]})
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    for told, code in (
        ({"code": "x"}, "NULL_IN_FILTER"),
        ({"code": "x", "op": "IN", "value": "1"}, "NULL_IN_FILTER"),
        ({"code": "x", "op": "IN", "values": ["1"] * 501}, "LIMIT_EXCEEDED"),
        ({"code": "x", "value": "\0"}, "BAD_USER_INPUT"),
    ):
        answer = await send(client, "own_fields", "SkusByOwnFields", {"where": {"fields": [told]}})
        assert answer["errors"][0]["extensions"]["code"] == code, told


async def test_an_index_leads_to_what_is_said(client: httpx.AsyncClient, call: Call, skus: dict[str, Said]) -> None:
    coded = schema().types.objects["Sku"].listed.coded
    assert skus
    assert coded
    for op in ("EQ", "LT", "GTE", "STARTS_WITH", "NOT_EMPTY"):
        told = {"code": "weight", "op": op, "value": "1"}
        things, is_led = said(DIALECTS[db.dialect()], call, coded[1], "t0.id", told)
        assert is_led
        plan = await planned(f"SELECT id FROM sku t0 WHERE {things.text}", things.params)
        if db.dialect() == "sqlite":
            assert "SCAN v" not in plan, plan
            assert "SCAN t0" not in plan, plan
            assert op == "NOT_EMPTY" or "(field_id=? AND in_order" in plan, plan
        else:
            assert "Seq Scan on own_field_value" not in plan, plan
            assert op == "NOT_EMPTY" or "((in_order)::text" in plan or "in_order = ANY" in plan, plan


@db.transactional
async def planned(select: str, params: Sequence[Any]) -> str:
    if db.dialect() == "sqlite":
        return " ".join(str(row) for row in await db.fetch(f"EXPLAIN QUERY PLAN {select}", params))
    await db.fetch("SET LOCAL enable_seqscan = off")  # nine rows are looked through otherwise
    return " ".join(line for (line,) in await db.fetch(f"EXPLAIN {select}", params))
