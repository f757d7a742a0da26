"""Files by their hashes, and links that are signed."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from jxc_graphql.kit import db, links
from jxc_graphql.kit.files import FileTooLarge, Folder
from jxc_graphql.kit.settings import Settings
from jxc_graphql.wiring import opened

PAPERS = Folder("papers")
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.fixture(autouse=True)
async def here(database_url: str, tmp_path: Path) -> AsyncIterator[None]:
    async with opened(Settings(database_url=database_url, files_dir=tmp_path / "files", root_path="/jxc")):
        yield


async def pieces(*texts: str) -> AsyncIterator[bytes]:
    for text in texts:
        yield text.encode()


async def test_keeps_the_same_bytes_once_under_their_hash() -> None:
    first, again = [await PAPERS.keep(pieces(*texts), most=3) for texts in (("a", "bc"), ("abc",))]
    assert first == again
    assert (first.hash, first.size) == (ABC, 3)
    path = await PAPERS.found(ABC)
    assert isinstance(path, Path)
    assert path.read_bytes() == b"abc"
    assert path.stat().st_mode & 0o77 == 0
    await PAPERS.forget([ABC, ABC])
    assert not path.exists()
    with pytest.raises(FileNotFoundError):
        await PAPERS.found(ABC)


async def test_nothing_is_left_of_what_is_too_large(tmp_path: Path) -> None:
    with pytest.raises(FileTooLarge):
        await PAPERS.keep(pieces("ab", "cd"), most=3)
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


async def test_a_link_is_good_for_five_minutes_and_says_whom_it_was_made_for(
    pass_time: Callable[[float], None],
) -> None:
    (path,) = (await links.signed("paper", 7, [12])).values()
    assert path.startswith("/jxc/files/paper.7.12.")
    text = path.rsplit("/", 1)[1]
    assert await links.read(text) == links.SignedLink(kind="paper", user_id=7, thing_id=12)
    pass_time(links.GOOD_FOR / timedelta(seconds=1) + 1)
    assert await links.read(text) is None


async def test_a_link_that_somebody_changed_is_none() -> None:
    (path,) = (await links.signed("paper", 7, [12])).values()
    text = path.rsplit("/", 1)[1]
    for other in (text.replace(".12.", ".13."), text.replace(".7.", ".8."), text[:-1], f"{text[:-1]}!", "paper", ""):
        assert await links.read(other) is None


async def test_a_key_is_made_once() -> None:
    before = await db.fetch("SELECT key FROM link_key")
    await links.ensure_key()
    assert await db.fetch("SELECT key FROM link_key") == before
