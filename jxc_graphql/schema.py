"""The schema of all features together, and what runs operations on it: one of each per process."""

from functools import cache

from jxc_graphql.alerts import api as alerts
from jxc_graphql.auth import api as auth
from jxc_graphql.catalog import api as catalog
from jxc_graphql.documents import api as documents
from jxc_graphql.gql.build import Schema
from jxc_graphql.gql.execute import Executor
from jxc_graphql.partners import api as partners
from jxc_graphql.purchasing import api as purchasing
from jxc_graphql.sales import api as sales
from jxc_graphql.stock import api as stock


@cache
def schema() -> Schema:
    """What can be asked, done and followed."""
    return Schema([auth, documents, catalog, partners, stock, purchasing, sales, alerts])


def executor(*, introspection: bool) -> Executor:
    """What runs operations; without introspection clients may not ask for the schema."""
    return Executor(schema(), introspection=introspection)


def sdl() -> str:
    """The schema in the schema definition language, as it is published."""
    return schema().as_str().rstrip() + "\n"
