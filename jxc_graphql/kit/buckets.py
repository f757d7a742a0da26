"""Files in a bucket of Amazon S3, or of whatever speaks its language; needs the extra `s3`.

The bucket is `JXC_FILES_URL`; where it is and who we are say the AWS_… variables that obstore reads, or the role of the
machine. We alone speak with it: clients send files to us and save them from us, so it may be closed to everybody else.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from jxc_graphql.kit.shelves import Arriving, FilesUnavailable

if TYPE_CHECKING:
    from obstore import GetResult

_PIECE = 2**20
_AT_ONCE = 2
"""So many pieces of 5 MiB of a large file are on their way, and in memory."""
_TRIES, _TRY_SECONDS = 3, 20


class Bucket:
    """Files under the prefix of a bucket."""

    def __init__(self, place: str) -> None:
        self._place = place
        bucket, _, prefix = place.removeprefix("s3://").partition("/")
        self._store = S3Store(
            bucket,
            prefix=prefix.strip("/") or None,
            client_options={"allow_http": True, "connect_timeout": "5s", "timeout": "60s"},
            retry_config={"max_retries": _TRIES, "retry_timeout": timedelta(seconds=_TRY_SECONDS)},
        )

    async def put_ahead(self, draft: Path, key: str) -> None:
        """Sends a draft, unless the same bytes are there."""
        with self._reached():
            if not await self._is_there(key):
                await obstore.put_async(self._store, key, draft, max_concurrency=_AT_ONCE)

    async def put(self, draft: Path, key: str) -> None:
        """Sends a draft that was not sent ahead, or was swept away since."""
        await self.put_ahead(draft, key)
        await asyncio.to_thread(draft.unlink)

    async def found(self, key: str) -> Path | Arriving:
        """What comes from the bucket."""
        with self._reached():
            answer = await obstore.get_async(self._store, key)
        return Arriving(size=answer.meta["size"], pieces=self._pieces(answer))

    async def parts(self, name: str) -> list[str]:
        """What prefixes there are below one."""
        with self._reached():
            found = await obstore.list_with_delimiter_async(self._store, name)
        return sorted(prefix.rpartition("/")[2] for prefix in found["common_prefixes"])

    async def listed(self, name: str, part: str) -> dict[str, float]:
        """What there is under a prefix."""
        with self._reached():
            found = [one async for some in obstore.list(self._store, f"{name}/{part}") for one in some]
        return {one["path"].rpartition("/")[2]: one["last_modified"].timestamp() for one in found}

    async def forget(self, keys: Iterable[str]) -> None:
        """Deletes many by one request."""
        if paths := list(keys):
            with self._reached():
                await obstore.delete_async(self._store, paths)

    async def _is_there(self, key: str) -> bool:
        try:
            await obstore.head_async(self._store, key)
        except FileNotFoundError:
            return False
        return True

    async def _pieces(self, answer: "GetResult") -> AsyncIterator[bytes]:
        with self._reached():
            async for piece in answer.stream(min_chunk_size=_PIECE):
                yield bytes(piece)

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except BaseError as error:
            raise FilesUnavailable(f"{self._place}: {str(error).partition(chr(10))[0]}") from error
