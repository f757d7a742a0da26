"""An operator's first weeks, from the pages alone: install, serve, back up, lose everything, restore, upgrade.

wheel → empty environment → PostgreSQL with TLS → two processes behind nginx → backup while eight clients sell
      → the server of the database is gone → restore on another one, `--in-its-place` → verify → go on selling
0.1.0's database → backup by the new program → restore as a trial → verify → upgrade → verify → serve
"""

import os
import shutil
import signal
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests import wheel
from tests.history import states
from tests.keeper import FAST, Cluster, binaries, cluster
from tests.patience import SECONDS
from tests.ports import reserved_port
from tests.test_proxy import nginx

CLIENTS = 8
PATIENCE = 5 * SECONDS
"""Two processes make their schemas at once, while others may be in the way."""
BEFORE, AFTER = 40, 40
"""Sales that are acknowledged before the backup begins, and at least so many after it has ended."""
IMPOSSIBLE = "no day of the past is below zero"
LOOK = """{ stockLevels(first: 1, orderBy: [{ field: AVAILABLE, direction: DESC }]) { nodes {
    sku { id } warehouse { id } } } customers(first: 1) { nodes { id } } }"""
SELL = """mutation ($input: CreateSalesOrderInput!) { createSalesOrder(input: $input) {
    salesOrder { number } userErrors { message } } }"""
NUMBERS = """query ($after: String) { salesOrders(first: 100, after: $after) {
    nodes { number } pageInfo { endCursor hasNextPage } } }"""


class Site:
    """What an operator has: programs that the wheel brought, and settings in a file."""

    def __init__(self, programs: Path, folder: Path, **settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        own = {name: value for name, value in os.environ.items() if not name.startswith(("JXC_", "PYTHON"))}
        self._jxc, self._folder = str(programs / "jxc"), folder
        self._environment = own | settings

    def runs(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """Runs a command to its end."""
        return subprocess.run(
            [self._jxc, *arguments], cwd=self._folder, env=self._environment, input=stdin,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def agrees(self) -> int:
        """How many days of the past cannot be, as 0.1.0 let them be; all else agrees."""
        done = self.runs("verify")
        differences = [line for line in done.stdout.splitlines() if ": expected " in line]
        assert all(line.startswith(IMPOSSIBLE) for line in differences), done.stdout
        assert done.returncode == bool(differences), done.stdout + done.stderr
        return len(differences)

    def does(self, *arguments: str, stdin: str = "") -> str:
        """What a command prints, which must succeed."""
        done = self.runs(*arguments, stdin=stdin)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    @contextmanager
    def serves(self, port: int, ready: str) -> Iterator[None]:
        """Two processes, until they are killed."""
        with (self._folder / "log").open("w") as log:
            process = subprocess.Popen(
                [self._jxc, "serve", "--port", str(port), "--workers", "2"],
                cwd=self._folder, env=self._environment, stdout=log, stderr=log,
            )  # fmt: skip
            try:
                with httpx.Client(timeout=PATIENCE) as web:
                    wait_for(web, f"{ready}/readyz", process)
                yield
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(PATIENCE)


def wait_for(web: httpx.Client, url: str, process: "subprocess.Popen[bytes] | None" = None) -> None:
    """Returns when it answers."""
    given_up = time.monotonic() + PATIENCE
    while True:
        assert process is None or process.poll() is None
        assert time.monotonic() < given_up
        try:
            if web.get(url).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)


class Till(threading.Thread):
    """A client that sells as long as it is wanted, and remembers what was acknowledged."""

    def __init__(self, web: httpx.Client, name: str, ordered: dict[str, Any]) -> None:
        super().__init__()
        self.sold: list[str] = []
        self.refused: list[str] = []
        self.stopping = threading.Event()
        self._web, self._name, self._ordered = web, name, ordered

    def run(self) -> None:
        """Sells."""
        while not self.stopping.is_set():
            key = {"idempotencyKey": f"{self._name} {len(self.sold)} {len(self.refused)}"}
            try:
                told = ask(self._web, SELL, input=self._ordered | key)["createSalesOrder"]
                assert not told["userErrors"], told
                self.sold.append(told["salesOrder"]["number"])
            except Exception as error:  # noqa: BLE001  (whatever it is, it is told)
                self.refused.append(repr(error))


def ask(web: httpx.Client, text: str, **variables: Any) -> Any:
    """The data of an answer without errors."""
    answer = web.post("graphql", json={"query": text, "variables": variables})
    assert answer.status_code == 200, answer.text
    assert "errors" not in answer.json(), answer.text
    return answer.json()["data"]


def numbers(web: httpx.Client) -> set[str]:
    """The numbers of all sales orders."""
    found: set[str] = set()
    after = None
    while True:
        page = ask(web, NUMBERS, after=after)["salesOrders"]
        found |= {one["number"] for one in page["nodes"]}
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


@contextmanager
def database(folder: Path, certificate: Path) -> Iterator[tuple[Cluster, str]]:
    """A server with TLS and an empty database, and its URL, by which it has to prove who it is."""
    key = folder.parent / f"{folder.name}.key"
    folder.parent.chmod(0o711)
    shutil.copy(certificate.with_suffix(".key"), key)
    key.chmod(0o600)
    if os.geteuid() == 0:
        shutil.chown(key, "postgres", "postgres")
    options = (*FAST, "ssl=on", f"ssl_cert_file={certificate}", f"ssl_key_file={key}")
    with cluster(folder, options) as server:
        home, at = binaries(), ("-h", "127.0.0.1", "-p", server.url.rpartition(":")[2].partition("/")[0], "-U", "jxc")
        assert home
        subprocess.run([home / "createuser", *at, "shop"], check=True)
        subprocess.run([home / "createdb", *at, "--owner=shop", "--template=template0", "shop"], check=True)
        yield server, f"postgres://shop@localhost:{at[3]}/shop?sslmode=verify-full&sslrootcert={certificate}"


def certified(folder: Path) -> Path:
    """A certificate of localhost, with its key beside it."""
    command = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    made = [*command.split(), "-keyout", "localhost.key", "-out", "localhost.crt"]
    subprocess.run(made, cwd=folder, check=True, capture_output=True)
    (folder / "localhost.crt").chmod(0o644)
    return folder / "localhost.crt"


@contextmanager
def shown(site: Site, folder: Path, certificate: Path, token: str) -> Iterator[httpx.Client]:
    """The site as clients see it: two processes behind nginx, over TLS."""
    folder.mkdir(exist_ok=True)
    with ExitStack() as stack:
        port, own = stack.enter_context(reserved_port()), stack.enter_context(reserved_port())
        stack.enter_context(site.serves(own, f"http://127.0.0.1:{own}"))
        stack.enter_context(nginx(folder, certificate, port, own, "as published"))
        tls = ssl.create_default_context(cafile=str(certificate))
        headers = {"authorization": f"Bearer {token}"}
        url = f"https://localhost:{port}/jxc/"
        web = stack.enter_context(httpx.Client(base_url=url, verify=tls, headers=headers, timeout=PATIENCE))
        wait_for(web, "healthz")
        yield web


def selling(site: Site, web: httpx.Client, file: Path) -> tuple[set[str], set[str], list[str]]:
    """Backs up while eight clients sell: what they had sold before it began, all they sold, and what was refused."""
    seen = ask(web, LOOK)
    [level], [customer] = seen["stockLevels"]["nodes"], seen["customers"]["nodes"]
    line = {"skuId": level["sku"]["id"], "quantity": "1", "unitPrice": "9.9"}
    ordered = {"customerId": customer["id"], "warehouseId": level["warehouse"]["id"], "lines": [line]}
    tills = [Till(web, f"{file.name} {number}", ordered) for number in range(CLIENTS)]
    for till in tills:
        till.start()
    try:
        sold_at_least(tills, BEFORE)
        before = {one for till in tills for one in tuple(till.sold)}
        site.does("backup", str(file))
        sold_at_least(tills, sum(len(till.sold) for till in tills) + AFTER)
    finally:
        for till in tills:
            till.stopping.set()
        for till in tills:
            till.join()
    return before, {one for till in tills for one in till.sold}, [one for till in tills for one in till.refused]


def sold_at_least(tills: list[Till], count: int) -> None:
    """Returns when they have."""
    given_up = time.monotonic() + PATIENCE
    while sum(len(till.sold) for till in tills) < count:
        assert time.monotonic() < given_up, [till.refused[-1:] for till in tills]
        time.sleep(0.05)


def operator(folder: Path) -> Iterator[str]:
    """Everything, one after the other."""
    folder.chmod(0o711)
    certificate = certified(folder)
    version, python = list(wheel.pythons().items())[-1]
    programs = wheel.installed(folder / "venv", python, wheel.wheel(folder))
    yield f"installed the wheel on Python {version}"
    yield from _lost_and_restored(folder, certificate, programs)
    yield from _upgraded(folder, programs)


def _lost_and_restored(folder: Path, certificate: Path, programs: Path) -> Iterator[str]:
    told = {"JXC_HOSTS": "localhost 127.0.0.1", "JXC_ROOT_PATH": "/jxc", "JXC_TRUSTED_PROXIES": "127.0.0.2"}
    file = folder / "backup"
    with database(folder / "first", certificate) as (_, url):
        site = Site(programs, folder / "site", JXC_DATABASE_URL=url, **told)
        site.does("init", "--time-zone", "Europe/Berlin", "--currency", "EUR")
        site.does("user", "create", "ann", "--password-stdin", stdin="correct horse battery\n")
        site.does("import", "--user", "ann")
        token = site.does("user", "token", "ann").strip()
        with shown(site, folder / "front", certificate, token) as web:
            before, sold, refused = selling(site, web, file)
    size = f"{file.stat().st_size:,} bytes"
    yield f"backed up {size} while {CLIENTS} clients sold: {len(sold)} acknowledged, {len(refused)} refused"
    assert not refused, refused[:3]
    with database(folder / "second", certificate) as (_, url):
        site = Site(programs, folder / "site", JXC_DATABASE_URL=url, **told)
        said = site.does("restore", str(file), "--in-its-place")
        assert "Everything agrees with the ledger." in said
        with shown(site, folder / "again", certificate, token) as web:
            there = numbers(web)
            assert before <= there
            again = selling(site, web, folder / "second backup")
        assert "Everything agrees" in site.does("verify")
    kept = f"all {len(before)} from before the backup, {len(sold & there)} of {len(sold)} in all"
    yield f"restored on another server: {kept}"
    yield f"went on selling: {len(again[1])} more, {len(again[2])} refused; verified"


def _upgraded(folder: Path, programs: Path) -> Iterator[str]:
    release = states.RELEASES["0.1.0"]
    old = folder / "old"
    old.mkdir()
    code = states.unpack(release, folder / "code")
    url = f"sqlite:///{old / 'jxc.sqlite3'}"
    states.run(code, Path(states.__file__).with_name(release.fill), url)
    now = Site(programs, old, JXC_DATABASE_URL=url)
    now.does("backup", str(folder / "before the upgrade"))
    trial = Site(programs, folder / "trial", JXC_DATABASE_URL=f"sqlite:///{folder / 'trial' / 'jxc.sqlite3'}")
    told = trial.runs("restore", str(folder / "before the upgrade")).stdout
    assert "Restored" in told, told
    found = []
    now.does("migrate")
    for site in (trial, now):
        site.does("rebuild")
        found.append(site.agrees())
    assert found[0] == found[1]
    with reserved_port() as port, now.serves(port, f"http://127.0.0.1:{port}"):
        pass
    yield f"took a database of 0.1.0 over, on a copy and itself, and served; {found[0]} impossible days stay"
