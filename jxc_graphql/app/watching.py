"""What whoever runs the server sees of it: figures, access log, traces. What nobody asked for is not even imported."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from jxc_graphql import __version__, ide, wiring
from jxc_graphql.gql.wire import access_log
from jxc_graphql.gql.wire.gate import Gate
from jxc_graphql.gql.wire.trusted import Trusted
from jxc_graphql.gql.wire.watched import WatchedGate
from jxc_graphql.kit import jobs
from jxc_graphql.kit.db.connect import Database, current
from jxc_graphql.kit.settings import Settings, SettingsError

if TYPE_CHECKING:
    from jxc_graphql.gql.wire.traces import Traces

LAG_EVERY = timedelta(seconds=15)

_log = structlog.get_logger(__name__)


class Watching:
    """What is watched of one application."""

    def __init__(self, settings: Settings, documents: Trusted) -> None:
        self._settings = settings
        self._documents = documents
        self._access_log = access_log.opened(settings)
        self._traces = _traces() if settings.traces else None

    def gate(self, *given: Any) -> Gate:
        """The gate of the application: the plain one where nobody looks on."""
        if not (self._settings.metrics or self._access_log or self._traces):
            return Gate(*given)
        return WatchedGate(
            *given,
            names=self._documents.names | ide.operations(),
            write=self._access_log.write if self._access_log else None,
            trace=self._traces.span if self._traces else None,
        )

    def layers(self) -> Iterator[tuple[Any, ...]]:
        """What requests pass, and what that is made with."""
        if self._access_log:
            yield access_log.Logged, self._access_log
        if self._traces:
            from jxc_graphql.gql.wire.traces import Heard  # noqa: PLC0415

            yield (Heard,)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Answers those who ask for figures, as long as the application runs."""
        with ExitStack() as stack:
            if self._traces:
                stack.callback(self._traces.close)
            if self._settings.metrics:
                from jxc_graphql.gql.wire.metrics import published  # noqa: PLC0415  (a tenth of a second, 14 MB)

                pool = partial(_pool, current())
                port = stack.enter_context(published(self._settings.metrics, self._settings.workers, pool, __version__))
                _log.info("metrics.published", port=port)
                measuring = asyncio.create_task(jobs.every(LAG_EVERY, wiring.REACTIONS.measure_lag), name="lag")
                stack.callback(measuring.cancel)
            yield


def _pool(database: Database) -> tuple[int, int] | None:
    if database.dialect == "sqlite":
        return None
    pool = database.client.pool
    return pool.get_size(), pool.get_idle_size()


def _traces() -> "Traces":
    try:
        from jxc_graphql.gql.wire.traces import Traces  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError(f"traces need the extra `otel` (pip install jxc_graphql[otel]): {error}") from None
    return Traces(__version__)
