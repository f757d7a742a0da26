"""Settings: from `jxc.toml`, overridden by `JXC_…` environment variables, each named like its field."""

import re
import tomllib
from collections.abc import Collection, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import msgspec

from jxc_graphql.kit.addresses import origin_of_pages, range_of

_WITHIN = (
    ("port", 0, 65_535),
    ("workers", 1, 64),
    ("pool_size", 2, 1_000),
    ("replica_lag", 1, 600),
    ("connections", 1, 1_000_000),
    ("connections_per_address", 1, 1_000_000),
    ("head_bytes", 1_024, 2**20),
    ("head_lines", 10, 10_000),
    ("file_bytes", 1, 2**31 - 1),
)
_POSTGRES = "postgres://", "postgresql://"
_NO_PLACES = {"*", "null"}
"""What `cors_origins` may have beside origins: any of them, and that of pages without one, such as files."""
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*/?")
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._-]+)*/?")
_ADDRESS = re.compile(r"(\[[0-9a-f:]+\]|[^:\s]+):\d{1,5}")
_LISTS = {"cors_origins", "hosts", "trusted_proxies"}
_URLS = {"replica_urls"}
"""Lists in which a comma divides nothing."""


class SettingsError(ValueError):
    """A setting that is unknown or has a value that cannot be used; the text says which."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How this installation runs."""

    data_dir: Path = Path("data")
    """Where the SQLite file lies, unless `database_url` says otherwise."""
    files_dir: Path | None = None
    """Where files lie that were sent or made here, one folder for all processes; by default `files` in `data_dir`."""
    files_url: str = ""
    """`s3://bucket/prefix`: a bucket that keeps them instead, with the extra `s3`; AWS_… variables say where and as
    whom. What is being made still lies in the folder."""
    file_bytes: int = 20 * 2**20
    """Bytes that a file may have which somebody sends."""
    files_bytes: int = 10 * 2**30
    """Bytes of all of them together."""
    imports_dir: Path | None = None
    """A folder from which schedules of the kind IMPORT take the newest file; without it they take none."""
    database_url: str = ""
    """`sqlite:///path` or `postgres://user:password@host:port/name`; by default `jxc.sqlite3` in `data_dir`."""
    database_direct_url: str = ""
    """The same database past the pooler that `database_url` leads through, one that lends a server for a transaction
    (PgBouncer's `pool_mode = transaction`): what needs a session of its own goes there."""
    replica_urls: tuple[str, ...] = ()
    """Standbys of that database, each by a URL of its own, from which queries are read; with blanks between them."""
    replica_lag: float = 5.0
    """Seconds that a replica may be behind; one that is further is left out until it has caught up."""
    sqlite_synchronous: Literal["FULL", "NORMAL"] = "FULL"
    """FULL: what was acknowledged survives a power cut."""
    pool_size: int = 10
    """Connections to PostgreSQL per process."""
    deadline: float = 15.0
    """Seconds that an operation of a client may take, and each statement of it; 0 means as long as it likes."""
    rate_limit: int = 20_000
    """Rows per second that a client may ask for, for long; each process grants its share; 0 means no limit."""
    trusted_documents: Path | None = None
    """A file that `jxc trust` wrote: operations that clients may name by their hash."""
    trusted_only: bool = False
    """Whether nothing but trusted documents is run."""
    host: str = "127.0.0.1"
    port: int = 8000
    hosts: tuple[str, ...] = ()
    """Names that clients may call it by in `Host`, `*.example.com` among them; by default this machine's own where it
    listens to this machine only, else any."""
    workers: int = 1
    connections: int = 10_000
    """Open at a time, of all processes together; those over which nothing is asked make room for new ones."""
    connections_per_address: int = 200
    """Of those from one address, of IPv6 a /64; through a trusted proxy, requests and sockets under way."""
    head_bytes: int = 16_384
    """Bytes of a request before its body."""
    head_lines: int = 100
    """Header lines of a request."""
    head_seconds: float = 10.0
    """Seconds until a request's head is there, of a new connection or from its first byte on."""
    keep_alive_seconds: float = 75.0
    """Seconds that a connection is kept between two requests: more than a proxy keeps it, or some that the proxy sends
    reach nobody."""
    root_path: str = ""
    """The path under which a proxy shows the server, such as `/jxc`, whether it passes that on or not."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses and ranges (CIDR) of proxies that are believed when they say whom they speak for."""
    forwarded_header: Literal["x-forwarded-for", "forwarded"] = "x-forwarded-for"
    """The header in which these proxies say it; no other is read."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_json: bool = False
    metrics: str = ""
    """`host:port` where Prometheus reads what is counted; each further process has the next port. Empty: nowhere."""
    access_log: Path | None = None
    """A file for a line of JSON for each answer and each operation; `-` is standard output."""
    access_log_addresses: Literal["NONE", "PREFIX", "WHOLE"] = "PREFIX"
    """What stands there of addresses: nothing, the network (/24, of IPv6 /48), or all."""
    traces: bool = False
    """Whether spans go to OpenTelemetry, with the extra `otel`; OTEL_… variables say where."""
    introspection: bool = False
    """Whether clients may ask for the schema; on in `jxc demo`."""
    graphiql: bool = False
    """Whether `/graphql` shows the explorer to browsers; on in `jxc demo`."""
    cors_origins: tuple[str, ...] = ()
    """Origins whose pages may use the API, WebSocket included, with `:*` for any port, or `*` for all; the server's own
    always may."""
    local_pages: bool = False
    """Whether those of this machine may as well, whatever their port; on in `jxc demo`."""
    told: Mapping[str, Any] = {}
    """What this process was told of settings that live in the database, for whom they belong to (`load`)."""

    def __post_init__(self) -> None:
        if not self.database_url:
            msgspec.structs.force_setattr(self, "database_url", f"sqlite:///{self.data_dir / 'jxc.sqlite3'}")
        if not self.database_url.startswith(("sqlite://", *_POSTGRES)):
            raise ValueError(f"database_url {self.database_url.partition(':')[0]!r}: neither sqlite nor postgres")
        for name, urls in (
            ("database_direct_url", [self.database_direct_url] if self.database_direct_url else []),
            ("replica_urls", self.replica_urls),
        ):
            if urls and not all(url.startswith(_POSTGRES) for url in (self.database_url, *urls)):
                raise ValueError(f"{name} is for PostgreSQL, and so is database_url then")
        for name, least, most in _WITHIN:
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} is not between {least} and {most}")
        for name in ("deadline", "rate_limit"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} is negative")
        if self.trusted_only and self.trusted_documents is None:
            raise ValueError("trusted_only needs trusted_documents")
        self._check_bucket()
        self._check_network()

    @property
    def files(self) -> Path:
        """The folder of files."""
        return self.files_dir or self.data_dir / "files"

    @property
    def straight_url(self) -> str:
        """The URL of the database itself, whatever stands before it."""
        return self.database_direct_url or self.database_url

    def _check_bucket(self) -> None:
        if self.files_url and not _BUCKET.fullmatch(self.files_url):
            raise ValueError("files_url is no bucket, such as s3://jxc/files")
        if self.files_url and find_spec("obstore") is None:
            raise ValueError("files_url needs the extra `s3` (pip install jxc_graphql[s3])")

    def _check_network(self) -> None:
        if any("*" in host.removeprefix("*.") for host in self.hosts):
            raise ValueError("hosts has a * that does not stand for a whole first part")
        for name in ("head_seconds", "keep_alive_seconds"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is not positive")
        if not _PREFIX.fullmatch(self.root_path):
            raise ValueError("root_path is no path, such as /jxc")
        msgspec.structs.force_setattr(self, "root_path", self.root_path.rstrip("/"))
        if self.metrics and not _ADDRESS.fullmatch(self.metrics):
            raise ValueError("metrics is no address with a port, such as 127.0.0.1:9100")
        if None in map(range_of, self.trusted_proxies):
            raise ValueError("trusted_proxies has what is neither an address nor a range")
        origins = [one if one in _NO_PLACES else origin_of_pages(one) for one in self.cors_origins]
        if None in origins:
            raise ValueError(
                "cors_origins has what is no origin, such as https://shop.example.com or http://localhost:*"
            )
        msgspec.structs.force_setattr(self, "cors_origins", tuple(origins))


def load(
    environ: Mapping[str, str],
    toml_path: Path = Path("jxc.toml"),
    *,
    told: Collection[str] = (),
    **overrides: object,
) -> Settings:
    """The settings of this process; arguments of the command line come last and win; raises `SettingsError`.

    `told`: the names of those that live in the database, which are handed on as they were written.
    """
    chosen: dict[str, object] = {}
    own = [name for name in Settings.__struct_fields__ if name != "told"]
    try:
        if toml_path.exists():
            chosen.update(tomllib.loads(toml_path.read_text(encoding="utf-8")))
        for name in (*own, *told):
            text = environ.get(f"JXC_{name.upper()}")
            if text is not None:
                plain = text if name in _URLS else text.replace(",", " ")
                chosen[name] = tuple(plain.split()) if name in _LISTS | _URLS else text
        chosen.update((name, value) for name, value in overrides.items() if value is not None)
        chosen["told"] = {name: chosen.pop(name) for name in told if name in chosen}
        return msgspec.convert(chosen, Settings, strict=False, dec_hook=lambda kind, value: kind(value))
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(str(error)) from error
