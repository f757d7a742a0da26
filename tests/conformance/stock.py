"""Stock Strawberry with the smallest schema: what the audits say of it stands beside what they say of us."""

from typing import Any

import strawberry
from strawberry.asgi import GraphQL


@strawberry.type
class Query:
    @strawberry.field
    def hello(self) -> str:
        return "hello"


app: GraphQL[Any, Any] = GraphQL(strawberry.Schema(Query))
