"""Lists are filtered, sorted and searched by what they lead to, as far as the caller sees it; null is no filter."""

import json
from typing import Any

import pytest

from jxc_graphql.gql.run.execute import Executor
from jxc_graphql.gql.schema.build import Schema
from jxc_graphql.kit import db
from jxc_graphql.kit.call import Call
from jxc_graphql.office.auth.permissions import Dimension, Permission
from tests.each import each
from tests.gql import goods, shop
from tests.gql.naive_where import global_id
from tests.make import rights

SCHEMA = Schema([shop])
ADMIN = Call(actor_id=1, permissions=frozenset(Permission))


@pytest.fixture
async def executor(database: db.Database) -> Executor:
    await goods.fill(6)
    return Executor(SCHEMA)


async def ask(executor: Executor, text: str, call: Call = ADMIN, /, **variables: Any) -> dict[str, Any]:
    answer = await executor.run(executor.prepare(text), variables, call)
    found: dict[str, Any] = json.loads(answer.encode("request-1"))
    return found


async def numbers(executor: Executor, arguments: str, call: Call = ADMIN) -> list[str]:
    answer = await ask(executor, f"{{ orders({arguments}) {{ totalCount nodes {{ number }} }} }}", call)
    assert "errors" not in answer, answer
    page = answer["data"]["orders"]
    assert page["totalCount"] >= len(page["nodes"])
    return [node["number"].removeprefix("PO-0000") for node in page["nodes"]]


async def code(executor: Executor, arguments: str, call: Call = ADMIN) -> str:
    answer = await ask(executor, f"{{ orders({arguments}) {{ totalCount }} }}", call)
    found: str = answer["errors"][0]["extensions"]["code"]
    return found


def category(number: int) -> str:
    return global_id("Category", goods.FIRST["category"] + number)


@each(
    ("where", "found"),
    [
        ('supplier: {code: {eq: "S1"}}', "1"),
        ('supplier: {name: {contains: "ACME"}}', "14"),
        ('not: {supplier: {name: {contains: "acme"}}}', "0235"),
        ('supplier: {not: {name: {contains: "acme"}}}', "0235"),
        ('supplier: {name: {eq: "Acme"}}, warehouse: {code: {eq: "W1"}}', "14"),
        ('lines: {sku: {product: {category: {code: {eq: "C9"}}}}}', ""),
        ('lines: {sku: {code: {eq: "none"}}}', ""),
        ("lines: {}", "1235"),
        ('number: {notIn: ["PO-00000", "PO-00001"]}', "2345"),
        ('number: {not: "PO-00000"}', "12345"),
        ('number: {contains: "po-00003"}', "3"),
        ('number: {startsWith: "PO-0000"}', "012345"),
        ('number: {startsWith: "PO-00005"}', "5"),
        ('number: {startsWith: "po"}', ""),
        ('number: {startsWith: ""}', "012345"),
        ('supplier: {name: {contains: "可乐"}}', "035"),
        ('supplier: {name: {contains: "乐"}}', "035"),
    ],
)
async def test_a_filter_goes_on_along_edges(executor: Executor, where: str, found: str) -> None:
    assert sorted(await numbers(executor, f"where: {{{where}}}")) == list(found)


async def test_what_is_empty_is_not_a_value(executor: Executor) -> None:
    days = "{ orders(where: {expectedOn: {isNull: true}}) { totalCount } }"
    empty = (await ask(executor, days))["data"]["orders"]["totalCount"]
    assert empty
    for operator in ('not: "1999-01-01"', 'notIn: ["1999-01-01"]'):
        assert len(await numbers(executor, f"where: {{expectedOn: {{{operator}}}}}")) == 6


async def test_a_category_is_asked_for_with_all_below_it(executor: Executor) -> None:
    text = "query($ids: [ID!]) { skus(where: {product: {category: {within: $ids}}}) { totalCount } }"

    async def count(*ids: str) -> int:
        answer = await ask(executor, text, ids=ids)
        found: int = answer["data"]["skus"]["totalCount"]
        return found

    assert await count(category(0)) == await count(category(0), category(2)) == 7
    assert await count(category(1)) == 4
    assert await count(category(3)) == await count() == 0
    wrong = await ask(executor, text, ids=[global_id("Sku", 400)])
    assert wrong["errors"][0]["extensions"]["code"] == "WRONG_KIND_OF_ID"


@each(
    "where",
    [
        "number: {eq: null}", "number: {in: null}", "number: null", "supplierId: {not: null}", "and: null",
        "not: {number: {contains: null}}", "supplier: null", "supplier: {code: {eq: null}}", "lines: {sku: null}",
        "expectedOn: {isNull: null}",
    ],
)  # fmt: skip
async def test_null_is_no_filter(executor: Executor, where: str) -> None:
    assert await code(executor, f"where: {{{where}}}") == "NULL_IN_FILTER"
    answer = await ask(executor, "query($x: String) { orders(where: {number: {eq: $x}}) { totalCount } }", x=None)
    assert answer["errors"][0]["extensions"]["code"] == "NULL_IN_FILTER"
    answer = await ask(executor, "query($x: String) { orders(where: {number: {eq: $x}}) { totalCount } }")
    assert answer["data"]["orders"]["totalCount"] == 6


async def test_filters_go_along_so_many_edges(executor: Executor) -> None:
    inner = 'code: {eq: "x"}'
    for _ in range(4):
        inner = f"parent: {{{inner}}}"
    answer = await ask(executor, f"{{ products(where: {{category: {{{inner}}}}}) {{ totalCount }} }}")
    assert answer["data"]["products"]["totalCount"] == 0
    answer = await ask(executor, f"{{ products(where: {{category: {{parent: {{{inner}}}}}}}) {{ totalCount }} }}")
    assert answer["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"


async def test_a_page_may_be_of_nothing(executor: Executor) -> None:
    text = "{ orders(%s: 0) { totalCount nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage } } }"
    first, last = [(await ask(executor, text % way))["data"]["orders"] for way in ("first", "last")]
    assert first["totalCount"] == last["totalCount"] == 6
    assert first["nodes"] == first["edges"] == last["nodes"] == []
    assert first["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False}
    assert last["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}
    assert await code(executor, "first: -1") == "INVALID_PAGE_SIZE"


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("SUPPLIER_CODE", "051234"),
        ("SUPPLIER_CODE, direction: DESC", "432150"),
        ("WAREHOUSE_CODE", "031425"),
        ("STATUS, direction: DESC", None),
    ],
)
async def test_a_list_is_sorted_by_what_names_its_things(executor: Executor, order: str, found: str | None) -> None:
    whole = await numbers(executor, f"orderBy: [{{field: {order}}}]")
    assert found is None or whole == list(found)
    text = f"""query($after: String) {{ orders(first: 2, after: $after, orderBy: [{{field: {order}}}]) {{
        nodes {{ number }} pageInfo {{ hasPreviousPage hasNextPage endCursor }} }} }}"""
    pages, after = [], None
    for _ in range(3):
        page = (await ask(executor, text, after=after))["data"]["orders"]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        after = page["pageInfo"]["endCursor"]
        pages += [node["number"].removeprefix("PO-0000") for node in page["nodes"]]
    assert pages == whole
    assert page["pageInfo"]["hasNextPage"] is False


async def test_what_is_equal_is_sorted_by_id_in_the_same_direction(executor: Executor) -> None:
    up = await numbers(executor, "orderBy: [{field: STATUS}]")
    down = await numbers(executor, "orderBy: [{field: STATUS, direction: DESC}]")
    assert down == up[::-1]


async def test_children_are_sorted_along_edges_too(executor: Executor) -> None:
    text = """{ orders(first: 6) { nodes { pagedLines(first: 2, orderBy: [{field: SKU_CODE, direction: DESC}]) {
        edges { cursor node { sku { code } } } } } } }"""
    for order in (await ask(executor, text))["data"]["orders"]["nodes"]:
        codes = [edge["node"]["sku"]["code"] for edge in order["pagedLines"]["edges"]]
        assert codes == sorted(codes, reverse=True)


def without(*permissions: Permission, **scopes: frozenset[int]) -> Call:
    return Call(actor_id=1, permissions=rights.without(*permissions), scopes=scopes)


async def test_what_is_hidden_is_not_asked_about_along_edges(executor: Executor) -> None:
    blind = without(Permission.SEE_PARTNERS)
    assert await code(executor, 'where: {supplier: {code: {eq: "S1"}}}', blind) == "FORBIDDEN"
    assert await code(executor, "where: {supplier: {}}", blind) == "FORBIDDEN"
    assert await code(executor, "orderBy: [{field: SUPPLIER_CODE}]", blind) == "FORBIDDEN"
    cheap = without(Permission.SEE_COST)
    assert await code(executor, 'where: {lines: {order: {total: {gt: "1"}}}}', cheap) == "FORBIDDEN"


async def test_what_an_edge_leads_to_is_in_scope(executor: Executor) -> None:
    only = without(**{Dimension.WAREHOUSE: frozenset({goods.FIRST["warehouse"]})})
    lines = 'papers(where: {place: {code: {in: ["W0", "W1"]}}}) { totalCount nodes { number } }'
    known = (await ask(executor, f"{{ {lines} }}", only))["data"]["papers"]
    assert known["totalCount"]
    second = 'where: {second: {code: {startsWith: "W"}}}'
    text = f"{{ papers({second}) {{ nodes {{ second {{ code }} }} }} }}"
    nodes = (await ask(executor, text, only))["data"]["papers"]["nodes"]
    assert all(node["second"] == {"code": "W0"} for node in nodes)


async def test_a_search_goes_on_to_what_a_list_is_about(executor: Executor) -> None:
    assert sorted(await numbers(executor, 'search: "acme"')) == ["1", "4"]
    assert sorted(await numbers(executor, 'search: "kekou"')) == ["0", "3", "5"]
    assert await numbers(executor, 'search: "kekou acme"') == []
    expected = without(Permission.SEE_PARTNERS)
    told = await ask(executor, '{ orders(search: "acme") { totalCount } }', expected)
    assert told["errors"][0]["extensions"]["permission"] == "SEE_PURCHASING"
