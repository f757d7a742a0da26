"""Requests that cost little to send and would cost much to answer: documents, variables, and how to set them off.

A bomb goes through the whole application, as a body that arrives, at a server that is otherwise idle.
"""

import json
from typing import Any

import msgspec
from starlette.types import ASGIApp

from tests import steps


def chain(links: int, spreads: int) -> str:
    """Fragments that each spread the next one so many times."""
    fragments = (f"fragment F{i} on Query {{ {' '.join([f'...F{i + 1}'] * spreads)} }}" for i in range(links))
    return f"{{ ...F0 }} {' '.join(fragments)} fragment F{links} on Query {{ __typename }}"


def repeated(piece: str, times: int, around: str = "{ suppliers(first: 1) { nodes { %s } } }") -> str:
    """A piece so many times, `#` in it numbered, inside something."""
    return around % " ".join(piece.replace("#", str(i)) for i in range(times))


def nested(opening: str, inside: str, closing: str, times: int, around: str = "%s") -> str:
    return around % (opening * times + inside + closing * times)


ORDER = "purchaseOrders(first: 1) { nodes { id number supplier { id name } lines { lineNo sku { code } } } }"
WHERE = "{ suppliers(first: 1, where: %s) { totalCount } }"

DOCUMENTS: dict[str, str] = {
    "depth": nested("lines { purchaseOrder { ", "id", " } }", 6, "{ purchaseOrders(first: 1) { nodes { %s } } }"),
    "depth without end": "{ a " * 900 + "}" * 900,
    "brackets that never close": "{" * 60_000,
    "parentheses that never close": "{a(a:" + "[" * 1_900,
    "inline fragments in each other": nested("... { ", "__typename", " }", 300, "{ %s }"),
    "object values in each other": nested("{ not: ", "{}", " }", 400, WHERE),
    "list values in each other": nested("[", "", "]", 900, "{ nodes(ids: %s) { id } }"),
    "list types in each other": nested("[", "ID", "]", 600, "query Q($x: %s) { __typename }"),
    "aliases": repeated("a#: id", 31),
    "aliases of a root field": repeated(f"a#: {ORDER}", 31, "{ %s }"),
    "aliases by fragments": repeated("...F#", 40, "{ %s } ")
    + repeated("fragment F# on Query { a: __typename b: __typename }", 40, "%s"),
    "the same field": repeated("id", 290),
    "the same field in inline fragments": repeated("...{ roles(first: 1) { nodes { id } } }", 98, "{ %s }"),
    "the same page": repeated(ORDER, 33, "{ %s }"),
    "overlapping fragments": repeated("...F#", 140)
    + repeated("fragment F# on Supplier { id code }", 140, "%s"),
    "fields": repeated("id code name phone email address", 60),
    "fields of many operations": repeated("query Q# { ...F }", 45, "%s")
    + f" fragment F on Query {{ {repeated(f'a#: {ORDER}', 4, '%s')} }}",
    "operations": repeated("query Q# { __typename }", 51, "%s"),
    "directives of a field": "{ __typename %s }" % ("@include(if: true) " * 21),
    "directives of an operation": "query Q %s { __typename }" % ("@a " * 600),
    "directives all over": repeated("... @skip(if: false) { id @include(if: true) }", 30),
    "tokens": repeated("id", 2_500),
    "tokens that mean nothing": "," * 65_000 + "{",
    "comments": "#\n" * 20_000 + "{ __typename }",
    "64 KiB": '{ node(id: "%s") { id } }' % ("x" * 70_000),
    "a block string of 1 MB": '{ node(id: """%s""") { id } }' % ("\\n" * 120_000),
    "fragments that double, 20": chain(20, 2),
    "fragments that double, 30": chain(30, 2),
    "fragments that double, 100": chain(100, 2),
    "fragments that multiply by ten": chain(9, 10),
    "a fragment in itself": "{ ...F } fragment F on Query { ...F __typename }",
    "fragments in a ring": repeated("fragment F# on Query { ...F# ...F0 }", 40, "{ ...F0 } %s"),
    "fragments in a chain": chain(95, 1),
    "fragments that nobody uses": repeated("fragment F# on Query { __typename }", 280, "{ __typename } %s"),
    "fragments that nobody wrote": repeated("...F#", 900, "{ %s }"),
    "pages in pages": "{ products(first: 100) { nodes { skus { product { skus { product { skus { id } } } } } } } }",
    "sizes in variables": "query($n: Int) { suppliers(first: $n) { nodes { prices(first: $n) { nodes { id } } } } }",
    "pages without a size": "{ suppliers { nodes { prices { nodes { supplier { prices { nodes { id } } } } } } } }",
    "pages as large as can be": "{ suppliers(last: 999999999) { nodes { prices(last: 9999999) { nodes { id } } } } }",
    "introspection in circles": "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
    "introspection several times": repeated("a#: __schema { types { fields { name } } }", 20, "{ %s }"),
    "introspection, deep": nested("ofType { ", "name", " }", 30, "{ __schema { types { fields { type { %s } } } } }"),
    "variables that nobody uses": repeated("$v#: String", 380, "query Q(%s) { __typename }"),
    "unknown fields": repeated("x#", 290),
    "unknown arguments": repeated("x#: 1", 600, "{ suppliers(%s) { totalCount } }"),
    "unknown keys": repeated("x#: 1", 600, WHERE % "{ %s }"),
    "long unknown keys": repeated("taxNumbertaxNumbertaxNumber#: 1", 600, WHERE % "{ %s }"),
    "values of the wrong kind": repeated("{}", 600, "{ nodes(ids: [%s]) { id } }"),
    "definitions of types": repeated("type A# { a: Int }", 250, "%s"),
}  # fmt: skip

HEAVY: dict[str, str] = {
    "fragments that overlap": repeated("...F#", 49, "{ %s } ")
    + repeated("fragment F# on Query { purchaseOrders(first: 1) { nodes { id number status } } }", 49, "%s"),
    "deep fragments that overlap": repeated("...F#", 40, "{ %s } ")
    + repeated("fragment F# on Query { purchaseOrders(first: 1) { nodes { supplier { id code name } } } }", 40, "%s"),
    "repeats": repeated("purchaseOrders(first: 1) { nodes { id number status supplier { id code } } }", 30, "{ %s }"),
    "variables": repeated("$v#: String", 100, "query Q(%s)")
    + repeated("{ name: { eq: $v# } }", 100, "{ suppliers(first: 1, where: { or: [%s] }) { totalCount } }"),
    "a list": repeated('"a"', 1_900, "{ roles(first: 1, where: { id: { in: [%s] } }) { totalCount } }"),
    "kinds": repeated("... on Supplier { id code name }", 70, '{ node(id: "x") { %s } }'),
}  # fmt: skip
"""Documents that are accepted, each at some limit, so that checking them takes long."""

BY_WHERE = "query Q($w: SupplierWhere) { suppliers(first: 1, where: $w) { totalCount } }"
BY_IDS = "query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }"


def _deep(levels: int, key: str) -> Any:
    value: Any = {}
    for _ in range(levels):
        value = {key: [value]} if key != "not" else {key: value}
    return value


VARIABLES: dict[str, tuple[str, dict[str, Any]]] = {
    "objects in each other": (BY_WHERE, {"w": _deep(60, "not")}),
    "lists in each other": (BY_WHERE, {"w": _deep(300, "and")}),
    "a list of objects": (BY_WHERE, {"w": {"or": [{}] * 60_000}}),
    "conditions": (BY_WHERE, {"w": {"or": [{"name": {"contains": "x"}}] * 5_000}}),
    "ids": (BY_IDS, {"ids": ["x"] * 40_000}),
    "names that nobody declared": (BY_IDS, {f"v{i}": 1 for i in range(15_000)}),
    "a string of 200 kB": (BY_IDS, {"ids": ["x" * 200_000]}),
    "a string of 1 MB": (BY_IDS, {"ids": ["x" * 1_000_000]}),
}


def requests(round_: int) -> dict[str, bytes]:
    """Every bomb as the body of a request, in words that no earlier round has used: nothing is remembered."""
    mark = f" # {round_}"
    documents = {name: json.dumps({"query": text + mark}).encode() for name, text in DOCUMENTS.items()}
    variables = {
        f"variables: {name}": json.dumps({"query": text + mark, "variables": values}).encode()
        for name, (text, values) in VARIABLES.items()
    }
    return documents | variables


async def respond(app: ASGIApp, body: bytes, token: str, **headers: str) -> tuple[int, bytes]:
    """The status and the body of the answer to a POST."""
    given = {
        "host": "localhost",
        "content-type": "application/json",
        "accept": "application/graphql-response+json",
        "authorization": f"Bearer {token}",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
    }
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


class Blast(msgspec.Struct, frozen=True):
    """What one bomb did."""

    name: str
    refused: str
    """The code of the refusal; empty where there was none."""
    steps: int
    """Calls of functions."""


async def set_off(app: ASGIApp, token: str) -> list[Blast]:
    """Every bomb, one after the other."""
    blasts = []
    for name, body in requests(0).items():
        with steps.counted() as counted:
            _, answer = await respond(app, body, token)
        blasts.append(Blast(name, refusal(answer), counted.taken))
    return blasts


def refusal(body: bytes) -> str:
    """The code of the first error of an answer, if there is one."""
    answer = msgspec.json.decode(body)
    return str(answer["errors"][0]["extensions"]["code"]) if answer.get("errors") else ""
