"""The parameters of an operation out of an HTTP request, whatever is sent instead of them."""

import asyncio

from starlette.requests import Request

from jxc_graphql.gql.wire.request import BadRequest, Parameters, parameters_of_body, parameters_of_url

JSON = "application/json"
BODY_BYTES = 256 * 1024
BODY_SECONDS = 30.0
"""How long a client may take to send its body."""


async def parameters_of(request: Request) -> Parameters:
    """The parameters in the URL of a GET or in the body of a POST; raises `BadRequest`."""
    if request.method == "GET":
        return parameters_of_url(request.query_params)
    if request.method != "POST":
        raise BadRequest(405, "METHOD_NOT_ALLOWED", "Use POST, or GET for queries.", allow="GET, POST, PUT, DELETE")
    media, *options = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    charsets = [option[8:].strip('"') for option in options if option.startswith("charset=")]
    if (
        media != JSON
        or charsets not in ([], ["utf-8"])
        or request.headers.get("content-encoding", "identity") != "identity"
    ):
        raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE", f"Send {JSON} in UTF-8, not compressed.")
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return parameters_of_body(await _body(request))
    except TimeoutError:
        raise BadRequest(408, "REQUEST_TIMEOUT", f"The body took longer than {BODY_SECONDS:g} seconds.") from None


async def _body(request: Request) -> bytes:
    body = bytearray()
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) <= BODY_BYTES:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_BYTES:
                break
        else:
            return bytes(body)
    raise BadRequest(413, "PAYLOAD_TOO_LARGE", f"The body has more than {BODY_BYTES:,} bytes.", connection="close")
