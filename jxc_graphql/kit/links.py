"""Signed links (签名链接): a path that fetches one thing for a few minutes, for browsers that send no token with it.

    @links.opens("export")                                what a kind of link leads to, for whom it was made
    async def open_export(user_id: int, thing_id: int) -> links.Download: ...

    path = (await links.signed("export", user_id, [thing_id]))[thing_id]     "/files/export.…"

A link says its kind, the thing, the user and when it ends, and is signed with a key that the database has. It is no
right: whoever opens a kind of link looks at the user's rights as they are by then, and raises `Forbidden`, `NotFound`
or `Unauthenticated` (`app.files` answers). `takes` is the same for links to which something is sent.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from tortoise import fields
from tortoise.models import Model

from jxc_graphql.kit import clock, db
from jxc_graphql.kit.columns import Id
from jxc_graphql.kit.shelves import Arriving

GOOD_FOR = timedelta(minutes=5)
_TEXT = re.compile(
    r"(?P<told>(?P<kind>[a-z]+)\.(?P<user>\d{1,19})\.(?P<thing>\d{1,19})\.(?P<until>\d{1,12}))\.(?P<mac>[\w-]{43})",
    re.ASCII,
)


class LinkKey(Model):
    """What links are signed with: one row, which every process of the database reads."""

    id = Id()
    key = fields.CharField(max_length=64)

    class Meta:
        table = "link_key"


class SignedLink(msgspec.Struct, frozen=True, kw_only=True):
    """What a link says that was signed here and has not ended."""

    kind: str
    user_id: int
    thing_id: int


class Download(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a link leads to, and as what a browser saves it."""

    file: Path | Arriving
    name: str
    media_type: str


Opens = Callable[[int, int], Awaitable[Download]]
Takes = Callable[[int, int, AsyncIterable[bytes]], Awaitable[Mapping[str, Any]]]
OPENED: dict[str, Opens] = {}
TAKEN: dict[str, Takes] = {}


def opens(kind: str) -> Callable[[Opens], Opens]:
    """Declares what links of a kind lead to: from the user and the thing to a file."""

    def declare(function: Opens) -> Opens:
        OPENED[kind] = function
        return function

    return declare


def takes(kind: str) -> Callable[[Takes], Takes]:
    """Declares what becomes of what is sent to links of a kind; what the function gives is answered as JSON."""

    def declare(function: Takes) -> Takes:
        TAKEN[kind] = function
        return function

    return declare


@db.transactional
async def ensure_key() -> None:
    """Has the database have a key; nothing where it has one."""
    await db.execute(
        "INSERT INTO link_key (id, key) VALUES (1, ?) ON CONFLICT (id) DO NOTHING", (secrets.token_hex(32),)
    )


async def signed(kind: str, user_id: int, thing_ids: Iterable[int]) -> dict[int, str]:
    """Paths for a user, one for each thing; one statement."""
    key, until = await _key(), int((clock.now() + GOOD_FOR).timestamp())
    told = {thing_id: f"{kind}.{user_id}.{thing_id}.{until}" for thing_id in thing_ids}
    return {thing_id: f"{db.settings().root_path}/files/{text}.{_mac(key, text)}" for thing_id, text in told.items()}


async def read(text: str) -> SignedLink | None:
    """What a link says; None for one that we did not sign, or that has ended."""
    found = _TEXT.fullmatch(text)
    if found is None or not hmac.compare_digest(_mac(await _key(), found["told"]), found["mac"]):
        return None
    if datetime.fromtimestamp(int(found["until"]), UTC) < clock.now():
        return None
    return SignedLink(kind=found["kind"], user_id=int(found["user"]), thing_id=int(found["thing"]))


async def _key() -> str:
    ((key,),) = await db.fetch("SELECT key FROM link_key WHERE id = 1")
    return str(key)


def _mac(key: str, text: str) -> str:
    made = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
