"""Listening: the socket, the processes behind it, and how they end."""

import os
import socket
import sys
from contextlib import suppress
from functools import partial
from multiprocessing.connection import wait
from typing import Any

import msgspec
import structlog
import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from jxc_graphql import ide
from jxc_graphql.app import build_app
from jxc_graphql.gql.wire import trusted
from jxc_graphql.gql.wire.connections import BoundedHTTP
from jxc_graphql.gql.wire.places import Places
from jxc_graphql.gql.wire.ws import MESSAGE_BYTES
from jxc_graphql.kit.settings import Settings

if sys.platform != "win32":
    import resource

BACKLOG = 2_048
STOP_SECONDS = 5
"""How long answers under way may take after the process was told to stop."""
SILENT_PEER_MILLISECONDS = 30_000
"""A peer that has not acknowledged what we sent for so long is cut off."""
START_SECONDS = 30
"""How long a process may take to answer that it lives. With uvicorn's 5 s, which count while it is still importing,
none ever came up on a busy machine."""
OTHER_FILES = 256
"""What a process has open beside connections and those that wait to be looked at."""

_log = structlog.get_logger(__name__)


class _Process(Process):
    """One that serves. When it has ended nobody waits for its answer: else a server that cannot start says so late."""

    def is_alive(self, timeout: float = START_SECONDS) -> bool:
        """Whether it answers in time."""
        if not self.process.is_alive():
            return False
        self.parent_conn.send(b"ping")
        if self.parent_conn not in wait([self.parent_conn, self.process.sentinel], timeout):
            return False
        self.parent_conn.recv()
        return True


class _Supervisor(Multiprocess):
    """Begins the processes, and begins another one for each that ends."""

    def init_processes(self) -> None:
        """Begins them."""
        for _ in range(self.processes_num):
            process = _Process(self.config, self.sockets)
            process.start()
            self.processes.append(process)


def listen(settings: Settings) -> socket.socket:
    """The socket, connections to which wait until the server runs; raises `OSError` where it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_PEER_MILLISECONDS)
        listener.bind((settings.host, settings.port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(True)
    return listener


def url(settings: Settings, listener: socket.socket) -> str:
    """Where the explorer is."""
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104  (compared, not bound)
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}/graphql"


def is_explorer_built() -> bool:
    """Whether the explorer needs no other host; `make ide` builds it, also while this runs."""
    return ide.built_at() is not None


def fitted(settings: Settings) -> Settings:
    """The settings with no more connections than this system allows; has it allow as many as it may."""
    if sys.platform == "win32":  # which has no such limit
        return settings
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = settings.connections // settings.workers + BACKLOG + OTHER_FILES
    allowed = max(soft, needed if hard == resource.RLIM_INFINITY else min(needed, hard))
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed >= needed:
        return settings
    possible = settings.workers * max(allowed - BACKLOG - OTHER_FILES, allowed // 4)
    _log.warning("serve.too_few_files", open_files=hard, connections=possible, wanted=settings.connections)
    return msgspec.structs.replace(settings, connections=possible)


def serve(settings: Settings, listener: socket.socket) -> None:
    """Answers until the process is told to stop; raises `SettingsError` before it begins, `SystemExit` if it cannot."""
    settings = fitted(settings)
    if settings.workers == 1:
        with suppress(KeyboardInterrupt):
            uvicorn.Server(uvicorn.Config(build_app(settings), **options(settings))).run([listener])
        return
    trusted.load(settings.trusted_documents)
    os.environ.update(_environment(settings))
    config = uvicorn.Config("jxc_graphql.app:worker", factory=True, workers=settings.workers, **options(settings))
    supervisor = _Supervisor(config, [listener])
    supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        raise SystemExit(1)


def options(settings: Settings) -> dict[str, Any]:
    """How uvicorn serves us."""
    return {
        "log_config": None,
        "log_level": settings.log_level.lower(),
        "access_log": False,  # it would show variables in the URLs of queries; ours is `gql.wire.access_log`
        "server_header": False,
        "http": partial(BoundedHTTP, settings, Places(settings)),
        "proxy_headers": False,  # `Doorway` reads them
        "backlog": BACKLOG,
        "timeout_keep_alive": settings.keep_alive_seconds,
        "ws_max_size": MESSAGE_BYTES,
        "ws_per_message_deflate": False,
        "timeout_graceful_shutdown": STOP_SECONDS,
        "timeout_worker_healthcheck": START_SECONDS,
    }


def _environment(settings: Settings) -> dict[str, str]:
    """The settings as the processes behind the socket read them."""
    plain = msgspec.to_builtins(settings, enc_hook=str)
    plain |= plain.pop("told")
    return {
        f"JXC_{name.upper()}": " ".join(value) if isinstance(value, list | tuple) else str(value)
        for name, value in plain.items()
        if value is not None
    }
