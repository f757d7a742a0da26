"""The server: its routes, what it starts and stops, and what every response carries."""

import asyncio
import gc
import multiprocessing
import os
import re
import signal
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from functools import cache
from types import FrameType

import structlog
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.config import STARTUP_FAILURE

from jxc_graphql import ide, schema, wiring
from jxc_graphql.app import files
from jxc_graphql.app.watching import Watching
from jxc_graphql.books.goods import fitness
from jxc_graphql.gql.run.translated import translated
from jxc_graphql.gql.wire import streams, trusted
from jxc_graphql.gql.wire.budget import Budgets
from jxc_graphql.gql.wire.forwarded import Proxies
from jxc_graphql.gql.wire.hosts import Hosts
from jxc_graphql.gql.wire.http import GraphQLOverHTTP
from jxc_graphql.gql.wire.origins import Cors, Origins
from jxc_graphql.gql.wire.peers import Peers
from jxc_graphql.gql.wire.places import Doorway
from jxc_graphql.gql.wire.request import BadRequest
from jxc_graphql.gql.wire.ws import GraphQLOverWebSocket
from jxc_graphql.kit import bus, db, jobs, journal
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.db.connect import current, keep_replicas
from jxc_graphql.kit.db.migrate import pending
from jxc_graphql.kit.db.pulse import feel
from jxc_graphql.kit.figures import figures
from jxc_graphql.kit.logging import bind_request, configure, new_request_id
from jxc_graphql.kit.messages import LOCALES, choose_locale
from jxc_graphql.kit.settings import Settings, load
from jxc_graphql.office.audit.readings import WRITE_EVERY, write_readings
from jxc_graphql.office.auth.operations import USES_EVERY, forget_failures, write_uses
from jxc_graphql.office.auth.queries import call_of_nobody, call_of_token, calls_of_tokens, rights_version
from jxc_graphql.office.jobs import running as running_jobs
from jxc_graphql.prints.asked import TEMPLATE, prints
from jxc_graphql.prints.labels import QUERY
from jxc_graphql.prints.route import print_routes

REQUEST_ID = "x-request-id"
READY_SECONDS = 4.0
"""Whoever asks whether we are ready has an answer within five."""
COMPRESSED_BYTES, COMPRESSION = 1_000, 3
"""Shorter answers are sent as they are, and streams, whose proxies and readers wait for each event."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)
_SHOWN = 100
"""As much of a path as is repeated."""
_LOOPBACK = {"localhost": "localhost", "127.0.0.1": "127.0.0.1", "::1": "[::1]"}
"""Addresses of this machine, and how they stand in `Host`."""
_SAFE = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)

_sdl = cache(schema.sdl)
_log = structlog.get_logger(__name__)


def build_app(settings: Settings) -> Starlette:
    """The ASGI application of an installation."""
    stopping = asyncio.Event()
    executor = schema.executor(introspection=settings.introspection)
    how = prints(executor.schema)
    own = [TEMPLATE, QUERY, *(one.query for one in how.values())]
    documents = trusted.load(settings.trusted_documents, only=settings.trusted_only, own=own)
    peers, origins = Peers(authenticate, calls_of_tokens, rights_version, settings.workers), Origins.of(settings)
    budgets = Budgets(settings.rate_limit, settings.workers)
    watching = Watching(settings, documents)
    gate = watching.gate(executor, documents, budgets, settings.deadline, peers.confirm)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        with stop_signals(stopping):
            gate.get_ready()
            async with wiring.opened(settings) as database, running(), watching.running():
                with settled():
                    yield
                database.end_soon()

    page = ide.page if settings.graphiql else None
    routes = [
        Route("/graphql", GraphQLOverHTTP(gate, peers, origins, stopping, page=page)),
        WebSocketRoute("/graphql", GraphQLOverWebSocket(gate, peers, origins)),
        *print_routes(how, gate, peers, origins, stopping),
        Route("/graphql/", moved, methods=["GET", "POST", "PUT", "DELETE"]),
        Route("/files", files.posted, methods=["POST"]),
        Route("/files/{link}", files.linked, methods=files.METHODS),
        Route("/", ide.shown if page else named),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
    ]
    if page:
        routes.append(ide.files())
    if settings.introspection:
        routes.append(Route("/schema.graphql", published))
    middleware = [
        Middleware(_Envelope, settings.root_path),
        *(Middleware(*one) for one in watching.layers()),
        Middleware(Doorway, Proxies.of(settings)),
        Middleware(Hosts, _hosts(settings)),
        Middleware(Cors, origins),
        Middleware(
            GZipMiddleware,
            minimum_size=COMPRESSED_BYTES,
            compresslevel=COMPRESSION,
            exclude_content_types=("text/event-stream",),  # the only one of ours of those that its default names
        ),
    ]
    app = Starlette(routes=routes, middleware=middleware, lifespan=lifespan, exception_handlers={HTTPException: absent})
    app.router.redirect_slashes = False  # it would name the scheme and the path that a proxy asks by
    return app


def worker() -> Starlette:
    """The application in one of several processes, which finds its settings in its environment."""
    try:
        settings = load(os.environ, told=wiring.TOLD)
        configure(settings.log_level, as_json=settings.log_json)
        return build_app(settings)
    except Exception:  # noqa: BLE001  (whatever it is, it would be the same next time)
        _log.exception("worker.cannot_start")
        sys.exit(STARTUP_FAILURE)  # tells the supervisor that another try would end the same way


async def authenticate(token: str | None, accept_language: str | None, request_id: str, address: str = "") -> Call:
    """The call of whoever shows a token, or of nobody; raises `Unauthenticated` for a token that is not good."""
    locale = choose_locale(accept_language) if accept_language else None
    if token is None:
        return call_of_nobody(locale=locale or LOCALES[0], request_id=request_id, address=address)
    return await call_of_token(token, locale=locale, request_id=request_id, address=address)


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """What a serving process does beside answering: hear other processes, and react to facts."""
    tasks = [
        asyncio.create_task(bus.relay([journal.NEWS, streams.NEWS, running_jobs.NEWS]), name="bus"),
        asyncio.create_task(feel(current()), name="pulse"),
        asyncio.create_task(keep_replicas(current()), name="replicas"),
        asyncio.create_task(wiring.REACTIONS.run(), name="reactions"),
        asyncio.create_task(running_jobs.run(), name="jobs"),
        asyncio.create_task(jobs.every(timedelta(minutes=5), db.look_at_sizes), name="sizes"),
        asyncio.create_task(jobs.every(timedelta(seconds=1), fitness.begin_day), name="midnight"),
        asyncio.create_task(jobs.every(timedelta(minutes=1), streams.purge_streams), name="purge streams"),
        asyncio.create_task(jobs.every(timedelta(minutes=1), forget_failures), name="forget failures"),
        asyncio.create_task(jobs.every(USES_EVERY, write_uses), name="uses of tokens"),
        asyncio.create_task(jobs.every(WRITE_EVERY, write_readings), name="readings"),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for last in (write_uses, write_readings):
            try:
                await last()
            except Exception as error:  # noqa: BLE001  (what cannot be written any more is lost, and the server ends)
                _log.warning("stop.not_written", what=last.__name__, error=repr(error))


async def moved(request: Request) -> Response:
    """Leads from `/graphql/` to where it is meant, whatever a proxy calls that."""
    return RedirectResponse(f"../graphql?{request.url.query}".removesuffix("?"), 307)


async def named(_: Request) -> Response:
    """What there is, for whoever comes to the front without a way to look further."""
    return JSONResponse({"graphql": "graphql", "health": ["healthz", "readyz"], "explorer": "JXC_GRAPHIQL=true"})


async def absent(request: Request, problem: Exception) -> Response:
    """Says that there is nothing here, or that it is asked for in another way."""
    assert isinstance(problem, HTTPException)
    headers = dict(problem.headers or {})
    if allow := headers.get("Allow"):
        refusal = BadRequest(problem.status_code, "METHOD_NOT_ALLOWED", f"Use {', '.join(sorted(allow.split(', ')))}.")
    else:
        root = request.scope["root_path"]
        text = f"There is nothing at {request.url.path[:_SHOWN]}: GraphQL is at {root}/graphql."
        refusal = BadRequest(problem.status_code, "NOT_FOUND", text)
    told = translated(refusal.result, choose_locale(request.headers.get("accept-language", "")))
    return Response(told.encode(request.state.request_id), refusal.status, headers, "application/json")


async def published(_: Request) -> Response:
    """The schema, for tools that make code of it."""
    return Response(await asyncio.to_thread(_sdl), media_type="text/plain")


@contextmanager
def settled() -> Iterator[None]:
    """Has the collector pass over what is there as long as the server, above all the schema: a third of its time."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


async def healthz(_: Request) -> Response:
    """Whether the process answers."""
    return JSONResponse({"status": "ok"})


async def readyz(_: Request) -> Response:
    """Whether requests can be served: the database answers, has every migration, and room where it had none."""
    try:
        async with asyncio.timeout(READY_SECONDS if current().answers else 0):
            missing = await pending(current())
            if current().is_full:
                await db.try_to_write()
    except Exception as error:  # noqa: BLE001  (whatever it is, we are not ready)
        _log.warning("readyz.failed", error=repr(error))
        return JSONResponse({"status": "the database cannot be used"}, 503)
    return JSONResponse({"status": "migrations are missing"}, 503) if missing else JSONResponse({"status": "ok"})


@contextmanager
def stop_signals(stopping: asyncio.Event) -> Iterator[None]:
    """Sets the event as soon as the process is told to stop, so that streams end before the server waits for them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def stop(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stopping.set)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in before:
        signal.signal(number, stop)
    parent = multiprocessing.parent_process()
    if parent:  # a worker whose parent was killed would hold the port for ever
        loop.add_reader(parent.sentinel, signal.raise_signal, signal.SIGTERM)
    try:
        yield
    finally:
        if parent:
            loop.remove_reader(parent.sentinel)
        for number, handler in before.items():
            signal.signal(number, handler)


class _Envelope:
    """Gives every HTTP request an id and every response the headers that browsers want."""

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self._app = app
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["root_path"] = self._root_path
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if _REQUEST_ID.fullmatch(given) else new_request_id()
        bind_request(request_id)
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                figures.responses[message["status"]] += 1
                told = message.setdefault("headers", [])
                there = {name for name, _ in told}
                ours = ((REQUEST_ID.encode(), request_id.encode()), *_SAFE)
                message["headers"] = [*told, *(one for one in ours if one[0] not in there)]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _hosts(settings: Settings) -> tuple[str, ...]:
    """Whatever else the browser of somebody at this machine is told to call it by, it is not ours to answer."""
    if settings.hosts:
        return settings.hosts
    return tuple(_LOOPBACK.values()) if settings.host in _LOOPBACK else ("*",)
