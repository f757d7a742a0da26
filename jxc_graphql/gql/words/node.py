"""Things with an id of their own."""

from datetime import datetime
from typing import Any

from jxc_graphql.gql.words.entity import Id, interface


@interface
class Node:
    """A thing with an id of its own, the same wherever it shows up."""

    id: Id[Any]
    """Its id (标识), opaque and stable."""


@interface
class Versioned:
    """A thing that several people keep up to date."""

    version: int
    """How often it has changed, counted from one (版本)."""
    updated_at: datetime
    """When it last changed, or was created (修改时间)."""
