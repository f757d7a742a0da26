"""Behind nginx, with the configuration of the README: sockets, streams, a path, TLS, and who is who."""

import json
import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from jxc_graphql.kit.settings import Settings
from tests.patience import SECONDS
from tests.ports import reserved_port
from tests.served import Served, served
from tests.shell import jxc

README = (Path(__file__).parent.parent / "README.md").read_text()
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
KEPT_BY_NGINX = 60
"""Seconds, where an upstream does not say otherwise."""
PASSWORD = "correct horse battery"
ADDRESS = "127.0.0.2"
"""Of nginx, as the server sees it."""
AROUND = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    {published}
}}
"""
WAYS = {
    "as published": {},
    "the name alone": {"Host $http_host": "Host $host"},
    "the name and the port of its own": {"Host $http_host": "Host $host:$server_port"},
    "the name of the upstream": {"Host $http_host": "Host $proxy_host"},
    "the path taken away": {"proxy_pass http://jxc;": "proxy_pass http://jxc/;"},
}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of localhost, with its key beside it."""
    if NGINX is None or shutil.which("openssl") is None:
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse("nginx and openssl are needed to look through a proxy")
    folder = tmp_path_factory.mktemp("certificate")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    subprocess.run(
        [*command.split(), "-keyout", "localhost.key", "-out", "localhost.crt"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return folder / "localhost.crt"


@contextmanager
def nginx(folder: Path, certificate: Path, port: int, server: int, way: str) -> Iterator[None]:
    [published] = re.findall(r"```nginx\n(.*?)```", README, re.DOTALL)
    said = WAYS[way] | {
        "127.0.0.1:8000": f"127.0.0.1:{server}",
        "listen 443": f"listen 127.0.0.1:{port}",
        "shop.example.com.crt": str(certificate),
        "shop.example.com.key": str(certificate.with_suffix(".key")),
        "server_name shop.example.com": "server_name localhost",
        "proxy_http_version": f"proxy_bind {ADDRESS}; proxy_http_version",
    }
    for before, after in said.items():
        assert before in published, before
        published = published.replace(before, after)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, published=published))
    process = subprocess.Popen([str(NGINX), "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"])
    try:
        yield
    finally:
        process.terminate()
        process.wait(SECONDS)


class Shop:
    """The server as its users see it."""

    def __init__(self, web: httpx.Client, tls: ssl.SSLContext, credentials: dict[str, str]) -> None:
        self.web, self.tls, self.url = web, tls, str(web.base_url)
        given_up = time.monotonic() + SECONDS
        while self._is_silent():
            assert time.monotonic() < given_up
            time.sleep(0.05)
        login = "mutation M($input: LoginInput!) { login(input: $input) { token } }"
        self.token = self.ask(login, input=credentials)["login"]["token"]
        self.web.headers["authorization"] = f"Bearer {self.token}"

    def _is_silent(self) -> bool:
        try:
            return self.web.get("healthz").status_code != 200
        except httpx.TransportError:
            return True

    def ask(self, query: str, **variables: Any) -> Any:
        answer = self.web.post("graphql", json={"query": query, "variables": variables})
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Told what the README says, with a user."""
    folder = tmp_path_factory.mktemp("server")
    assert jxc(folder, "user", "create", "ann", "--password-stdin", stdin=f"{PASSWORD}\n").returncode == 0
    [settings] = re.findall(r"^(JXC_.*) jxc serve$", README, re.MULTILINE)
    told = dict(one.split("=") for one in settings.split()) | {"JXC_GRAPHIQL": "true", "JXC_INTROSPECTION": "true"}
    told |= {"JXC_HOSTS": "localhost jxc 127.0.0.1", "JXC_TRUSTED_PROXIES": ADDRESS}
    with served(folder, **told) as server:
        yield server


@pytest.fixture(scope="module", params=WAYS)
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, certificate: Path, server: Served
) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("shop")
    with ExitStack() as stack:
        port = stack.enter_context(reserved_port())
        stack.enter_context(nginx(folder, certificate, port, server.port, request.param))
        tls, origin = ssl.create_default_context(cafile=str(certificate)), f"https://localhost:{port}"
        browser = {"sec-fetch-site": "same-origin"} if "upstream" in request.param else {}  # else `Host` is enough
        web = httpx.Client(base_url=f"{origin}/jxc/", verify=tls, headers={"origin": origin} | browser, timeout=SECONDS)
        yield Shop(stack.enter_context(web), tls, {"username": "ann", "password": PASSWORD})


def test_pages_of_ours_change_things_and_no_others(shop: Shop) -> None:
    change, elsewhere = {"query": "mutation { __typename }"}, "https://localhost.evil.example"
    own = shop.web.post("graphql", json=change)
    foreign = shop.web.post("graphql", json=change, headers={"origin": elsewhere, "sec-fetch-site": "cross-site"})
    assert (own.status_code, foreign.status_code) == (200, 403)


def test_the_address_of_a_client_is_said_by_the_proxy_alone(shop: Shop) -> None:
    shop.web.headers["x-forwarded-for"] = "203.0.113.9"
    found = shop.ask("{ accessTokens { createdFrom } }")["accessTokens"]
    assert {token["createdFrom"] for token in found} == {"127.0.0.1"}


def test_a_socket_opens(shop: Shop) -> None:
    url, protocol = shop.url.replace("https", "wss") + "graphql", Subprotocol("graphql-transport-ws")
    with connect(url, ssl=shop.tls, subprotocols=[protocol], proxy=None) as socket:
        socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {shop.token}"}}))
        assert json.loads(socket.recv(SECONDS))["type"] == "connection_ack"


def test_a_stream_is_passed_on_as_it_comes(shop: Shop) -> None:
    body = {"query": "subscription { lowStockAlerts { cursor } }"}
    with shop.web.stream("POST", "graphql", json=body, headers={"accept": "text/event-stream"}) as stream:
        assert next(stream.iter_text()) == ":\n\n"  # while it goes on
        assert "content-encoding" not in stream.headers


def test_answers_are_compressed(shop: Shop) -> None:
    answer = shop.web.post("graphql", json={"query": "{ __schema { types { name } } }"})
    assert answer.headers["content-encoding"] == "gzip"
    assert shop.web.get("schema.graphql").headers["content-encoding"] == "gzip"
    assert "content-encoding" not in shop.web.get("healthz").headers


def test_nothing_leads_out_of_the_path(shop: Shop) -> None:
    page = shop.web.get("", headers={"accept": "text/html"}, follow_redirects=True)
    assert (page.status_code, str(page.url)) == (200, f"{shop.url}graphql")
    for link in re.findall(r'(?:src|href)="(?!https:|data:)([^"]+)"', page.text):
        assert shop.web.get(urljoin(str(page.url), link)).status_code == 200
    moved = shop.web.get("graphql/", params={"query": "{ __typename }"}, follow_redirects=True)
    assert (moved.url.path, moved.json()["data"]) == ("/jxc/graphql", {"__typename": "Query"})


def test_we_keep_a_connection_longer_than_nginx_does() -> None:
    assert "keepalive_timeout" not in "".join(re.findall(r"```nginx\n(.*?)```", README, re.DOTALL))
    assert Settings().keep_alive_seconds > KEPT_BY_NGINX
