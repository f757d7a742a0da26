"""Files in a bucket, by the real library, of whatever size, and when it does not answer."""

import hashlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jxc_graphql.kit.files import FileTooLarge, Folder
from jxc_graphql.kit.settings import Settings, SettingsError, load
from jxc_graphql.kit.shelves import Arriving, FilesUnavailable
from jxc_graphql.wiring import opened
from tests.buckets import KEYS
from tests.shelves import InBucket, shelf

PAPERS = Folder("papers")
MEGABYTE = 2**20


@pytest.fixture(autouse=True)
async def place(database_url: str, tmp_path: Path) -> AsyncIterator[InBucket]:
    with shelf("bucket", tmp_path / "files", "papers") as place:
        async with opened(Settings(database_url=database_url, files_dir=place.files, files_url=place.url)):
            assert isinstance(place, InBucket)
            yield place


async def pieces(*texts: bytes) -> AsyncIterator[bytes]:
    for text in texts:
        yield text


@pytest.mark.parametrize("size", [0, 1, 3 * MEGABYTE, 12 * MEGABYTE + 1])
async def test_a_file_comes_back_as_it_was_sent(place: InBucket, size: int) -> None:
    content = (b"0123456789abcde" * (size // 15 + 1))[:size]
    kept = await PAPERS.keep(pieces(content), most=size)
    assert (kept.hash, kept.size) == (hashlib.sha256(content).hexdigest(), size)
    assert place.names() == [kept.hash]
    found = await PAPERS.found(kept.hash)
    assert isinstance(found, Arriving)
    assert (found.size, b"".join([piece async for piece in found.pieces])) == (size, content)
    async with PAPERS.lent(kept.hash) as path:
        assert path.read_bytes() == content
    assert place.names() == [kept.hash]
    assert await PAPERS.weigh(kept.hash) == kept


async def test_the_same_bytes_are_sent_once_and_anew_when_they_were_swept_away(place: InBucket) -> None:
    draft = await PAPERS.received(pieces(b"abc"), most=3)
    kept = await PAPERS.weighed(draft)
    await PAPERS.put_ahead(draft, kept)
    assert draft.exists()
    await PAPERS.put_ahead(draft, kept)
    assert len([one for one in place.fake.asked if one.startswith("PUT")]) == 1
    await PAPERS.forget([kept.hash, kept.hash, "ab" * 32])
    assert await PAPERS.parts() == []
    await PAPERS.put(draft, kept)
    assert (place.read(kept.hash), place.names()) == (b"abc", [kept.hash])


async def test_files_are_listed_by_their_parts(place: InBucket) -> None:
    hashes = [hashed.hash for hashed in [await PAPERS.keep(pieces(bytes([one])), most=1) for one in range(20)]]
    assert await PAPERS.parts() == sorted({hashed[:2] for hashed in hashes})
    found = {name: at for part in await PAPERS.parts() for name, at in (await PAPERS.listed(part)).items()}
    assert sorted(found) == sorted(hashes)
    assert found[hashes[0]] == pytest.approx(
        place.fake.held[f"{place.url[5:]}/papers/{hashes[0][:2]}/{hashes[0]}"].at.timestamp()
    )
    await PAPERS.forget(hashes[:19])
    assert place.names() == hashes[19:]


async def test_nothing_is_sent_of_what_is_too_large(place: InBucket) -> None:
    with pytest.raises(FileTooLarge):
        await PAPERS.keep(pieces(b"ab", b"cd"), most=3)
    assert (place.names(), place.fake.asked) == ([], [])
    with pytest.raises(FileNotFoundError):
        await PAPERS.found("ab" * 32)
    assert await PAPERS.weigh("ab" * 32) is None


async def test_a_bucket_that_lets_us_do_nothing_is_told(place: InBucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KEYS, "AWS_ACCESS_KEY_ID", "another")
    for refused in (PAPERS.keep(pieces(b"abc"), most=3), PAPERS.found("ab" * 32), PAPERS.parts(), PAPERS.listed("ab"),
                    PAPERS.forget(["ab" * 32])):  # fmt: skip
        with pytest.raises(FilesUnavailable, match=place.url):
            await refused
    assert place.names() == []


@pytest.mark.parametrize("url", ["s3://", "s3://A", "https://bucket.example", "s3://bucket//x", "s3://bucket/../x y"])
def test_a_bucket_is_named_by_a_url(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="files_url"):
        load({"JXC_FILES_URL": url}, tmp_path / "none")


def test_a_bucket_needs_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(SettingsError, match=r"jxc_graphql\[s3\]"):
        load({"JXC_FILES_URL": "s3://bucket"}, tmp_path / "none")
