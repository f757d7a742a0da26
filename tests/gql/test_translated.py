"""Errors that GraphQL itself has reach people in their language."""

import httpx
import pytest

from jxc_graphql.gql.run.translated import text_in
from tests.gql.sockets import INIT, Open, hear, subscribe

WRONG = {
    "{ nope }": "类型 Query 没有字段 nope。",
    "{ skus(a: 1) { totalCount } }": "Query.skus 没有参数 a。",
    "{ skus }": "字段 skus(类型 SkuConnection)必须选择子字段。",
    "{ skus { totalCount { x } } }": "字段 totalCount(类型 Int!)没有子字段可选。",
    "{ node { id } }": "缺少必填参数 Query.node(id:)(类型 ID!)。",
    "{ skus(first: $a) { totalCount } }": "变量 $a 没有声明。",
    "query ($id: ID!) { node(id: $id) { id } }": "变量 $id 的值无效:需要提供非空的 ID!。",
    "{ skus(": "语法错误:此处需要 Name,却是 <EOF>。",
    "{ ...X }": "没有片段 X。",
    "{ skus(orderBy: [{field: NOPE}]) { totalCount } }": "枚举 SkuOrderField 没有值 NOPE。",
    "query A { __typename } query B { __typename }": "文档中有多个操作:请用 operationName 指定一个。",
    "{ skus { totalCount } }": "请先登录。",
}


@pytest.mark.parametrize(("text", "chinese"), WRONG.items())
async def test_over_http(web: httpx.AsyncClient, text: str, chinese: str) -> None:
    answers = [
        (await web.post("/graphql", json={"query": text}, headers={"accept-language": language})).json()
        for language in ("zh-CN", "en")
    ]
    told = [one["errors"][0] for one in answers]
    assert told[0]["message"] == chinese
    assert told[0]["extensions"]["code"] == told[1]["extensions"]["code"]
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in told[1]["message"])


async def test_over_a_socket(opened: Open) -> None:
    socket = await opened(INIT | {"payload": {"Accept-Language": "zh-CN"}}, subscribe("{ nope }"))
    await hear(socket)
    told = await hear(socket)
    assert told["payload"][0]["message"] == "类型 Query 没有字段 nope。"


def test_a_text_that_nobody_translated_stays() -> None:
    assert text_in("zh-CN", "Something else.") == "Something else."
    assert text_in("en", "Internal error.") == "Internal error."
