"""URLs of PostgreSQL as hosters hand them out, and what whoever runs the program is told of those that lead nowhere."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from jxc_graphql.kit import db
from jxc_graphql.kit.db import servers
from jxc_graphql.kit.db.connect import without_password
from jxc_graphql.kit.db.servers import Servers, UrlUnreadable
from jxc_graphql.wiring import MODEL_MODULES
from tests.ports import reserved_port

NOWHERE = "postgres://jxc:s3cret@127.0.0.1:1/none"


async def refusal(url: str) -> str:
    """What is told of a URL that cannot be opened, behind the URL."""
    with pytest.raises(db.DatabaseUnavailable) as told:
        await db.connect(url, MODEL_MODULES)
    assert "s3cret" not in str(told.value)
    assert "\n" not in str(told.value)
    return str(told.value).partition(": ")[2]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("sslmode=verify", "sslmode parameter must be one of: disable, allow, prefer, require, verify-ca, verify-full"),
        ("sslmode=verify-full&sslrootcert=/nowhere/ca.pem", "sslrootcert: there is no file /nowhere/ca.pem"),
        ("sslmode=verify-ca&sslrootcert={page}", "sslrootcert: this is no certificate or key, or not its own"),
        ("target_session_attrs=master", "target_session_attrs is none of any, primary, standby, "),
        ("connect_timeout=soon", "connect_timeout is no number of seconds"),
        ("sslmode=require&channel_binding=require", "channel_binding=require cannot be kept: "),
        ("sslmode", "it is no URL such as postgres://user:password@host:port/name?sslmode=require"),
        ("sslmode=prefer", "127.0.0.1:1: connection refused"),
    ],
)
async def test_says_what_is_wrong_with_a_url(tmp_path: Path, query: str, says: str) -> None:
    page = tmp_path / "page"
    page.write_text("<html>")
    assert (await refusal(f"{NOWHERE}?{query.format(page=page)}")).startswith(says)


@pytest.mark.parametrize("hosts", ["a:x", "a,,b", "[::1", "a:1,b:c"])
def test_says_that_what_it_cannot_read_is_no_url(hosts: str) -> None:
    with pytest.raises(UrlUnreadable, match=r"no URL such as|invalid IPv6"):
        Servers(f"postgres://jxc@{hosts}/none")


async def test_says_of_each_server_why_it_does_not_let_us_in() -> None:
    url = "postgres://jxc@127.0.0.1:1,no-such-host.invalid:2/none"
    assert await refusal(url) == "127.0.0.1:1: connection refused; no-such-host.invalid:2: nobody knows this name"


def test_shows_no_secret_of_a_url() -> None:
    url = "postgres://jxc:a@b@host/none?sslmode=require&password=s3cret&sslpassword=s3cret&options=x"
    shown = without_password(url)
    assert shown == "postgres://jxc@host/none?sslmode=require&password=…&sslpassword=…&options=x"


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
class TestAServer:
    async def test_speaks_for_itself_when_it_refuses(self, database_url: str) -> None:
        parts = urlsplit(database_url)
        gone = f'{parts.hostname}:{parts.port}: database "{parts.path[1:]}_gone" does not exist'
        assert await refusal(f"{database_url}_gone") == gone
        assert await refusal(f"{database_url}?keepalive=1") == 'unrecognized configuration parameter "keepalive"'

    async def test_without_tls_is_not_talked_to_where_tls_is_required(self, database_url: str) -> None:
        assert (await refusal(f"{database_url}?sslmode=require")).endswith(": it does not speak TLS")

    async def test_is_told_what_the_url_says_of_the_session(self, database_url: str) -> None:
        url = f"{database_url}?application_name=till&options=-c%20lock_timeout%3D1234&connect_timeout=7"
        async with db.open(url, MODEL_MODULES):
            shown = [await db.fetch(f"SHOW {name}") for name in ("application_name", "lock_timeout")]
        assert shown == [[("till",)], [("1234ms",)]]

    async def test_is_found_behind_those_that_are_not_there_or_say_nothing(self, database_url: str) -> None:
        async with silent() as nobody, asyncio.timeout(60):
            url = database_url.replace("@", f"@127.0.0.1:1,127.0.0.1:{nobody},") + "?connect_timeout=1"
            async with db.open(url, MODEL_MODULES) as database:
                assert await db.fetch("SELECT 1") == [(1,)]
                assert database.client.servers._addresses[0][1] == urlsplit(database_url).port  # noqa: SLF001

    async def test_is_asked_by_the_system_whether_it_is_there_when_nothing_is_said(self, database_url: str) -> None:
        """So that a connection whose other side is gone ends, though nobody waits for an answer."""
        async with db.open(database_url, MODEL_MODULES) as database, database.client.lent() as lent:
            connected = lent._con._transport.get_extra_info("socket")  # noqa: SLF001
            assert connected.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            names = ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_USER_TIMEOUT")
            there = [name for name in names if hasattr(socket, name)]
            told = [connected.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in there]
            assert dict(zip(there, told, strict=True)).items() <= servers._ALIVE.items()  # noqa: SLF001

    async def test_that_may_only_be_read_is_passed_over(self, database_url: str) -> None:
        read_only = "options=-c%20default_transaction_read_only%3Don"
        told = await refusal(f"{database_url.replace('@', '@127.0.0.1:1,')}?{read_only}")
        assert told.endswith(": it may only be read, or is not what the URL asks for")


@asynccontextmanager
async def silent() -> AsyncIterator[int]:
    """The port of somebody who takes connections and says nothing."""
    with reserved_port() as port:
        server = await asyncio.start_server(lambda _, writer: ends.append(writer), "127.0.0.1", port)
        ends: list[asyncio.StreamWriter] = []
        try:
            yield port
        finally:
            server.close()
            for end in ends:
                end.transport.abort()
