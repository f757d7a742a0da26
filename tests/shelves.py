"""Where files are kept in tests, a folder or a bucket, and how what is there is looked at, lost and spoilt."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from tests.buckets import KEYS, FakeBuckets, buckets


class InFolder(msgspec.Struct, frozen=True):
    """Files of a table in a folder."""

    files: Path
    name: str
    url: str = ""

    def names(self) -> list[str]:
        return sorted(path.name for path in (self.files / self.name).rglob("*") if path.is_file())

    def read(self, hashed: str) -> bytes:
        return self._path(hashed).read_bytes()

    def lose(self, hashed: str) -> None:
        self._path(hashed).unlink()

    def lay(self, hashed: str, content: bytes, at: float | None = None) -> None:
        path = self._path(hashed)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if at is not None:
            os.utime(path, (at, at))

    def _path(self, hashed: str) -> Path:
        return self.files / self.name / hashed[:2] / hashed


class InBucket(msgspec.Struct, frozen=True):
    """Files of a table in a bucket, and their drafts in a folder."""

    files: Path
    name: str
    url: str
    fake: FakeBuckets

    def names(self) -> list[str]:
        at = self._key("")
        kept = [key.rpartition("/")[2] for key in self.fake.held if key.startswith(f"{at}/")]
        return sorted([*kept, *(path.name for path in (self.files / self.name).rglob("*") if path.is_file())])

    def read(self, hashed: str) -> bytes:
        return self.fake.held[self._key(hashed)].content

    def lose(self, hashed: str) -> None:
        del self.fake.held[self._key(hashed)]

    def lay(self, hashed: str, content: bytes, at: float | None = None) -> None:
        self.fake.lay(self._key(hashed), content)
        if at is not None:
            self.fake.held[self._key(hashed)].at = datetime.fromtimestamp(at, UTC)

    def _key(self, hashed: str) -> str:
        return "/".join(filter(None, (self.url.removeprefix("s3://"), self.name, hashed[:2], hashed)))


Kept = InFolder | InBucket
KINDS = ["folder", "bucket"]


@contextmanager
def shelf(kind: str, files: Path, name: str) -> Iterator[Kept]:
    """A place of a kind where a table keeps its files."""
    if kind == "folder":
        yield InFolder(files, name)
        return
    with buckets() as fake, pytest.MonkeyPatch.context() as patch:
        for key, value in {**KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{fake.port}"}.items():
            patch.setenv(key, value)
        yield InBucket(files, name, f"s3://shop/{fake.port}/files", fake)
