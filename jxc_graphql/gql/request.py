"""What clients send over HTTP and sockets alike: the parameters of an operation, and who sends them."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from jxc_graphql.gql import result
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import Unauthenticated

Authenticate = Callable[[str | None, str | None, str], Awaitable[Call]]
"""Bearer token, `Accept-Language`, request id → the caller; raises `Unauthenticated` for a token that is not good."""

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

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None


def parameters_of_body(body: bytes) -> Parameters:
    """The parameters in a JSON body; `BadRequest` unless it is an object of strict UTF-8 with the right types."""
    parameters: Parameters = _decode(body, Parameters, "The body")
    return parameters


def parameters_of_url(values: Mapping[str, str]) -> Parameters:
    """The parameters in the query of a URL, `variables` and `extensions` as JSON."""
    if "query" not in values:
        raise BadRequest(400, "BAD_REQUEST", "The URL has no parameter `query`.")
    objects = {
        name: _decode(values[name].encode("utf-8", "replace"), dict[str, Any] | None, f"`{name}`")
        for name in ("variables", "extensions")
        if values.get(name)
    }
    return Parameters(query=values["query"], operation_name=values.get("operationName") or None, **objects)


def bearer(authorization: str | None) -> str | None:
    """The token of an `Authorization` header; None without a header; `Unauthenticated` for any other scheme."""
    if authorization is None:
        return None
    match = _BEARER.fullmatch(authorization)
    if match is None:
        raise Unauthenticated
    return match[1]


def _decode(text: bytes, kind: Any, what: str) -> Any:
    try:
        return msgspec.json.decode(text.decode("utf-8"), type=kind)
    except UnicodeDecodeError:
        problem = "not UTF-8"
    except msgspec.ValidationError as error:
        problem = str(error)
    except (msgspec.DecodeError, RecursionError):
        problem = "not JSON"
    raise BadRequest(400, "BAD_REQUEST", f"{what} cannot be read: {problem}.")
