"""Files (文件): what is too long for a row, in a folder or a bucket, named by the hash of what is in it.

    ATTACHMENTS = files.Folder("attachments")             one for each table whose rows name files
    kept = await ATTACHMENTS.keep(chunks, most=2**20)     KeptFile(hash, size); the same bytes twice are one file
    kept = await ATTACHMENTS.take(draft)                  a file that was made beside (`draft`)
    found = await ATTACHMENTS.found(kept.hash)            a path, or what comes from elsewhere: to be sent on
    async with ATTACHMENTS.lent(kept.hash) as path: ...   a path in any case
    await ATTACHMENTS.forget([hash])                      what no row names any more

All processes of an installation must see the same folder (`JXC_FILES_DIR`, by default `files` in `data_dir`), unless a
bucket keeps the files (`JXC_FILES_URL`): then only drafts lie in the folder. A file has its name only once all of it is
there, so whoever finds one finds it whole; its owner alone can read it. Rows point at files, never the other way: a
file that was kept by a transaction that did not commit is only in the way.
"""

import asyncio
import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import msgspec

from jxc_graphql.kit import db
from jxc_graphql.kit.shelves import Arriving, Disk, FileStore, unlink, written

_HASH = re.compile(r"[0-9a-f]{64}")
_PIECE = 2**20


class FileTooLarge(Exception):
    """More bytes than a file may have; `most` says how many."""

    def __init__(self, most: int) -> None:
        super().__init__(f"a file may have {most} bytes at most")
        self.most = most


class KeptFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is kept: SHA-256 of what is in it, in hexadecimal, and how many bytes that are."""

    hash: str
    size: int


class Folder(msgspec.Struct, frozen=True):
    """The files that the rows of one table name."""

    name: str

    async def keep(self, chunks: AsyncIterable[bytes], *, most: int) -> KeptFile:
        """Keeps what arrives in pieces; raises `FileTooLarge` for more than so many bytes, and keeps nothing then."""
        draft = await self.received(chunks, most=most)
        try:
            return await self.take(draft)
        finally:
            draft.unlink(missing_ok=True)

    async def received(self, chunks: AsyncIterable[bytes], *, most: int) -> Path:
        """A draft of what arrives in pieces; raises `FileTooLarge`, and leaves nothing where not all of it arrives."""
        draft = self.draft(secrets.token_hex(16))
        try:
            await _write(draft, chunks, most)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return draft

    async def take(self, draft: Path) -> KeptFile:
        """Keeps a file that was made beside, which is there no more afterwards."""
        kept = await self.weighed(draft)
        await self.put(draft, kept)
        return kept

    async def weighed(self, draft: Path) -> KeptFile:
        """What a draft is, all of which is on the disk by now."""
        return await asyncio.to_thread(_weighed, draft)

    async def put_ahead(self, draft: Path, kept: KeptFile) -> None:
        """Does what takes long of `put`, for whoever holds something meanwhile that others wait for."""
        await _shelf().put_ahead(draft, self._key(kept.hash))

    async def put(self, draft: Path, kept: KeptFile) -> None:
        """Gives a draft that was weighed the name under which it is kept."""
        await _shelf().put(draft, self._key(kept.hash))

    def draft(self, name: str) -> Path:
        """Where a file may be made, on the same disk as those that are kept in the folder."""
        folder = self._folder() / "drafts"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / name

    async def found(self, hashed: str) -> Path | Arriving:
        """The file that is kept under a hash; raises `FileNotFoundError`."""
        return await _shelf().found(self._key(hashed))

    @asynccontextmanager
    async def lent(self, hashed: str) -> AsyncIterator[Path]:
        """A place of this machine where the file lies for the duration of a block; raises `FileNotFoundError`."""
        found = await self.found(hashed)
        if isinstance(found, Path):
            yield found
            return
        copy = await self.received(found.pieces, most=found.size)
        try:
            yield copy
        finally:
            copy.unlink(missing_ok=True)

    async def parts(self) -> list[str]:
        """With which two digits the hashes of the files that are kept begin."""
        return await _shelf().parts(self.name)

    async def listed(self, part: str) -> dict[str, float]:
        """When the files came that are kept under hashes that begin with two digits, in seconds, by their hashes."""
        return await _shelf().listed(self.name, part)

    async def weigh(self, hashed: str) -> KeptFile | None:
        """What a file is that is kept under a hash, by its bytes; None where there is none."""
        try:
            async with self.lent(hashed) as path:
                return await self.weighed(path)
        except FileNotFoundError:
            return None

    async def forget_drafts(self, before: float) -> None:
        """Throws away drafts that nobody has written to since a moment, in seconds: whoever made them has died."""
        folder = self.draft("x").parent
        await asyncio.to_thread(lambda: unlink([path for path, at in written(folder) if at < before]))

    async def forget(self, hashes: Iterable[str]) -> None:
        """Throws away files that no row names any more; those that are gone already are passed over."""
        await _shelf().forget([self._key(one) for one in hashes])

    def _key(self, hashed: str) -> str:
        assert _HASH.fullmatch(hashed), "a hash that this module did not give"
        return f"{self.name}/{hashed[:2]}/{hashed}"

    def _folder(self) -> Path:
        return db.settings().files / self.name


def _shelf() -> FileStore:
    url = db.settings().files_url
    return _bucket(url) if url else Disk(str(db.settings().files))


@cache
def _bucket(url: str) -> FileStore:
    from jxc_graphql.kit.buckets import Bucket  # noqa: PLC0415  (needs the extra)

    return Bucket(url)


async def _write(draft: Path, chunks: AsyncIterable[bytes], most: int) -> None:
    size = 0
    with draft.open("wb") as file:
        async for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise FileTooLarge(most)
            await asyncio.to_thread(file.write, chunk)


def _weighed(path: Path) -> KeptFile:
    hashed = hashlib.sha256()
    with path.open("rb") as file:
        os.fchmod(file.fileno(), 0o600)
        while piece := file.read(_PIECE):
            hashed.update(piece)
        os.fsync(file.fileno())
        return KeptFile(hash=hashed.hexdigest(), size=file.tell())
