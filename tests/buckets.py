"""A bucket as S3 has them, as far as we use one, on a port of this machine: what it holds can be looked at."""

import asyncio
import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

KEYS = {"AWS_ACCESS_KEY_ID": "kept", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "here"}
_KEY = re.compile(r"<Key>([^<]*)</Key>")


class Held(msgspec.Struct):
    content: bytes
    at: datetime


class FakeBuckets:
    """What all buckets hold, by bucket and key, and how often it was asked for what."""

    def __init__(self) -> None:
        self.port = 0
        self.held: dict[str, Held] = {}
        self.asked: list[str] = []
        self._parts: dict[str, dict[int, bytes]] = {}

    async def object(self, request: Request) -> Response:
        """GET, HEAD and PUT of one, in parts too."""
        body, key = await request.body(), request.url.path.removeprefix("/")
        if refused := self._refused(request, body):
            return refused
        upload = request.query_params.get("uploadId", "")
        match request.method:
            case "POST" if "uploads" in request.query_params:
                upload = f"upload-{len(self._parts)}"
                self._parts[upload] = {}
                return _xml(f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId>"
                            "</InitiateMultipartUploadResult>")  # fmt: skip
            case "POST":
                parts = self._parts.pop(upload)
                self.lay(key, b"".join(parts[number] for number in sorted(parts)))
                return _xml("<CompleteMultipartUploadResult><ETag>whole</ETag></CompleteMultipartUploadResult>")
            case "PUT" if upload:
                self._parts[upload][int(request.query_params["partNumber"])] = body
            case "PUT":
                self.lay(key, body)
            case _ if key not in self.held:
                return Response(status_code=404)
            case _:
                found = self.held[key]
                told = {"last-modified": found.at.strftime("%a, %d %b %Y %H:%M:%S GMT"), "etag": _etag(found.content)}
                return Response(found.content, headers=told)
        return Response(headers={"etag": _etag(body)})

    async def bucket(self, request: Request) -> Response:
        """Lists, and deletes of many."""
        body, bucket = await request.body(), request.path_params["bucket"]
        if refused := self._refused(request, body):
            return refused
        if request.method == "POST":
            gone = [f"{bucket}/{key}" for key in _KEY.findall(body.decode())]
            for key in gone:
                self.held.pop(key, None)
            told = "".join(f"<Deleted><Key>{escape(key.partition('/')[2])}</Key></Deleted>" for key in gone)
            return _xml(f"<DeleteResult>{told}</DeleteResult>")
        prefix, below = f"{bucket}/{request.query_params['prefix']}", bool(request.query_params.get("delimiter"))
        found = {key: one for key, one in sorted(self.held.items()) if key.startswith(prefix)}
        folders = {f"{prefix}{key.removeprefix(prefix).partition('/')[0]}/" for key in found} if below else set()
        contents = "" if below else "".join(
            f"<Contents><Key>{escape(key.partition('/')[2])}</Key><LastModified>{one.at.isoformat()}</LastModified>"
            f"<Size>{len(one.content)}</Size><ETag>{_etag(one.content)}</ETag></Contents>"
            for key, one in found.items()
        )  # fmt: skip
        common = "".join(
            f"<CommonPrefixes><Prefix>{one.partition('/')[2]}</Prefix></CommonPrefixes>" for one in sorted(folders)
        )
        return _xml(f"<ListBucketResult><Name>{bucket}</Name><Prefix>{prefix}</Prefix><KeyCount>{len(found)}</KeyCount>"
                    f"<IsTruncated>false</IsTruncated>{contents}{common}</ListBucketResult>")  # fmt: skip

    def lay(self, key: str, content: bytes) -> None:
        self.held[key] = Held(content, datetime.now(UTC))

    def _refused(self, request: Request, body: bytes) -> Response | None:
        self.asked.append(f"{request.method} {request.url.path}")
        is_ours = f"Credential={KEYS['AWS_ACCESS_KEY_ID']}/" in request.headers.get("authorization", "")
        is_whole = request.headers["x-amz-content-sha256"] == hashlib.sha256(body).hexdigest()
        return None if is_ours and is_whole else Response(status_code=403)


def _etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()}"'


def _xml(text: str) -> Response:
    return Response(text, media_type="application/xml")


@contextmanager
def buckets() -> Iterator[FakeBuckets]:
    """Buckets that answer for the duration of a block."""
    fake = FakeBuckets()
    routes = [
        Route("/{bucket}", fake.bucket, methods=["GET", "POST"]),
        Route("/{bucket}/{key:path}", fake.object, methods=["GET", "PUT", "POST"]),
    ]
    config = uvicorn.Config(Starlette(routes=routes), host="127.0.0.1", port=0, log_level="error", ws="none")
    server, is_up = uvicorn.Server(config), threading.Event()

    async def serve() -> None:
        task = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        fake.port = server.servers[0].sockets[0].getsockname()[1]
        is_up.set()
        await task

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert is_up.wait(30)
    try:
        yield fake
    finally:
        server.should_exit = True
        thread.join()
