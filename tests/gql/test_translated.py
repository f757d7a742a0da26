"""Errors that GraphQL itself has reach people in their language."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import websockets

from jxc_graphql import gql
from jxc_graphql.gql.run.translated import text_in
from jxc_graphql.gql.wire import places, ws
from jxc_graphql.kit.call import Call
from tests.each import each
from tests.gql.listening import Wire, listening
from tests.gql.sockets import ACK, INIT, Open, hear, subscribe

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


@each(("text", "chinese"), WRONG.items())
async def test_over_http(web: httpx.AsyncClient, text: str, chinese: str) -> None:
    answers = [
        (await web.post("/graphql", json={"query": text}, headers={"accept-language": language})).json()
        for language in ("zh-CN", "en")
    ]
    told = [one["errors"][0] for one in answers]
    assert told[0]["message"] == chinese
    assert told[0]["extensions"]["code"] == told[1]["extensions"]["code"]
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in told[1]["message"])


_OF = "query ($v: {}) {{ purchaseOrders({}) {{ totalCount }} }}"
VALUES = {
    "1.5": (_OF.format("Decimal", "where: { total: { gt: $v } }"), 1.5, "变量 $v 的值无效:1.5 不是有效的 Decimal。"),
    "{}": (
        _OF.format("PurchaseOrderWhere", "where: $v"),
        {"total": {"gt": {"a": 1}}},
        '变量 $v 在 .total.gt 处的值无效:{"a":1} 不是有效的 Decimal。',
    ),
    "day": (_OF.format("Date", "where: { businessDate: { gt: $v } }"), 3, "变量 $v 的值无效:3 不是有效的 Date。"),
    "moment": (
        _OF.format("DateTime", "where: { createdAt: { gt: $v } }"),
        [1],
        "变量 $v 的值无效:[1] 不是有效的 DateTime。",
    ),
    "status": (
        _OF.format("DocumentStatus", "where: { status: { eq: $v } }"),
        3,
        "变量 $v 的值无效:3 不是枚举 DocumentStatus 的值。",
    ),
    "object": (_OF.format("PurchaseOrderWhere", "where: $v"), 3, "变量 $v 的值无效:3 不是有效的 PurchaseOrderWhere。"),
    "text": (_OF.format("String", "search: $v"), 3, "变量 $v 的值无效:3 不是有效的 String。"),
    "literal": ("{ purchaseOrders(where: { total: { gt: true } }) { totalCount } }", None, "true 不是有效的 Decimal。"),
    "quoted": (
        '{ purchaseOrders(where: { status: { eq: "DRAFT" } }) { totalCount } }',
        None,
        '"DRAFT" 不是枚举 DocumentStatus 的值。',
    ),
}


@each("name", VALUES)
async def test_a_value_that_cannot_be(client: httpx.AsyncClient, name: str) -> None:
    text, value, chinese = VALUES[name]
    body = {"query": text, "variables": {"v": value}}
    answer = (await client.post("/graphql", json=body, headers={"accept-language": "zh-CN"})).json()
    assert [one["message"] for one in answer["errors"]] == [chinese]


async def test_over_a_socket(opened: Open) -> None:
    socket = await opened(INIT | {"payload": {"Accept-Language": "zh-CN"}}, subscribe("{ nope }"))
    await hear(socket)
    told = await hear(socket)
    assert told["payload"][0]["message"] == "类型 Query 没有字段 nope。"


def test_a_text_that_nobody_translated_stays() -> None:
    assert text_in("zh-CN", "Something else.") == "Something else."
    assert text_in("en", "Internal error.") == "Internal error."


CHINESE = {"accept-language": "zh-CN,zh;q=0.9,en;q=0.5"}


TURNED_AWAY: dict[str, tuple[dict[str, str], tuple[int, str, str]]] = {
    "PATCH /graphql": ({}, (405, "METHOD_NOT_ALLOWED", "请用 POST;查询也可以用 GET。")),
    "POST /healthz": ({}, (405, "METHOD_NOT_ALLOWED", "请用 GET, HEAD。")),
    "GET /nowhere": ({}, (404, "NOT_FOUND", "/nowhere 处没有内容:GraphQL 在 /graphql。")),
    "GET /graphql?a=1" + "&a=1" * 30: ({}, (400, "BAD_REQUEST", "网址的参数超过 20 个。")),
    "POST /graphql": (
        {"content-type": "text/plain"},
        (415, "UNSUPPORTED_MEDIA_TYPE", "请以 UTF-8 发送未压缩的 application/json。"),
    ),
    "GET /healthz": (
        {"host": "shop.example"},
        (400, "HOST_NOT_ALLOWED", "本服务器不以 shop.example 之名应答;可用的主机名由设置 JXC_HOSTS 指定。"),
    ),
    "OPTIONS /graphql": (
        {"origin": "https://shop.example", "access-control-request-method": "POST"},
        (
            403,
            "ORIGIN_NOT_ALLOWED",
            "来自 https://shop.example 的页面不能使用此接口;允许的来源由设置 JXC_CORS_ORIGINS 指定。",
        ),
    ),
}


@each("asked", TURNED_AWAY)
async def test_who_is_turned_away_is_told_so(web: httpx.AsyncClient, asked: str) -> None:
    given, (status, code, told) = TURNED_AWAY[asked]
    answers = [await web.request(*asked.split(" "), headers=given | language) for language in (CHINESE, {})]
    assert [one.status_code for one in answers] == [status, status]
    chinese, english = (one.json()["errors"][0] for one in answers)
    assert (chinese["message"], chinese["extensions"]["code"]) == (told, code)
    assert english["extensions"]["code"] == code
    assert english["message"].isascii()


async def test_whose_request_has_too_large_a_head_is_told_so_when_the_language_was_read(call: Call) -> None:
    head = "GET /healthz HTTP/1.1\r\nAccept-Language: zh\r\nA: " + "x" * 2_000 + "\r\n\r\n"
    async with listening(head_bytes=1_024, head_lines=20) as port:
        wire = await Wire.to(port)
        await wire.say(head)
        status, _, body = await wire.answer()
        assert (status, json.loads(body)["errors"][0]["message"]) == (431, "请求头最多 1,024 字节、20 行。")
        wire.close()


@pytest.mark.parametrize("by_header", [True, False])
async def test_a_socket_closes_for_a_reason_in_the_language_of_its_peer(opened: Open, *, by_header: bool) -> None:
    too_big = "x" * (ws.MESSAGE_BYTES + 1)
    if by_header:
        socket = await opened(additional_headers=CHINESE)
    else:
        socket = await opened(INIT | {"payload": {"Accept-Language": "zh"}})
        assert await hear(socket) == ACK
    await socket.send(too_big)
    with pytest.raises(websockets.ConnectionClosed) as closed:
        await hear(socket)
    assert closed.value.rcvd
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1009, "一条消息最多 65536 字节")


TELLING = {"BadRequest", "Turned", "error", "_Close", "_end", "LimitExceeded", "_at_most"}
OF_THE_PROTOCOLS = {
    "PersistedQueryNotFound", "PersistedQueryNotSupported", "Unauthorized", "Too many initialisation requests",
    "Connection initialisation timeout", "Subscriber for 7 already exists", "Invalid message: 7",
    "Invalid message: an operation needs an id",
}  # fmt: skip
"""What clients know by these very words."""


_LABEL = re.compile(r"[A-Z_]+|[a-z]+\.[a-z_]+|7 cannot be read: 7\.")
"""Codes, names in the log, and what is told with its beginning below."""


def refusals() -> Iterator[str]:
    """Every text with which a document, request or socket is turned away, with 7 for each part that is made."""
    for path in sorted(Path(gql.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _name(node.func) in TELLING:
                texts = [_text(one) for one in node.args]
                yield from (text for text in texts if text and not _LABEL.fullmatch(text))
    yield from (places.FULL[-1], places.FULL_OF_ADDRESS[-1])
    yield from (f"{what} cannot be read: 7." for what in ("The body", "`variables`"))


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _text(given: ast.expr) -> str | None:
    if isinstance(given, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "7" for one in given.values)
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None


def test_every_refusal_is_translated() -> None:
    texts = {*refusals()}
    assert len(texts) > 50
    assert {one for one in texts if text_in("zh-CN", one) == one} == OF_THE_PROTOCOLS
