"""Prints and labels over HTTP: `GET /print/{id}` and `GET /print/labels?ids=…`, with the token of whoever asks."""

import asyncio
import re
from asyncio import Event
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
from typing import Any, TypeAlias
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from jxc_graphql.gql.plan.reading import any_id
from jxc_graphql.gql.run.result import Result
from jxc_graphql.gql.schema.scalars import Unreadable
from jxc_graphql.gql.wire.gate import Gate
from jxc_graphql.gql.wire.http import RESPONSE_JSON, GraphQLOverHTTP, respond
from jxc_graphql.gql.wire.origins import Origins
from jxc_graphql.gql.wire.peers import Peers
from jxc_graphql.gql.wire.request import BadRequest, Parameters
from jxc_graphql.gql.words.describe import screaming
from jxc_graphql.kit.messages import LOCALES, choose_locale
from jxc_graphql.office.print_templates.paper import SIZES, Paper
from jxc_graphql.prints.asked import MOST_LINES, TEMPLATE, Print
from jxc_graphql.prints.labels import MOST, MOST_LABELS, QUERY, label_of, zpl
from jxc_graphql.prints.pdf import pdf
from jxc_graphql.prints.rendering import Found, labelled, rendered

Ask: TypeAlias = Callable[..., Awaitable[dict[str, Any]]]
"""A query and its variables → its data."""
Make: TypeAlias = Callable[[Request, Ask], Awaitable[Response]]
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
"""What a page may do: look as it does, and be shown in a frame of our own."""
_HEADERS = {"content-security-policy": POLICY, "x-frame-options": "SAMEORIGIN", "cache-control": "no-store"}
_LAST = {"hasNextPage": False}
_SIZE = re.compile(r"([2-9]\d|1\d\d)x([1-9]\d|1\d\d)", re.ASCII)
_COPIES = re.compile(r"[1-9]\d?", re.ASCII)
_FONT = re.compile(r"([A-Z]:[A-Z0-9_]{1,16}\.[A-Z]{3})?", re.ASCII)


class _Unanswered(Exception):
    """A query has no answer, but says why."""

    def __init__(self, answer: Result) -> None:
        super().__init__("unanswered")
        self.answer = answer


class Papers(GraphQLOverHTTP):
    """What is made of the answers to queries of ours, which go the way of every query."""

    def __init__(self, make: Make, gate: Gate, peers: Peers, origins: Origins, stopping: Event) -> None:
        """`make`: the response to a request, by what queries answer its sender."""
        super().__init__(gate, peers, origins, stopping)
        self._make = make

    async def _operate(self, request: Request, request_id: str, accepted: list[str]) -> ASGIApp:  # noqa: ARG002
        try:
            return await self._make(request, partial(self._ask, request, request_id))
        except _Unanswered as refused:
            answer = refused.answer
            return respond(answer, RESPONSE_JSON, request_id, 400)

    async def _ask(self, request: Request, request_id: str, query: str, **variables: Any) -> dict[str, Any]:
        """What a query answers; raises `_Unanswered` where it does not."""
        position = request.query_params.get("position")
        try:
            asked = Parameters(query, variables=variables, extensions={"position": position} if position else None)
        except ValueError as problem:
            raise BadRequest(400, "BAD_REQUEST", f"The URL: {problem}.") from None
        answer = await self._answer(request, request_id, asked, [RESPONSE_JSON])
        assert isinstance(answer, Result)  # as all but subscriptions
        told: dict[str, Any] = msgspec.json.decode(answer.encode(request_id))
        if told.get("errors"):
            raise _Unanswered(answer)
        data: dict[str, Any] = told["data"]
        return data


async def _printed(prints: Mapping[str, Print], request: Request, ask: Ask) -> Response:
    """The page of a document."""
    own = request.query_params.get("template")
    paper = Paper(_chosen(request, "paper", tuple(Paper)))
    speaks = choose_locale(request.headers.get("accept-language") or "")
    language = _chosen(request, "language", (speaks, *LOCALES))
    form = _chosen(request, "format", ("html", "pdf"))
    try:
        how = prints[any_id(request.path_params["id"])[0]]
    except (Unreadable, KeyError):
        raise BadRequest(404, "NOT_FOUND", "This is no id of a document.") from None
    template = None if own is None else await _template(how, own, ask)
    found = await _found(how, request.path_params["id"], ask)
    if template is not None:
        paper = Paper(template["paper"])
    text = None if template is None else str(template["text"])
    try:
        page = await asyncio.to_thread(rendered, how, found, paper=paper, language=language, template=text)
    except ValueError as problem:
        raise BadRequest(400, "PRINT_TEMPLATE_INVALID", str(problem)) from None
    if form == "html":
        return HTMLResponse(page, headers=_HEADERS)
    size = SIZES[paper]
    return _as_file(await pdf(page, width=size.width, height=size.height), found.document["number"])


def _as_file(made: bytes, name: str) -> Response:
    """A PDF that is shown, and saved under that name."""
    shown = f"inline; filename*=UTF-8''{quote(name, safe='')}.pdf"
    headers = {"cache-control": "no-store", "content-disposition": shown}
    return Response(made, headers=headers, media_type="application/pdf")


async def _template(how: Print, template_id: str, ask: Ask) -> dict[str, Any]:
    """The template that is asked for, which must be one of such documents."""
    found: dict[str, Any] | None = (await ask(TEMPLATE, id=template_id))["printTemplate"]
    if found is None or found["documentKind"] != screaming(how.kind):
        raise BadRequest(404, "NOT_FOUND", "There is no such print template of these documents.")
    return found


async def _found(how: Print, document_id: str, ask: Ask) -> Found:
    """What the queries of a print answer: as many as its lines have pages."""
    lines: list[Any] = []
    variables = {"id": document_id}
    while True:
        data = await ask(how.query, **variables)
        document = data["document"]
        if document is None:
            raise BadRequest(404, "NOT_FOUND", "There is no such document, or you do not see it.")
        page = document["lines"] if how.is_paged else {"nodes": document["lines"], "pageInfo": _LAST}
        lines += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return Found(document, lines, data["company"])
        if len(lines) >= MOST_LINES:
            raise BadRequest(400, "LIMIT_EXCEEDED", f"A print has at most {MOST_LINES} lines.")
        variables["after"] = page["pageInfo"]["endCursor"]


async def _labels(request: Request, ask: Ask) -> Response:
    """The labels of SKUs, lots, pieces, bins and parcels."""
    asked = request.query_params
    size = _SIZE.fullmatch(asked.get("size", "60x40"))
    if size is None:
        raise BadRequest(400, "BAD_REQUEST", "`size` is millimetres such as 60x40.")
    width, height = (int(one) for one in size.groups())
    form = _chosen(request, "format", ("html", "zpl", "pdf"))
    font = asked.get("font", "")
    copies = asked.get("copies", "1")
    ids = [one for one in asked.get("ids", "").split(",") if one]
    if not _FONT.fullmatch(font) or not _COPIES.fullmatch(copies) or not 1 <= len(ids) <= MOST:
        text = (
            f"`ids` names 1 to {MOST} things, with commas between; `copies` is 1 to 99, `font` a file of the printer's."
        )
        raise BadRequest(400, "BAD_REQUEST", text)
    if len(ids) * int(copies) > MOST_LABELS:
        raise BadRequest(400, "LIMIT_EXCEEDED", f"At most {MOST_LABELS} labels are printed at a time.")
    nodes = (await ask(QUERY, ids=ids))["nodes"]
    if any(node is None or len(node) == 1 for node in nodes):
        raise BadRequest(
            404, "NOT_FOUND", "Labels are of SKUs, lots, serial numbers, places and shipments that you see."
        )
    labels = [label_of(node) for node in nodes for _ in range(int(copies))]
    if form == "zpl":
        text = zpl(labels, width=width, height=height, font=font)
        return Response(text, headers={"cache-control": "no-store"}, media_type="text/plain")
    page = await asyncio.to_thread(labelled, labels, width=width, height=height)
    return (
        HTMLResponse(page, headers=_HEADERS)
        if form == "html"
        else _as_file(await pdf(page, width=width, height=height), "labels")
    )


def print_routes(how: Mapping[str, Print], gate: Gate, peers: Peers, origins: Origins, stopping: Event) -> list[Route]:
    """Where prints and labels are."""
    return [
        Route("/print/labels", Papers(_labels, gate, peers, origins, stopping), methods=["GET"]),
        Route("/print/{id}", Papers(partial(_printed, how), gate, peers, origins, stopping), methods=["GET"]),
    ]


def _chosen(request: Request, name: str, possible: Collection[str]) -> str:
    """What the URL says of these, by default the first."""
    first = next(iter(possible))
    told = request.query_params.get(name, first)
    if told not in possible:
        raise BadRequest(400, "BAD_REQUEST", f"`{name}` is one of {', '.join(dict.fromkeys(possible))}.")
    return told
