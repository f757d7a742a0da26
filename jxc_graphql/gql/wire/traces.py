"""Spans for OpenTelemetry, with the extra `otel`: one for each operation, with what it sent to the database.

Where they go is told by its own variables, as OTEL_EXPORTER_OTLP_ENDPOINT. Statements are shown without their values.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import context, propagate
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanProcessor
from opentelemetry.trace import SpanKind
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from jxc_graphql.kit import db

STATEMENTS, CHARACTERS = 50, 500
"""So much is told of what an operation sent."""


class Traces:
    """What makes spans of the operations of this process."""

    def __init__(self, version: str, processor: SpanProcessor | None = None) -> None:
        resource = Resource.create({"service.name": "jxc_graphql", "service.version": version})
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(processor or BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("jxc_graphql", version)

    @contextmanager
    def span(self, name: str, kind: str) -> Iterator[None]:
        """The span of an operation, below that which its sender named."""
        named = {"graphql.operation.name": name, "graphql.operation.type": kind}
        with (
            self._tracer.start_as_current_span(f"{kind} {name}", kind=SpanKind.SERVER, attributes=named) as span,
            db.round_trips() as sent,
        ):
            yield
            span.set_attribute("jxc.round_trips", len(sent))
            for statement in sent[:STATEMENTS]:
                span.add_event("statement", {"db.query.text": statement[:CHARACTERS]})

    def close(self) -> None:
        """Sends what is left."""
        self._provider.shutdown()


class Heard:
    """Has what a request leads to belong to the trace that its sender named."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes it on within its trace."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        token = context.attach(propagate.extract(dict(Headers(scope=scope))))
        try:
            await self._app(scope, receive, send)
        finally:
            context.detach(token)
