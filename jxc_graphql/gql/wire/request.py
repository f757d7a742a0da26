"""What clients send over HTTP and sockets alike: the parameters of an operation, and who sends them."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.datastructures import QueryParams

from jxc_graphql.gql.run import result
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Unauthenticated

Authenticate = Callable[[str | None, str | None, str, str], Awaitable[Call]]
"""Bearer token, `Accept-Language`, request id, address → the caller; `Unauthenticated` for a token that is not good."""

VALUES = 20_000
"""Brackets and commas in a JSON text, wherever they stand: twice what an operation may have in its variables."""
URL_PARAMETERS = 20

_POSITION = re.compile(r"0|[0-9A-F]{16}", re.ASCII)
_BEARER = re.compile(r"bearer +([\x21-\x7e]+) *", re.ASCII | re.IGNORECASE)


class BadRequest(Exception):
    """The request is not GraphQL over HTTP as we speak it: the status, and a body that says why."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers
        self.result = result.Result(errors=[result.error(code, message)])


class Parameters(msgspec.Struct, frozen=True, rename="camel"):
    """One operation as its sender names it; parameters we do not know are ignored, as the protocol asks."""

    query: str = ""
    document_id: str | None = None
    operation_name: str | None = None
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if not self.query and self.id is None:
            raise ValueError("it has neither `query` nor `documentId`")
        if not _POSITION.fullmatch(self._seen):
            raise ValueError("`extensions.position` is none that an answer had")

    @property
    def position(self) -> int:
        """Up to where its sender has seen what happened: he is shown nothing older."""
        return int(self._seen, 16)

    @property
    def _seen(self) -> str:
        return str((self.extensions or {}).get("position") or "0")

    @property
    def id(self) -> str | None:
        """What the document is known by, if its sender says so: in the protocol's way or in Apollo's."""
        if self.document_id is not None:
            return self.document_id
        persisted = (self.extensions or {}).get("persistedQuery")
        hash_ = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
        return f"sha256:{hash_}" if isinstance(hash_, str) else None


def parameters_of_body(body: bytes) -> Parameters:
    """The parameters in a JSON body; `BadRequest` unless it is an object of strict UTF-8 with the right types."""
    parameters: Parameters = _decode(body, Parameters, "The body")
    return parameters


def parameters_of_url(values: QueryParams) -> Parameters:
    """The parameters in the query of a URL, `variables` and `extensions` as JSON."""
    if len(values.multi_items()) > len(values):
        raise BadRequest(400, "BAD_REQUEST", "The URL has a parameter twice.")
    objects = {
        name: _decode(values[name].encode("utf-8", "replace"), dict[str, Any] | None, f"`{name}`")
        for name in ("variables", "extensions")
        if values.get(name)
    }
    texts = {name: values[name] for name in ("query", "documentId", "operationName") if values.get(name)}
    try:
        return msgspec.convert({**texts, **objects}, Parameters)
    except msgspec.ValidationError as problem:
        raise BadRequest(400, "BAD_REQUEST", f"The URL cannot be used: {problem}.") from None


def bearer(authorization: str | None) -> str | None:
    """The token of an `Authorization` header; None without a header; `Unauthenticated` for any other scheme."""
    if authorization is None:
        return None
    match = _BEARER.fullmatch(authorization)
    if match is None:
        raise Unauthenticated("TOKEN_UNKNOWN")
    return match[1]


def strict_json(text: str, kind: Any) -> Any:
    """The value of a JSON text; raises `msgspec.DecodeError`, also where an object has a name twice.

    What is never used is read as well, so it is counted before anything is read.
    """
    if sum(map(text.count, "{[,")) > VALUES:
        raise msgspec.DecodeError(f"JSON has more than {VALUES:,} values")
    try:
        value = msgspec.json.decode(text, type=kind)
        json.loads(text, object_pairs_hook=_without_repeats, parse_int=str, parse_float=str)
    except RecursionError:
        raise msgspec.DecodeError("JSON nests too deep") from None
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        raise msgspec.DecodeError("an object has a name twice")


def _decode(text: bytes, kind: Any, what: str) -> Any:
    try:
        return strict_json(text.decode("utf-8"), kind)
    except UnicodeDecodeError:
        problem = "not UTF-8"
    except msgspec.DecodeError as error:
        problem = str(error)
    raise BadRequest(400, "BAD_REQUEST", f"{what} cannot be read: {problem}.")
