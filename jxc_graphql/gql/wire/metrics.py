"""What a process has counted, as Prometheus reads it: on an address of its own, never on that of the API.

Each of several processes has its own: the first that comes takes the port that is named, the next one the port behind
it. Whoever scrapes all of them adds up; when a process ends and another takes its place, that counts from zero.
"""

import errno
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from jxc_graphql.kit.figures import BOUNDS, Durations, ProcessFigures, figures
from jxc_graphql.kit.settings import SettingsError

Pool = Callable[[], tuple[int, int] | None]
"""How many connections to the database there are, and how many of them are idle; None where there is no pool."""


class PublishedFigures(Collector):
    """The figures of this process."""

    def __init__(self, of: ProcessFigures, pool: Pool, version: str) -> None:
        self._of, self._pool, self._version = of, pool, version

    def collect(self) -> Iterable[Metric]:
        """All of them, as they are now."""
        of = self._of
        yield InfoMetricFamily("jxc", "The program.", {"version": self._version})
        yield _counted("jxc_operations", "Operations by what came of them.", {
            tuple(asked): count for asked, count in of.operations.copy().items()
        }, "operation", "kind", "outcome")  # fmt: skip
        yield _timed("jxc_operation_seconds", "Queries and mutations.", of.durations.copy(), "operation", "kind")
        yield _counted("jxc_http_responses", "Answers over HTTP.", {
            (str(status),): count for status, count in of.responses.copy().items()
        }, "status")  # fmt: skip
        yield CounterMetricFamily("jxc_statements", "Statements sent to the database.", of.statements)
        waits = {(what,): found for what, found in of.waits.copy().items()}
        yield _timed("jxc_wait_seconds", "Waits for a reader, the writer, the pool.", waits, "what")
        if found := self._pool():
            pool = GaugeMetricFamily("jxc_pool_connections", "Connections to PostgreSQL.", labels=["state"])
            pool.add_metric(["used"], found[0] - found[1])
            pool.add_metric(["idle"], found[1])
            yield pool
        yield GaugeMetricFamily("jxc_connections", "Connections of clients.", of.connections)
        yield GaugeMetricFamily("jxc_subscribers", "Subscriptions that are open.", of.subscribers)
        yield _counted("jxc_evictions", "Clients that were sent away.", {
            (why,): count for why, count in of.evictions.copy().items()
        }, "why")  # fmt: skip
        yield CounterMetricFamily("jxc_reactions", "Facts that were reacted to.", of.facts_handled)
        yield CounterMetricFamily(
            "jxc_reactions_failed", "Reactions that failed and are tried again.", of.reactions_failed
        )
        yield GaugeMetricFamily("jxc_reactions_lag_seconds", "Age of the oldest fact to react to.", of.lag_seconds)
        yield _counted("jxc_jobs", "Runs of jobs by what came of them.", of.job_runs.copy(), "kind", "outcome")
        if of.replicas:
            yield from self._of_replicas(of)

    def _of_replicas(self, of: ProcessFigures) -> Iterable[Metric]:
        yield _counted("jxc_reads", "Queries by what they were read from.", of.reads.copy(), "source", "why")
        yield _counted("jxc_replica_statements", "Statements sent to replicas.", {
            (name,): count for name, count in of.replica_statements.copy().items()
        }, "replica")  # fmt: skip
        taken = GaugeMetricFamily("jxc_replica_taken", "Whether queries are read from it.", labels=["replica"])
        lag = GaugeMetricFamily("jxc_replica_lag_seconds", "How far it is behind at most.", labels=["replica"])
        for name, (is_in, seconds) in of.replicas.copy().items():
            taken.add_metric([name], is_in)
            lag.add_metric([name], seconds)
        yield from (taken, lag)


def _counted(name: str, text: str, counts: Mapping[Any, int], *labels: str) -> Metric:
    family = CounterMetricFamily(name, text, labels=labels)
    for values, count in counts.items():
        family.add_metric(values, count)
    return family


def _timed(name: str, text: str, found: Mapping[Any, Durations], *labels: str) -> Metric:
    family = HistogramMetricFamily(name, text, labels=labels)
    for values, durations in found.items():
        buckets, up_to = [], 0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), list(durations.counts), strict=True):
            up_to += count
            buckets.append((bound, up_to))
        family.add_metric(values, buckets, durations.seconds)
    return family


@contextmanager
def published(address: str, processes: int, pool: Pool, version: str) -> Iterator[int]:
    """Answers at `host:port`, or at the first port behind it that none of so many processes has; gives the port."""
    host, _, first = address.rpartition(":")
    registry = CollectorRegistry()
    registry.register(PublishedFigures(figures, pool, version))
    ProcessCollector(registry=registry)
    for port in range(int(first), int(first) + processes):
        try:
            server, thread = start_http_server(port, host.strip("[]"), registry)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise SettingsError(f"metrics: {host}:{port} cannot be listened on: {error.strerror}") from None
            continue
        try:
            yield port
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
        return
    raise SettingsError(f"metrics: {address} is taken")
