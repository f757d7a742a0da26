"""A database in a file: taken while servers write, and laid where nothing was.

SQLite's own backup reads one state of the file, whoever writes meanwhile, and the copy is checked before it has its
name. Of PostgreSQL, `pg_dump` and `pg_restore` do the same; they are asked for their versions before.
"""

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from jxc_graphql.kit.db import node
from jxc_graphql.kit.db.connect import servers, sqlite_path

Fetch = Callable[[str], list[tuple[Any, ...]]]
_HOLDS_SOMETHING = {
    "sqlite": "SELECT name FROM sqlite_master LIMIT 1",
    "postgres": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LIMIT 1",
}


class CopyRefused(Exception):
    """A copy cannot be made or laid down; the text says in one line why."""


def back_up(url: str, file: Path) -> None:
    """Writes what the database holds at this moment into a new file that its owner alone can read."""
    with _new(file) as draft:
        path = sqlite_path(url)
        if path is None:
            _dump(url, draft)
        else:
            _copy(Path(path), draft)
            with closing(sqlite3.connect(draft)) as made:
                made.execute("PRAGMA journal_mode = DELETE")  # one file, whole in itself
        _to_disk(draft)


@contextmanager
def laid(url: str, file: Path) -> Iterator[str]:
    """The URL by which a database that a file holds can be finished: it is at its own when the block has ended well.

    Raises `CopyRefused` where something is there already. A file that is half laid has another name; what is half
    laid on PostgreSQL is for its owner to throw away.
    """
    path = sqlite_path(url)
    if path is None:
        if _asking(url)(_HOLDS_SOMETHING["postgres"]):
            raise CopyRefused("the database holds something already: restore into a new one (createdb)")
        _undump(url, file)
        yield url
        return
    if Path(path).exists():
        raise CopyRefused(f"there is {path} already: restore to where nothing is (JXC_DATA_DIR, JXC_DATABASE_URL)")
    with _new(Path(path)) as draft:
        _copy(file, draft)
        there = f"sqlite:///{draft}"
        yield there
        _to_disk(draft)


def part_nodes(url: str, *, in_its_place: bool) -> bool:
    """Has nobody make ids in a copy that somebody makes in the original; whether the database knows of copies at all.

    One made before they were known learns of them when it is migrated: it is parted then.
    """
    fetch = _asking(url)
    dialect = "postgres" if sqlite_path(url) is None else "sqlite"
    if not fetch(node.HAS_NODES[dialect]):
        return False
    kept = {number for (number,) in fetch(node.KEPT_FOR_COPIES)}
    if not kept and not in_its_place:
        return False
    for statement in node.parting(kept, in_its_place=in_its_place):
        fetch(statement)
    return True


@contextmanager
def _new(file: Path) -> Iterator[Path]:
    """An empty file to fill, which has its name when it is whole; it can be read by its owner only."""
    if file.exists():
        raise CopyRefused(f"there is {file} already")
    draft = file.with_name(f"{file.name}.part")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise CopyRefused(f"there is {draft}: another copy is being made, or one was broken off") from None
    except OSError as error:
        raise CopyRefused(f"{draft}: {error.strerror}") from None
    try:
        yield draft
        _name(draft, file)
    except FileExistsError:
        raise CopyRefused(f"there is {file} already") from None
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{draft}{suffix}").unlink(missing_ok=True)


def _name(draft: Path, file: Path) -> None:
    """Gives it its name, unlike a mere renaming never over somebody else's, where files can have two names."""
    try:
        os.link(draft, file)
    except FileExistsError:
        raise
    except OSError:
        draft.rename(file)


def _copy(source: Path, target: Path) -> None:
    """One state of a SQLite file, in one go: in steps, whoever commits between them would have it begin anew."""
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(str(source.absolute()))}?mode=rw", uri=True)) as reading,
            closing(sqlite3.connect(target)) as writing,
        ):
            reading.backup(writing)
            problems = [told for (told,) in writing.execute("PRAGMA quick_check") if told != "ok"]
    except sqlite3.Error as error:
        raise CopyRefused(f"{source}: {error}") from None
    if problems:
        raise CopyRefused(f"{source} is damaged: {problems[0]}")


def _to_disk(file: Path) -> None:
    for path in (file, file.parent):
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _asking(url: str) -> Fetch:
    """Sends statements of text alone, each over a connection of its own, without anything of ours begun there."""
    path = sqlite_path(url)

    def of_file(statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(path or "")) as connection, connection:
            return connection.execute(statement).fetchall()

    async def of_server(statement: str) -> list[tuple[Any, ...]]:
        from jxc_graphql.kit.db.servers import reason  # noqa: PLC0415  (comes with the extra "postgres")

        try:
            connection = await servers(url).connect()
        except Exception as error:  # noqa: BLE001  (whatever it is, it is told)
            raise CopyRefused(f"PostgreSQL: {reason(error)}") from None
        try:
            return list(map(tuple, await connection.fetch(statement)))
        finally:
            await connection.close()

    return of_file if path is not None else lambda statement: asyncio.run(of_server(statement))


def _dump(url: str, file: Path) -> None:
    _check_program("pg_dump", url)
    _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")


def _undump(url: str, file: Path) -> None:
    _check_program("pg_restore", url)
    _run(url, "pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(file))


def _check_program(name: str, url: str) -> None:
    """Sees to it that the program is there and not older than the server."""
    ((server,),) = _asking(url)("SELECT current_setting('server_version_num')::int / 10000")
    needed = f"it comes with PostgreSQL's client programs (Debian: postgresql-client-{server})"
    if shutil.which(name) is None:
        raise CopyRefused(f"there is no {name}: {needed}, and must be of version {server} or newer, as the server is")
    told = subprocess.run([name, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.search(r"\) (\d+)", told)
    if found is None or int(found[1]) < server:
        raise CopyRefused(f"{name} is of version {found[1] if found else '?'}, the server of {server}: {needed}")


def _run(url: str, name: str, *arguments: str) -> None:
    """Runs a program of PostgreSQL's; the password goes where no list of processes shows it."""
    shown, password = _apart(url)
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    command: Sequence[str] = (name, *arguments, f"--dbname={shown}")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise CopyRefused((done.stderr.strip().splitlines() or [f"{name} failed"])[0])


def _apart(url: str) -> tuple[str, str]:
    """The URL without its password, and the password."""
    parts = urlsplit(url)
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    hosts = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{user}@{hosts}" if user else hosts).geturl(), unquote(password)
