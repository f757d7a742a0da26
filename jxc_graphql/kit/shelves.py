"""Where the bytes of files are kept: in a folder of this machine, or in a bucket (`kit.buckets`).

A key is a path of names: the files that the rows of one table name, two digits, and the hash of what is in it.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import msgspec


class FilesUnavailable(Exception):
    """Where files are kept does not answer, or lets us do nothing; the text says which and why."""


class Arriving(msgspec.Struct, frozen=True, kw_only=True):
    """A file that comes from elsewhere: how many bytes it has, and they, piece by piece, once."""

    size: int
    pieces: AsyncIterator[bytes]


class FileStore(Protocol):
    """What keeps files. All but the first raise `FilesUnavailable`."""

    def __init__(self, place: str) -> None: ...

    async def put_ahead(self, draft: Path, key: str) -> None:
        """Does beforehand, outside of a transaction, what of keeping a draft takes long."""

    async def put(self, draft: Path, key: str) -> None:
        """Keeps a draft, which is there no more afterwards; whoever finds its key finds it whole."""

    async def found(self, key: str) -> Path | Arriving:
        """What is kept under a key; raises `FileNotFoundError`."""
        ...

    async def parts(self, name: str) -> list[str]:
        """Under which two digits files are kept."""
        ...

    async def listed(self, name: str, part: str) -> dict[str, float]:
        """When the files of a part came there, in seconds, by their hashes."""
        ...

    async def forget(self, keys: Iterable[str]) -> None:
        """Throws away what is kept under keys; those that are gone already are passed over."""


class Disk:
    """Files in a folder, which only their owner can read."""

    def __init__(self, place: str) -> None:
        self._folder = Path(place)

    async def put_ahead(self, draft: Path, key: str) -> None:
        """Nothing: a draft lies on the same disk."""

    async def put(self, draft: Path, key: str) -> None:
        """Gives a draft its name."""
        await asyncio.to_thread(_put, draft, self._folder / key)

    async def found(self, key: str) -> Path | Arriving:
        """Where a file lies."""
        path = self._folder / key
        if not await asyncio.to_thread(path.is_file):
            raise FileNotFoundError(path)
        return path

    async def parts(self, name: str) -> list[str]:
        """The folders in a folder."""
        return await asyncio.to_thread(
            lambda: sorted(one.name for one in (self._folder / name).glob("[0-9a-f][0-9a-f]"))
        )

    async def listed(self, name: str, part: str) -> dict[str, float]:
        """The files in a folder."""
        return await asyncio.to_thread(lambda: {path.name: at for path, at in written(self._folder / name / part)})

    async def forget(self, keys: Iterable[str]) -> None:
        """Deletes files."""
        await asyncio.to_thread(unlink, [self._folder / key for key in keys])


def written(folder: Path) -> Iterator[tuple[Path, float]]:
    """The files in a folder, and when each was written to last, in seconds."""
    for path in sorted(folder.glob("*")):
        with suppress(FileNotFoundError):
            yield path, path.stat().st_mtime


def unlink(paths: Iterable[Path]) -> None:
    """Deletes files, as far as they are there."""
    for path in paths:
        path.unlink(missing_ok=True)


def _put(draft: Path, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)  # a name is on the disk when its folder is
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
