#!/usr/bin/env bash
# starlette 1.10.0: GZipMiddleware writes `Content-Encoding: gzip` into the headers of the Response object that it is given. One
# that an application keeps and answers with again (a page that never changes) says so from then on, and is not compressed
# any more: from the second request on, clients cannot read it.
#
# Seen: the second answer says gzip, and its body is plain text
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check starlette==1.10.0 2>/dev/null
cd "$folder"
venv/bin/python - <<'PYTHON'
import asyncio
from importlib.metadata import version

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse

kept = PlainTextResponse("a page that never changes " * 100)
app = GZipMiddleware(kept)


async def answer() -> tuple[dict[bytes, bytes], bytes]:
    sent = []
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"accept-encoding", b"gzip")]}

    async def receive():
        return {"type": "http.request"}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    return dict(sent[0]["headers"]), sent[1]["body"]


print("starlette", version("starlette"))
for number in (1, 2):
    headers, body = asyncio.run(answer())
    told, is_gzip = headers.get(b"content-encoding"), body.startswith(b"\x1f\x8b")
    print("answer", number, "says", told, "and is", "gzip" if is_gzip else "plain text")
assert (told, is_gzip) == (b"gzip", False)
PYTHON
