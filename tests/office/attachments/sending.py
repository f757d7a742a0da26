"""Files, and how a client sends and saves them."""

import io
import random
import struct
import zipfile
import zlib
from typing import Any

import httpx

from tests.operations import ask

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def png(size: int = 0) -> bytes:
    """A picture of a dot, with so many bytes that say nothing behind it."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    noise = random.Random(size).randbytes(size)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b""), (b"juNk", noise))
    packed = (
        struct.pack(">I", len(one)) + kind + one + struct.pack(">I", zlib.crc32(kind + one)) for kind, one in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def office(part: str) -> bytes:
    """What an office suite writes, as far as its type goes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("[Content_Types].xml", "_rels/.rels", "docProps/app.xml", part):
            archive.writestr(name, "<x/>")
    return packed.getvalue()


async def say(client: httpx.AsyncClient, operation: str, **given: Any) -> Any:
    return await ask(client, "attachments", operation, {"input": given})


async def link(client: httpx.AsyncClient, owner: str, name: str) -> str:
    """Where a file can be sent."""
    opened = await say(client, "RequestUpload", ownerId=owner, name=name)
    assert opened["userErrors"] == []
    return str(opened["uploadUrl"])


async def send(client: httpx.AsyncClient, owner: str, name: str, content: bytes) -> httpx.Response:
    return await client.put(await link(client, owner, name), content=content)


async def attach(client: httpx.AsyncClient, owner: str, name: str, content: bytes) -> str:
    """The id of a file that is attached to something."""
    answer = await send(client, owner, name, content)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["attachmentId"])


async def page(client: httpx.AsyncClient, attachment_id: str) -> Any:
    return await ask(client, "attachments", "AttachmentPage", {"id": attachment_id})
